// SPDX-License-Identifier: Apache-2.0
// Order statistics of samples.
#include "harness/measure/timing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reports/summaries/noise.h"

namespace qbench {
namespace {

constexpr double kLeastShare = 0.8, kMostOverLeast = 2;

}  // namespace

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

std::string noise_of(const Timing& t) {
  std::vector<std::string> reasons;
  if (t.cpu_share && !(*t.cpu_share >= kLeastShare))
    reasons.push_back(fmt::format("it got {:.0f} % of its CPU time", 100 * *t.cpu_share));
  if (!(t.q3 - t.q1 <= kMostSpread * t.median))
    reasons.push_back(spread_reason((t.q3 - t.q1) / t.median));
  if (!(t.median <= kMostOverLeast * t.min))
    reasons.push_back(fmt::format("its median is {:.1f} times the least", t.median / t.min));
  return fmt::format("{}", fmt::join(reasons, ", "));
}

}  // namespace qbench
