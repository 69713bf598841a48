// SPDX-License-Identifier: Apache-2.0
// mxfp4: E2M1 elements with an E8M0 scale per 32 along k (OCP Microscaling Formats v1.0).
#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

constexpr auto kLow = Packing::low_first;
constexpr double kE2M1[8] = {0, 0.5, 1, 1.5, 2, 3, 4, 6};

// Rounds x to nearest even among the magnitudes, saturating: a tie goes to the even code.
int e2m1_code(double x) {
  int code = 0;
  for (int c = 1; c < 8; ++c) {
    const double midpoint = (kE2M1[c - 1] + kE2M1[c]) / 2;
    if (std::abs(x) > midpoint || (std::abs(x) == midpoint && c % 2 == 0)) code = c;
  }
  return code | (std::signbit(x) ? 8 : 0);
}
double e2m1_value(int code) { return (code & 8) != 0 ? -kE2M1[code & 7] : kE2M1[code]; }

// floor(log2(absmax)) less that of E2M1's largest power, held to what E8M0 has.
int shared_exponent(float absmax) {
  return absmax == 0 ? -127 : std::clamp(std::ilogb(absmax) - 2, -127, 127);
}

int mxfp4_scale_byte(const QuantizedMatrix& q, std::size_t group) {
  return static_cast<int>(q.scales.numbers[group]);
}

// With a 4 before them, so that the scale is 1.
QuantizedMatrix unscaled(std::vector<float> weights) {
  weights.insert(weights.begin(), 4.0f);
  return quantized("mxfp4", 32, row(weights));
}

TEST_CASE("mxfp4 encodes and decodes all 16 codes of E2M1, -0 included") {
  std::vector<float> values;
  for (int code = 0; code < 16; ++code) values.push_back(static_cast<float>(e2m1_value(code)));
  const QuantizedMatrix q = quantized("mxfp4", 32, row(values));
  CHECK(mxfp4_scale_byte(q, 0) == 127);
  CHECK(nibbles(q.codes, 16, kLow) ==
        std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  CHECK(difference(bits_of(dequantized(q)), bits_of(values)) == "");
}

TEST_CASE("mxfp4 rounds to nearest even at every midpoint") {
  const float midpoints[] = {0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5.0f};
  const int at_midpoint[] = {0, 2, 2, 4, 4, 6, 6};
  for (int c = 0; c < 7; ++c) {
    CAPTURE(c);
    const float m = midpoints[c];
    const auto q = unscaled({below(m), m, above(m), -below(m), -m, -above(m)});
    CHECK(nibbles(q.codes, 7, kLow) ==
          std::vector<int>{6, c, at_midpoint[c], c + 1, 8 | c, 8 | at_midpoint[c], 8 | (c + 1)});
  }
}

TEST_CASE("mxfp4 saturates at 6 what the floor of the exponent leaves above it") {
  const auto q = unscaled({6.0f, 6.5f, 7.0f, below(8.0f), -below(8.0f)});
  CHECK(mxfp4_scale_byte(q, 0) == 127);
  CHECK(nibbles(q.codes, 6, kLow) == std::vector<int>{6, 7, 7, 7, 7, 15});
}

TEST_CASE("mxfp4 takes the floor of the exponent at every power of two and beside it") {
  std::vector<float> absmax;
  for (int e = -149; e <= 127; ++e) {
    const float power = std::ldexp(1.0f, e);
    absmax.insert(absmax.end(), {below(power), power, above(power)});
  }
  const auto rows = std::ssize(absmax);  // a group each
  const QuantizedMatrix q = quantized("mxfp4", 32, matrix(rows, 1, absmax));
  for (std::size_t i = 0; i < absmax.size(); ++i) {
    CAPTURE(i, std::ilogb(absmax[i]));
    CHECK(mxfp4_scale_byte(q, i) == shared_exponent(absmax[i]) + 127);
  }
  CHECK(mxfp4_scale_byte(quantized("mxfp4", 32, row(std::vector{below(kInf)})), 0) == 125 + 127);
}

TEST_CASE("a mxfp4 group of zeros keeps their signs under the least scale") {
  const QuantizedMatrix q = quantized("mxfp4", 32, row(std::vector{0.0f, -0.0f, 0.0f}));
  CHECK(mxfp4_scale_byte(q, 0) == 0);
  CHECK(nibbles(q.codes, 4, kLow) == std::vector<int>{0, 8, 0, 0});
  CHECK(difference(bits_of(dequantized(q)), bits_of(std::vector{0.0f, -0.0f, 0.0f})) == "");
}

TEST_CASE("mxfp4 passes over NaN, which is stored as 0, and gives infinity the greatest scale") {
  const QuantizedMatrix q = quantized("mxfp4", 32, row(std::vector{kNan, 4.0f, -kNan}));
  CHECK(mxfp4_scale_byte(q, 0) == 127);
  CHECK(dequantized(q) == std::vector{0.0f, 4.0f, 0.0f});
  const QuantizedMatrix infinite = quantized("mxfp4", 32, row(std::vector{1.0f, -kInf}));
  CHECK(mxfp4_scale_byte(infinite, 0) == 254);
  CHECK(dequantized(infinite) == std::vector{0.0f, -kInf});
}

TEST_CASE("mxfp4 is the scalar model byte for byte, with short groups at the ends of rows") {
  const std::int64_t cols = GENERATE(1, 31, 32, 33, 95, 96, 333);
  const int exponent = GENERATE(0, -20, 90, -140);
  CAPTURE(cols, exponent);
  std::vector<float> values = random_values(5 * cols, 11);
  for (float& value : values) value = std::ldexp(value, exponent);
  const Matrix weights = matrix(5, cols, values);
  const QuantizedMatrix q = quantized("mxfp4", 32, weights);

  std::vector<int> scales, codes;
  std::vector<float> decoded;
  for (std::int64_t r = 0; r < 5; ++r)
    for (std::int64_t k = 0; k < cols; k += 32) {
      const std::span group(weights.row(r) + k,
                            static_cast<std::size_t>(std::min<std::int64_t>(32, cols - k)));
      float absmax = 0;
      for (const float weight : group) absmax = std::max(absmax, std::abs(weight));
      const int shared = shared_exponent(absmax);
      scales.push_back(shared + 127);
      for (const float weight : group) {
        codes.push_back(e2m1_code(std::ldexp(static_cast<double>(weight), -shared)));
        decoded.push_back(static_cast<float>(std::ldexp(e2m1_value(codes.back()), shared)));
      }
    }
  if (codes.size() % 2 != 0) codes.push_back(0);
  std::vector<int> stored_scales;
  for (const std::byte byte : q.scales.numbers) stored_scales.push_back(static_cast<int>(byte));
  CHECK(difference(stored_scales, scales) == "");
  CHECK(difference(nibbles(q.codes, 2 * q.weight_bytes(), kLow), codes) == "");
  CHECK(difference(bits_of(dequantized(q)), bits_of(decoded)) == "");
}

TEST_CASE("mxfp4 allows groups of 32 and no other") {
  for (int size = -64; size <= 8192; ++size)
    if (find_mode("mxfp4")->allows(size) != (size == 32)) FAIL(size);
  CHECK_THROWS_AS(reference::quantize(*find_mode("mxfp4"), 64, Matrix(4, 64)),
                  std::invalid_argument);
}

}  // namespace
}  // namespace qbench::test
