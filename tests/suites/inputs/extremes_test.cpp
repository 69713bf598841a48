// SPDX-License-Identifier: Apache-2.0
// The inputs scales and specials: what they are for is in them.
#include "suites/inputs/extremes.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <set>

#include "reference/planes/stored_numbers.h"
#include "reference/reference.h"
#include "tests/catch.h"

namespace qbench {
namespace {

float f32_at(const Buffer<std::byte>& bytes, std::size_t i) {
  float value;
  std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
  return value;
}

QuantizedMatrix quantized_scales(std::string_view name) {
  const Mode& mode = *find_mode(name);
  return reference::quantize(mode, mode.block_size, make_scales(mode, 40, 608));
}

bool holds(const Matrix& weights, float value) {
  return std::ranges::find(weights.values, value) != weights.values.end();
}

TEST_CASE("scales of double quantization take every code of the map's decades below the last") {
  for (const auto* name : {"nf4-dq", "fp4-dq"}) {
    const QuantizedMatrix q = quantized_scales(name);
    std::set<int> codes;
    for (const std::byte code : q.scales.numbers) codes.insert(static_cast<int>(code));
    for (int code = 64; code < 191; ++code) {
      CAPTURE(name, code);
      CHECK(codes.contains(code));
    }
  }
}

TEST_CASE(
    "scales of double quantization have a mean and an outer scale that leave midpoints exact") {
  const QuantizedMatrix q = quantized_scales("nf4-dq");
  CHECK(f32_at(q.scales.offset, 0) == 0.25f);
  CHECK(f32_at(q.scales.outer, 0) == 1.0f);
  const auto map = reference::dynamic_map();
  const Matrix weights = make_scales(*find_mode("nf4-dq"), 40, 608);
  std::set<std::size_t> odd_and_even;
  for (std::size_t code = 191; code < 223; ++code)
    if (holds(weights, 0.25f + (map[code] + map[code + 1]) * 0.5f)) odd_and_even.insert(code % 2);
  CHECK(odd_and_even.size() == 2);
}

TEST_CASE("scales of mxfp4 take every exponent that a finite absmax has") {
  const QuantizedMatrix q = quantized_scales("mxfp4");
  std::set<int> codes;
  for (const std::byte code : q.scales.numbers) codes.insert(static_cast<int>(code));
  for (int code = 0; code <= 252; ++code) {
    CAPTURE(code);
    CHECK(codes.contains(code));
  }
}

TEST_CASE("scales hold the least normal absmax, and the least step of f16 and half of it") {
  CHECK(holds(make_scales(*find_mode("nf4"), 40, 608), FLT_MIN));
  const Matrix int4 = make_scales(*find_mode("int4"), 40, 608);
  for (const float step : {0x1p-24f, 0x1p-25f}) CHECK(holds(int4, 15 * step));
}

TEST_CASE("scales are finite in every mode") {
  for (const Mode* mode : all_modes()) {
    const Matrix weights = make_scales(*mode, 40, 608);
    CHECK(std::ranges::all_of(weights.values, [](float w) { return std::isfinite(w); }));
  }
}

TEST_CASE(
    "specials have rows of nothing but zeros, NaN, subnormals, and infinities of either sign") {
  const Matrix weights = make_specials(33, 131);
  const auto rows_of = [&](auto is) {
    int rows = 0;
    for (std::int64_t r = 0; r < weights.rows; ++r)
      rows += std::all_of(weights.row(r), weights.row(r) + weights.cols, is) ? 1 : 0;
    return rows;
  };
  CHECK(rows_of([](float w) { return w == 0; }) > 0);
  CHECK(rows_of([](float w) { return std::isnan(w); }) > 0);
  CHECK(rows_of([](float w) { return !std::isfinite(w); }) > 1);
  CHECK(rows_of([](float w) { return std::abs(w) < FLT_MIN; }) > 1);
  CHECK(rows_of([](float w) { return w > 0; }) > 0);
  CHECK(rows_of([](float w) { return w < 0; }) > 0);
}

}  // namespace
}  // namespace qbench
