// SPDX-License-Identifier: Apache-2.0
// GGUF's modes where ggml's golden bytes do not reach: short units, odd rows, zeros of both signs,
// numbers that are none, and the ends of f32.
#include <limits>

#include "reference/modes.h"
#include "reference/planes/codec.h"
#include "reference/reference.h"
#include "tests/catch.h"
#include "tests/formats/differing.h"

namespace qbench::test {
namespace {

std::vector<const Mode*> gguf_modes() {
  std::vector<const Mode*> out;
  for (const Mode* mode : all_modes())
    if (mode->family == "gguf") out.push_back(mode);
  return out;
}

QuantizedMatrix quantized(const Mode& mode, const Matrix& w) {
  return reference::quantize(mode, mode.block_size, w);
}
std::vector<float> round_trip(const Mode& mode, const Matrix& w) {
  return dequantized(quantized(mode, w));
}

Matrix columns(const Matrix& w, std::int64_t first, std::int64_t count) {
  Matrix out(w.rows, count);
  for (std::int64_t r = 0; r < w.rows; ++r) std::copy_n(w.row(r) + first, count, out.row(r));
  return out;
}

}  // namespace

TEST_CASE("the last unit of a row is quantized as if it were alone, and rows do not meet") {
  for (const Mode* mode : gguf_modes())
    for (const std::int64_t rest : {1, 15, 17, 44, 129, 255}) {
      CAPTURE(mode->name, rest);
      const Matrix w = matrix(3, 256 + rest, random_values(3 * (256 + rest), 41));
      const auto all = matrix(3, w.cols, round_trip(*mode, w));
      CHECK(columns(all, 0, 256).values ==
            matrix(3, 256, round_trip(*mode, columns(w, 0, 256))).values);
      CHECK(columns(all, 256, rest).values ==
            matrix(3, rest, round_trip(*mode, columns(w, 256, rest))).values);
    }
}

TEST_CASE("NaN is 0 for searches, and an infinity leaves other units alone") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const Mode* mode : gguf_modes()) {
    CAPTURE(mode->name);
    Matrix w = matrix(2, 512, random_values(1024, 42));
    for (const std::size_t i : {0u, 40u, 511u, 700u}) w.values[i] = 0;
    const QuantizedMatrix zeros = quantized(*mode, w);
    for (const std::size_t i : {0u, 40u, 511u, 700u}) w.values[i] = kNan;
    if (finds_codes(mode->quantizer.search))
      CHECK(differing_bytes(quantized(*mode, w), zeros) == 0);
    w.values[3] = kInfinity;
    const std::vector<float> decoded = round_trip(*mode, w), expected = dequantized(zeros);
    for (std::size_t i = 256; i < 511; ++i) REQUIRE(decoded[i] == expected[i]);
  }
}

TEST_CASE("zeros of both signs have a step, a minimum and weights of zero") {
  for (const Mode* mode : gguf_modes())
    for (const float first : {0.0f, -0.0f}) {
      CAPTURE(mode->name, first);
      Matrix w(1, 300);
      for (std::size_t i = 0; i < 300; ++i) w.values[i] = i % 3 == 0 ? first : -first;
      for (const float decoded : round_trip(*mode, w)) REQUIRE(decoded == 0);
    }
}

TEST_CASE("of zeros of both signs the first is the minimum, and a group of them has a step of -0") {
  const auto number = [](const Buffer<std::byte>& bytes) {
    return std::to_integer<int>(bytes[0]) | std::to_integer<int>(bytes[1]) << 8;
  };
  for (const float first : {0.0f, -0.0f}) {
    const Matrix w = matrix(1, 4, std::vector{first, -first, 0.5f, 1.0f});
    CHECK(number(quantized(kQ4_1, w).zeros.numbers) == (std::signbit(first) ? 0x8000 : 0));
    CHECK(number(quantized(kQ4_0, matrix(1, 2, std::vector{first, -first})).scales.numbers) ==
          0x8000);
  }
}

// Weights whose squares are beyond f32, or vanish, are not told apart by sums of squares, but what
// comes out is no worse than zeros, or infinite where an f16 scale is.
TEST_CASE("numbers at the ends of f32 are quantized without NaN") {
  for (const Mode* mode : gguf_modes())
    for (const float size : {1e-44f, 1e-30f, 1e-18f, 1e4f, 1e18f, 3e38f}) {
      CAPTURE(mode->name, size);
      Matrix w = matrix(1, 300, random_values(300, 43));
      for (float& value : w.values) value = std::clamp(value, -1.0f, 1.0f) * size;
      const QuantizedMatrix q = quantized(*mode, w);
      CHECK(differing_bytes(quantized(*mode, w), q) == 0);
      if (size > 1e4f) continue;  // 0 * infinity is what an f16 beyond its range decodes to
      for (const float decoded : dequantized(q)) REQUIRE(std::isfinite(decoded));
    }
}

TEST_CASE("ggml's power of two is that of a logarithm in f32, which a near power rounds up") {
  const Mode& mode = *find_mode("mxfp4-ggml");
  int rounded_up = 0;
  for (int power = -60; power <= 60; ++power)
    for (std::uint32_t below = 0; below < 40; ++below) {
      const float absmax = from_bits(bits_of(std::ldexp(1.0f, power)) - below);
      const auto log = static_cast<float>(std::log2(static_cast<double>(absmax)));
      Matrix w(1, 32);
      std::ranges::fill(w.values, -absmax);
      CAPTURE(power, below);
      const int stored = std::to_integer<int>(quantized(mode, w).scales.numbers[0]);
      REQUIRE(stored == static_cast<int>(std::floor(log)) - 2 + 127);
      rounded_up += below > 0 && std::floor(log) == static_cast<float>(power);
    }
  CHECK(rounded_up > 500);
}

TEST_CASE("ggml's unsigned E4M3 rounds halves up, and is 448 from 256 on") {
  const Mode& mode = *find_mode("nvfp4-1l");
  const auto stored = [&](float scale) {
    Matrix w(1, 16);
    std::ranges::fill(w.values, 6 * scale);
    const auto byte = std::to_integer<std::size_t>(quantized(mode, w).scales.numbers[0]);
    return reference::decode_table(kE4M3, 8)[byte];
  };
  CHECK(stored(1.0625f) == 1.125f);
  CHECK(stored(1.1875f) == 1.25f);
  CHECK(stored(240) == 240);
  CHECK(stored(247.9f) == 240);
  CHECK(stored(248) == 448);
  CHECK(stored(300) == 448);
  CHECK(stored(1.5f / 512) == 2.0f / 512);
  CHECK(stored(7.6f / 512) == 7.0f / 512);
  CHECK(stored(0.4f / 512) == 0);
}

}  // namespace qbench::test
