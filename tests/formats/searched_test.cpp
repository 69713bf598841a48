// SPDX-License-Identifier: Apache-2.0
// A mode whose scales are searched for: Q4_K of ggml (quantize_row_q4_K_ref), as data and one fit.
// Scales and minima of 8 groups of 32 have 6 bits each under an f16 scale of their own.
#include <algorithm>

#include "tests/catch.h"
#include "tests/formats/describe.h"
#include "tests/reference/gaussian.h"

namespace qbench {
namespace {

constexpr float kHighest = 15;

// Weighted sums over a group, of its numbers x and of their codes l.
struct Moments {
  double w = 0, x = 0, l = 0, ll = 0, xl = 0;
};

float code(float x, const Fit& fit) {
  return std::clamp(std::nearbyint((x - fit.minimum) / fit.step), 0.0f, kHighest);
}

// ggml weights squared errors by this, so that larger numbers are met better.
std::vector<double> importance(std::span<const float> group) {
  double squares = 0;
  for (const float x : group) squares += static_cast<double>(x) * static_cast<double>(x);
  const double typical = std::sqrt(squares / static_cast<double>(group.size()));
  std::vector<double> weights;
  for (const float x : group) weights.push_back(typical + static_cast<double>(std::abs(x)));
  return weights;
}

// The step and the minimum (not above 0) of least weighted squares for the codes that `start`
// gives.
Fit least_squares(std::span<const float> group, const std::vector<double>& weights,
                  const Fit& start) {
  Moments s;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const double w = weights[i], x = static_cast<double>(group[i]);
    const double l = static_cast<double>(code(group[i], start));
    s.w += w, s.x += w * x, s.l += w * l, s.ll += w * l * l, s.xl += w * x * l;
  }
  const double determinant = s.w * s.ll - s.l * s.l;
  if (!(determinant > 0)) return start;
  const double minimum = (s.ll * s.x - s.l * s.xl) / determinant;
  if (minimum > 0) return {static_cast<float>(s.xl / s.ll), 0};
  return {static_cast<float>((s.w * s.xl - s.x * s.l) / determinant), static_cast<float>(minimum)};
}

double error(std::span<const float> group, const std::vector<double>& weights, const Fit& codes_of,
             const Fit& decoded_with) {
  double sum = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const float decoded = code(group[i], codes_of) * decoded_with.step + decoded_with.minimum;
    sum += weights[i] * std::pow(static_cast<double>(decoded - group[i]), 2);
  }
  return sum;
}

// 21 steps near (max - min) / 15, each improved by least squares: the best of them. The next step
// starts from the best minimum so far, as in ggml.
Fit search(std::span<const float> group) {
  const auto weights = importance(group);
  const auto [low, high] = std::ranges::minmax(group);
  const float minimum = std::min(low, 0.0f);
  if (!(high > minimum)) return {0, minimum};
  Fit best = {(high - minimum) / kHighest, minimum};
  double least = error(group, weights, best, best);
  for (int i = 0; i <= 20; ++i) {
    const float steps = kHighest - 1 + 0.1f * static_cast<float>(i);
    const Fit start = {(high - best.minimum) / steps, best.minimum};
    const Fit fit = least_squares(group, weights, start);
    const double now = error(group, weights, start, fit);
    if (now < least) best = fit, least = now;
  }
  return best;
}

constexpr GroupNumber kSixBits = {.storage = stored::unsigned_integer(6),
                                  .outer = OuterLevel{.size = 8, .storage = stored::f16}};
constexpr Mode kQ4_K =
    to_come::mode({.bits = 4,
                   .codec = Integers{.lowest = 0, .highest = 15},
                   .granularity = Granularity::group,
                   .scale = kSixBits,
                   .zero = Zero::minimum,
                   .zero_number = kSixBits},
                  {.outer = {.qmax = 63, .statistic = Statistic::signed_absmax}, .search = search});

}  // namespace

TEST_CASE("Q4_K, searched by least squares, has the error of ggml's own") {
  const ErrorRatio ratio = error_on_normal(kQ4_K, 32);
  CAPTURE(ratio.nmse(), ratio.standard_error());
  CHECK(std::abs(ratio.nmse() - 0.0050937) <= 4 * std::hypot(ratio.standard_error(), 2.7e-6));
}

TEST_CASE("Q4_K takes 4.5 bits a parameter: 4, two scales of 6 bits in 32, two of 16 in 256") {
  CHECK(reference::quantize(kQ4_K, 32, standard_normal(64, 1024, 2)).bits_per_param() == 4.5);
}

TEST_CASE("Q4_K of zeros and of a short last group") {
  Matrix zeros(2, 40), decoded(2, 40);
  std::ranges::fill(zeros.values, 0.0f);
  reference::dequantize(reference::quantize(kQ4_K, 32, zeros), decoded);
  CHECK(std::ranges::equal(decoded.values, zeros.values));

  Matrix ramp(1, 40), ramp_decoded(1, 40);
  for (std::size_t i = 0; i < 40; ++i) ramp.values[i] = static_cast<float>(i) / 40 - 0.5f;
  reference::dequantize(reference::quantize(kQ4_K, 32, ramp), ramp_decoded);
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(ramp_decoded.values[i] == Approx(ramp.values[i]).margin(0.05));
}

}  // namespace qbench
