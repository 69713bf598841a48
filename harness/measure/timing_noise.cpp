// SPDX-License-Identifier: Apache-2.0
// The reasons that a noisy time has.
#include "harness/measure/timing_noise.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "reports/summaries/noise.h"

namespace qbench {
namespace {

constexpr double kLeastShare = 0.8, kMostOverLeast = 2;

}  // namespace

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
