// SPDX-License-Identifier: Apache-2.0
// int4: asymmetric integers in groups along k.
#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

constexpr auto kLowNibble = Packing::low_first;

struct Int4Group {
  float step;
  int zero;
  std::vector<int> codes;
};

float nearest_even(float x) { return std::nearbyint(x); }
int clamped(float x) { return static_cast<int>(std::clamp(x, 0.0f, 15.0f)); }

// lo = min(x, 0), hi = max(x, 0), s = f16((hi - lo) / 15) or 1 where that is 0,
// z = clamp(rne(-lo / s)), q = clamp(rne(w / s) + z).
Int4Group encoded(std::span<const float> weights) {
  const float low = std::min(*std::ranges::min_element(weights), 0.0f);
  const float high = std::max(*std::ranges::max_element(weights), 0.0f);
  float step = static_cast<float>(fp16((high - low) / 15));
  if (step == 0) step = 1;
  Int4Group group = {step, clamped(nearest_even(-low / step)), {}};
  for (const float weight : weights)
    group.codes.push_back(clamped(nearest_even(weight / step) + static_cast<float>(group.zero)));
  return group;
}

struct Int4Model {
  std::vector<float> steps, decoded;
  std::vector<int> zeros, codes;
};

Int4Model encoded(const Matrix& weights, std::int64_t size) {
  Int4Model model;
  for (std::int64_t r = 0; r < weights.rows; ++r)
    for (std::int64_t k = 0; k < weights.cols; k += size) {
      const auto count = static_cast<std::size_t>(std::min(size, weights.cols - k));
      const Int4Group group = encoded({weights.row(r) + k, count});
      model.steps.push_back(group.step);
      model.zeros.push_back(group.zero);
      for (const int code : group.codes) {
        model.codes.push_back(code);
        model.decoded.push_back(static_cast<float>(code - group.zero) * group.step);
      }
    }
  if (weights.size() % 2 != 0) model.codes.push_back(model.zeros.back());  // a 0 fills up
  if (model.zeros.size() % 2 != 0) model.zeros.push_back(0);
  return model;
}

std::vector<float> steps_of(const QuantizedMatrix& q) {
  std::vector<float> steps;
  for (const std::uint16_t bits : numbers<std::uint16_t>(q.scales.numbers))
    steps.push_back(static_cast<float>(fp16_value(bits)));
  return steps;
}

void check_equal(const Matrix& weights, int size) {
  CAPTURE(weights.rows, weights.cols, size);
  const QuantizedMatrix q = quantized("int4", size, weights);
  const Int4Model expected = encoded(weights, size);
  CHECK(difference(bits_of(steps_of(q)), bits_of(expected.steps)) == "");
  CHECK(difference(nibbles(q.zeros.numbers, std::ssize(expected.zeros), kLowNibble),
                   expected.zeros) == "");
  CHECK(q.zeros.numbers.size() * 2 == expected.zeros.size());
  CHECK(difference(nibbles(q.codes, 2 * q.weight_bytes(), kLowNibble), expected.codes) == "");
  CHECK(difference(bits_of(dequantized(q)), bits_of(expected.decoded)) == "");
}

TEST_CASE("int4 is the scalar model byte for byte at every group size") {
  const int size = GENERATE(16, 32, 64, 128, 256, 512, 1024, 2048, 4096);
  const std::int64_t cols = GENERATE(15, 64, 333, 4100);
  check_equal(matrix(3, cols, random_values(3 * cols, 9)), size);
}

TEST_CASE("int4 groups of one sign keep 0 in their range") {
  std::vector<float> weights = random_values(5 * 49, 10);
  const float sign = GENERATE(1.0f, -1.0f);
  for (float& weight : weights) weight = sign * (3 + std::abs(weight));
  const Matrix shaped = matrix(5, 49, weights);
  check_equal(shaped, 16);
  const QuantizedMatrix q = quantized("int4", 16, shaped);
  CHECK(nibble(q.zeros.numbers, 0, kLowNibble) == (sign > 0 ? 0 : 15));
}

TEST_CASE("int4 rounds ties to even, before the zero point is added") {
  // -7 .. 8: step 1, zero 7
  const QuantizedMatrix q =
      quantized("int4", 16, row(std::vector{-7.0f, 8.0f, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f}));
  CHECK(steps_of(q) == std::vector{1.0f});
  CHECK(nibbles(q.codes, 8, kLowNibble) == std::vector<int>{0, 15, 7, 9, 9, 7, 5, 5});
  CHECK(dequantized(q) == std::vector{-7.0f, 8.0f, 0.0f, 2.0f, 2.0f, 0.0f, -2.0f, -2.0f});
}

TEST_CASE("int4 stores the first of two codes and of two zero points in the low nibble") {
  std::vector<float> weights(32, 0.0f);
  weights[0] = -15.0f;
  weights[1] = -1.0f;
  weights[16] = 15.0f;
  const QuantizedMatrix q = quantized("int4", 16, row(weights));
  CHECK(q.codes[0] == std::byte{0xe0});
  CHECK(q.zeros.numbers[0] == std::byte{0x0f});
}

TEST_CASE("an int4 group of zeros, or too small for an f16 step, has the step 1") {
  for (const float tiny : {0.0f, -0.0f, 1e-45f, 0x1p-24f, -0x1p-24f}) {
    CAPTURE(tiny);
    const QuantizedMatrix q = quantized("int4", 16, row(std::vector<float>(16, tiny)));
    CHECK(steps_of(q) == std::vector{1.0f});
    CHECK(dequantized(q) == std::vector<float>(16, 0.0f));
  }
  const QuantizedMatrix least = quantized("int4", 16, row(std::vector{15 * 0x1p-24f}));
  CHECK(steps_of(least) == std::vector{0x1p-24f});
}

TEST_CASE("int4 clamps zero points and codes where the f16 step is much less than the exact one") {
  std::vector<float> weights = random_values(64 * 16, 25);
  for (float& weight : weights) weight *= 0x1p-22f;  // steps of one to four halves of 2^-24
  check_equal(matrix(64, 16, weights), 16);
  const QuantizedMatrix q = quantized("int4", 16, row(std::vector{-21 * 0x1p-24f}));
  CHECK(steps_of(q) == std::vector{0x1p-24f});
  CHECK(nibble(q.zeros.numbers, 0, kLowNibble) == 15);
}

TEST_CASE("an int4 step beyond f16 is infinite, with codes and zero point 0") {
  for (const float huge : {kInf, -kInf, 3e38f, -3e38f}) {
    const QuantizedMatrix q = quantized("int4", 16, row(std::vector{huge, 1.0f}));
    CHECK(steps_of(q) == std::vector{kInf});
    CHECK(nibble(q.zeros.numbers, 0, kLowNibble) == 0);
    CHECK(q.codes[0] == std::byte{0});
  }
}

TEST_CASE("int4 passes over NaN in the range and decodes it as 0") {
  const QuantizedMatrix q = quantized("int4", 16, row(std::vector{kNan, -7.0f, 8.0f, -kNan}));
  CHECK(steps_of(q) == std::vector{1.0f});
  CHECK(dequantized(q) == std::vector{0.0f, -7.0f, 8.0f, 0.0f});
  const QuantizedMatrix nothing = quantized("int4", 16, row(std::vector{kNan, kNan}));
  CHECK(dequantized(nothing) == std::vector{0.0f, 0.0f});
}

TEST_CASE("int4 allows the powers of two from 16 to 4096, a row and all as group sizes, no other") {
  for (int size = -64; size <= 8192; ++size) {
    const bool power = size >= 16 && size <= 4096 && std::has_single_bit(unsigned(size));
    const bool allowed = power || size == kWholeRow || size == kWholeTensor;
    if (find_mode("int4")->allows(size) != allowed) FAIL(size);
  }
  CHECK_THROWS_AS(reference::quantize(*find_mode("int4"), 8, Matrix(4, 64)), std::invalid_argument);
}

}  // namespace
}  // namespace qbench::test
