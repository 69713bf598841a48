// SPDX-License-Identifier: Apache-2.0
// Ternary and binary codes.
#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

std::vector<float> ternary_round_trip(std::string_view mode, const std::vector<float>& weights) {
  return dequantized(quantized(mode, find_mode(mode)->block_size, row(weights)));
}

double squared_error(const std::vector<float>& decoded, std::span<const float> weights) {
  double sum = 0;
  for (std::size_t i = 0; i < decoded.size(); ++i)
    sum += std::pow(static_cast<double>(decoded[i]) - static_cast<double>(weights[i]), 2);
  return sum;
}

// With the k largest magnitudes, of sum S, at S / k, the squared error is that of zeros less
// S^2 / k.
double least_squared_error(std::vector<float> weights) {
  double squares = 0, sum = 0, most = 0;
  for (float& w : weights) w = std::abs(w);
  std::ranges::sort(weights, std::greater());
  for (std::size_t k = 1; k <= weights.size(); ++k) {
    const double w = static_cast<double>(weights[k - 1]);
    squares += w * w;
    sum += w;
    most = std::max(most, sum * sum / static_cast<double>(k));
  }
  return squares - most;
}

}  // namespace

TEST_CASE("b1.58 rounds to the nearest of -1, 0 and 1 times the mean magnitude, halves to 0") {
  CHECK(ternary_round_trip("b1.58", {4, -2, 1, -1, 2.5f, 0, -3, 2.5f}) ==
        std::vector<float>{2, -2, 0, 0, 2, 0, -2, 2});
}

TEST_CASE("b1.58 has at least the scale 1e-5") {
  const QuantizedMatrix q = quantized("b1.58", 0, row(std::vector{0.0f, 2e-6f, 9e-6f}));
  CHECK(numbers<float>(q.scales.numbers) == std::vector{1e-5f});
  CHECK(dequantized(q) == std::vector{0.0f, 0.0f, 1e-5f});
}

TEST_CASE("means of magnitudes pass over NaN") {
  CHECK(ternary_round_trip("b1.58", {kNan, 4, -4})[1] == static_cast<float>(8.0 / 3));
  CHECK(ternary_round_trip("twn", {kNan, 4, -4})[2] == -4);
}

TEST_CASE("twn keeps what is above 0.7 of the mean magnitude, at the mean of that") {
  // The mean is 2, so that the threshold is 1.4.
  CHECK(ternary_round_trip("twn", {1.5f, -1, 1.25f, -4.5f, 3, 0.75f}) ==
        std::vector<float>{3, 0, 0, -3, 3, 0});
}

TEST_CASE("a ternary matrix of zeros stays one") {
  for (const std::string_view mode : {"b1.58", "twn", "ternary-ls"})
    CHECK(ternary_round_trip(mode, std::vector<float>(300, 0.0f)) == std::vector<float>(300, 0.0f));
}

TEST_CASE("ternary-ls has the least squared error of a row, or close to it") {
  for (unsigned seed = 1; seed < 20; ++seed) {
    const std::vector<float> weights = random_values(1000, seed);
    const double found = squared_error(ternary_round_trip("ternary-ls", weights), weights);
    CAPTURE(seed, found);
    CHECK(found <= 1.002 * least_squared_error(weights));
    CHECK(found <= squared_error(ternary_round_trip("twn", weights), weights));
  }
}

TEST_CASE("binary is the sign times the mean magnitude of a row, a 0 being +") {
  const Matrix weights =
      matrix(2, 4, std::vector{1.0f, -2.0f, 0.0f, -9.0f, 1.0f, 1.0f, -1.0f, 1.0f});
  CHECK(dequantized(quantized("binary", 0, weights)) ==
        std::vector{3.0f, -3.0f, 3.0f, -3.0f, 1.0f, 1.0f, -1.0f, 1.0f});
}

TEST_CASE("the mean magnitude of binary-group is that of the group alone, also where it is short") {
  std::vector<float> weights(20, 5.0f);
  std::ranges::copy(std::vector{1.0f, -2.0f, 0.0f, -9.0f}, weights.begin() + 16);
  const std::vector<float> decoded = dequantized(quantized("binary-group", 16, row(weights)));
  CHECK(decoded[15] == 5);
  CHECK(std::vector(decoded.begin() + 16, decoded.end()) == std::vector{3.0f, -3.0f, 3.0f, -3.0f});
}

TEST_CASE("trits lie five a byte, the first with the weight 1, and 256 in 52 bytes") {
  const QuantizedMatrix q = quantized("twn", 0, row(std::vector{1.0f, -1.0f, 1.0f, 1.0f, -1.0f}));
  CHECK(q.codes[0] == std::byte{2 + 0 * 3 + 2 * 9 + 2 * 27 + 0 * 81});
  CHECK(QuantizedMatrix(find_mode("b1.58")->format, 0, 256, 256).bits_per_param() ==
        1.625 + 32.0 / 65536);
}

}  // namespace qbench::test
