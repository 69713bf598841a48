// SPDX-License-Identifier: Apache-2.0
// Sums powers of the weights in double, in parts of fixed size.
#include "harness/model/network/weight_moments.h"

#include <array>
#include <cmath>
#include <vector>

#include "reference/simd/parallel.h"

namespace qbench {
namespace {

using reference::kPart;
using reference::parallel_parts;

// Sums of the first four powers.
using Powers = std::array<double, 4>;

Powers powers_of(const float* w, std::int64_t count) {
  constexpr std::int64_t kLanes = 8;
  double lanes[4][kLanes] = {};
  for (std::int64_t i = 0; i < count; i += kLanes)
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      const double x = i + lane < count ? static_cast<double>(w[i + lane]) : 0;
      const double square = x * x;
      lanes[0][lane] += x;
      lanes[1][lane] += square;
      lanes[2][lane] += square * x;
      lanes[3][lane] += square * square;
    }
  Powers sums = {};
  for (std::size_t power = 0; power < sums.size(); ++power)
    for (const double lane : lanes[power]) sums[power] += lane;
  return sums;
}

// f(first, count) of every part, in order.
template <class T, class F>
std::vector<T> of_parts(std::int64_t size, const F& f) {
  std::vector<T> parts(static_cast<std::size_t>((size + kPart - 1) / kPart));
  parallel_parts(size, kPart, [&](std::int64_t begin, std::int64_t end) {
    parts[static_cast<std::size_t>(begin / kPart)] = f(begin, end - begin);
  });
  return parts;
}

Powers means_of_powers(const Matrix& weights) {
  Powers means = {};
  for (const Powers& part :
       of_parts<Powers>(weights.size(), [&](std::int64_t first, std::int64_t count) {
         return powers_of(weights.values.data() + first, count);
       }))
    for (std::size_t i = 0; i < means.size(); ++i) means[i] += part[i];
  for (double& mean : means) mean /= static_cast<double>(weights.size());
  return means;
}

// The share of weights below `low` or above `high`.
double share_outside(const Matrix& weights, float low, float high) {
  std::int64_t outside = 0;
  for (const std::int64_t part :
       of_parts<std::int64_t>(weights.size(), [&](std::int64_t first, std::int64_t count) {
         const float* w = weights.values.data() + first;
         std::int32_t found = 0;
         for (std::int64_t i = 0; i < count; ++i) found += w[i] < low || w[i] > high;
         return std::int64_t{found};
       }))
    outside += part;
  return static_cast<double>(outside) / static_cast<double>(weights.size());
}

}  // namespace

std::optional<WeightMoments> moments_of(const Matrix& weights) {
  const auto [m1, m2, m3, m4] = means_of_powers(weights);
  const double variance = m2 - m1 * m1;
  const double fourth = m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * m1 * m1 * m1 * m1;
  const double kurtosis = fourth / (variance * variance);
  if (!(variance > 0) || !std::isfinite(kurtosis)) return std::nullopt;
  const double far = kOutlierDeviations * std::sqrt(variance);
  return WeightMoments{
      kurtosis, share_outside(weights, static_cast<float>(m1 - far), static_cast<float>(m1 + far))};
}

}  // namespace qbench
