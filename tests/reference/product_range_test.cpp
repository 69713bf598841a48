// SPDX-License-Identifier: Apache-2.0
// The error of products at both ends of what numbers can be: underflow widens the bound, and what
// may overflow on the way is not judged.
#include <cfloat>
#include <cmath>
#include <limits>

#include "reference/errors/error.h"
#include "reference/reference.h"
#include "tests/catch.h"

namespace qbench {
namespace {

constexpr float kInfiniteWeight = std::numeric_limits<float>::infinity();
constexpr Arithmetic kF32;

Matrix row(const std::vector<float>& values) {
  Matrix out(1, static_cast<std::int64_t>(values.size()));
  std::ranges::copy(values, out.values.begin());
  return out;
}

// The verdict on the product of x with one row of weights, if it came out as y.
KernelError error_of(const char* mode, const std::vector<float>& x, const std::vector<float>& w,
                     float y, const Arithmetic& arithmetic = kF32, Dtype dtype = Dtype::fp32) {
  const Mode& m = *find_mode(mode);
  const Expected expected =
      expected_matmul(row(x), reference::quantize(m, m.block_size, row(w)), dtype);
  return kernel_error(expected, row({y}), arithmetic);
}

float by_reference(const char* mode, const std::vector<float>& x, const std::vector<float>& w) {
  const Mode& m = *find_mode(mode);
  Matrix y(1, 1);
  reference::matmul(row(x), reference::quantize(m, m.block_size, row(w)), Dtype::fp32, y);
  return y.values[0];
}

bool right(const KernelError& error) {
  return error.off == 0 && error.numbers == 1 && error.not_judged == 0;
}
bool wrong(const KernelError& error) {
  return error.off == 1 && error.largest > 1 && error.not_judged == 0;
}
bool not_judged(const KernelError& error) {
  return error.off == 0 && error.numbers == 0 && error.not_judged == 1;
}

}  // namespace

TEST_CASE("products that round up to the least subnormal are right, and a larger sum is wrong") {
  // Each is 1.125 * 2^-150, and 2^-149 once rounded; their sum is 2.25 * 2^-149, not 4.
  const std::vector<float> x(4, 1.125f * 0x1p-75f), w(4, 0x1p-75f);
  REQUIRE(by_reference("fp32", x, w) == 0x1p-147f);
  CHECK(right(error_of("fp32", x, w, 0x1p-147f)));
  CHECK(right(error_of("fp32", x, w, 0)));
  CHECK(wrong(error_of("fp32", x, w, 0x1p-144f)));
  CHECK(wrong(error_of("fp32", x, w, NAN)));
}

TEST_CASE("subnormal products may count as zero only for arithmetic that says so") {
  const std::vector<float> x(4, 0x1p-64f), w(4, 0x1p-63f);  // a sum of 2^-125
  const Arithmetic flushing = {.underflow = kFlushed};
  CHECK(right(error_of("fp32", x, w, 0x1p-125f)));
  CHECK(wrong(error_of("fp32", x, w, 0)));
  CHECK(right(error_of("fp32", x, w, 0, flushing)));
  CHECK(wrong(error_of("fp32", x, w, 0x1p-120f, flushing)));
}

TEST_CASE("weights lost below the range are told by the size of x, sums by that of the weights") {
  // 2^-140 is no number where subnormals count as zero.
  const Arithmetic flushing = {.underflow = kFlushed};
  CHECK(wrong(error_of("fp32", {0x1p30f}, {0x1p-140f}, 0)));
  CHECK(right(error_of("fp32", {0x1p30f}, {0x1p-140f}, 0, flushing)));
  CHECK(wrong(error_of("fp32", {0x1p-140f}, {0x1p30f}, 0)));
  CHECK(right(error_of("fp32", {0x1p-140f}, {0x1p30f}, 0, flushing)));
}

TEST_CASE("an element is not judged where a partial sum may overflow, though its value is small") {
  const std::vector<float> w = {1e19f, -1e19f};
  CHECK(not_judged(error_of("fp32", {2e19f, 2e19f}, w, NAN)));
  CHECK(not_judged(error_of("fp32", {2e19f, 2e19f}, w, 0)));
  CHECK(wrong(error_of("fp32", {1e19f, 1e19f}, w, NAN)));
  CHECK(right(error_of("fp32", {1e19f, 1e19f}, w, 0)));
}

TEST_CASE("scales that are applied to sums overflow earlier: headroom says by how much") {
  const Arithmetic last = {.headroom = 16};
  const std::vector<float> x(32, 0x1p-20f), w(32, 0x1p125f);
  CHECK(wrong(error_of("nf4", x, w, kInfiniteWeight)));
  CHECK(not_judged(error_of("nf4", x, w, kInfiniteWeight, last)));
  const std::vector<float> large(32, 0x1p120f), small(32, 0x1p-20f);
  CHECK(wrong(error_of("int4", large, small, kInfiniteWeight)));
  CHECK(not_judged(error_of("int4", large, small, kInfiniteWeight, last)));
  CHECK(wrong(error_of("nf4", x, std::vector<float>(32, 0x1p120f), kInfiniteWeight, last)));
}

TEST_CASE("a code and a scale that are numbers may stand for a weight beyond f32: not judged") {
  // 6 * 2^127, times 2^-20: infinite by the decoded weight, a number by a scale that comes last.
  std::vector<float> x(32, 0x1p-20f), w(32, 0.0f);
  w[3] = kInfiniteWeight;
  REQUIRE(by_reference("mxfp4", x, w) == kInfiniteWeight);
  CHECK(not_judged(error_of("mxfp4", x, w, kInfiniteWeight)));
  CHECK(not_judged(error_of("mxfp4", x, w, 6 * 0x1p107f)));
  x[3] = 0;
  CHECK(not_judged(error_of("mxfp4", x, w, NAN)));
}

TEST_CASE("an infinite scale makes every result but a finite one right") {
  std::vector<float> w(64, 1.0f);
  w[3] = kInfiniteWeight;
  for (const float y : {kInfiniteWeight, -kInfiniteWeight, static_cast<float>(NAN)}) {
    const KernelError error = error_of("nf4", std::vector<float>(64, 1.0f), w, y);
    CHECK(error.off == 0);
    CHECK(error.numbers == 0);
    CHECK(error.not_judged == 0);
  }
  CHECK(wrong(error_of("nf4", std::vector<float>(64, 1.0f), w, 1)));
}

TEST_CASE("weights that are rounded to fp16 have its range: too large is not judged") {
  const Arithmetic rounded = {.weight_roundoffs = 1, .weights_of_dtype = true};
  const auto error = [&](float x, float w, float y, const Arithmetic& arithmetic) {
    return error_of("fp32", {x}, {w}, y, arithmetic, Dtype::fp16);
  };
  CHECK(wrong(error(1e-3f, 1e5f, kInfiniteWeight, kF32)));
  CHECK(not_judged(error(1e-3f, 1e5f, kInfiniteWeight, rounded)));
  CHECK(wrong(error(1e-3f, 6e4f, kInfiniteWeight, rounded)));
  CHECK(wrong(error(1024, 0x1p-26f, 0, kF32)));  // 2^-26 is 0 in fp16
  CHECK(right(error(1024, 0x1p-26f, 0, rounded)));
  CHECK(wrong(error(1024, 0x1p-23f, 0, rounded)));
}

TEST_CASE("elements are counted: beyond their bound, compared, and the worst is named") {
  Matrix x(2, 1), w(3, 1), y(2, 3);
  x.values = {1, 2};
  w.values = {1, 2, 3e38f};
  y.values = {1, 3, 3e38f, 2, 9, kInfiniteWeight};  // the last is not judged, 3 and 9 are off
  const KernelError error = kernel_error(
      expected_matmul(x, reference::quantize(*find_mode("fp32"), 0, w), Dtype::fp32), y);
  CHECK(error.off == 2);
  CHECK(error.numbers == 5);
  CHECK(error.not_judged == 1);
  CHECK(error.worst == 4);
}

}  // namespace qbench
