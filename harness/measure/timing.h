// SPDX-License-Identifier: Apache-2.0
// Timing: the statistics of a stopwatch's samples.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace qbench {

struct Timing {
  double median, min, q1, q3;  // seconds of one run
  std::int64_t samples;
  // Devices with a clock of their own:
  std::int64_t discarded = 0;                                      // number of discarded samples
  std::optional<double> cycles = {}, clock_hz = {}, power_w = {};  // medians
  std::string_view cache = {};  // "cold": the operands of a run were evicted before it; or "warm"
  // The CPU: seconds of one run summed over all threads, and the fraction of the time with work in
  // which the threads ran.
  std::optional<double> cpu_seconds = {}, cpu_share = {};
};

// The quantile of sorted samples, interpolated linearly between neighbours.
double quantile(const std::vector<double>& sorted, double fraction);

// `values` is not empty.
double median(std::vector<double> values);

// `samples` is not empty.
Timing summarize(std::vector<double> samples);

}  // namespace qbench
