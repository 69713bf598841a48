// SPDX-License-Identifier: Apache-2.0
// Order statistics of samples.
#include "harness/measure/timing.h"

#include <algorithm>

namespace qbench {

double quantile(const std::vector<double>& sorted, double fraction) {
  const double place = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return quantile(values, 0.5);
}

Timing summarize(std::vector<double> samples) {
  std::ranges::sort(samples);
  return {.median = quantile(samples, 0.5),
          .min = samples.front(),
          .q1 = quantile(samples, 0.25),
          .q3 = quantile(samples, 0.75),
          .samples = static_cast<std::int64_t>(samples.size())};
}

}  // namespace qbench
