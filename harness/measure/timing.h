// SPDX-License-Identifier: Apache-2.0
// Timing: what the samples of a stopwatch come to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

struct Timing {
  double median, min, q1, q3;  // seconds of one run
  std::int64_t samples;
  // Of devices with a clock of their own.
  std::int64_t discarded = 0;                                      // samples that were set aside
  std::optional<double> cycles = {}, clock_hz = {}, power_w = {};  // medians
  std::string_view cache = {};  // "cold": what a run reads has left the cache before; or "warm"
  // On the CPU: seconds of one run on all threads, and the share that its threads got of the time
  // in which they had work.
  std::optional<double> cpu_seconds = {}, cpu_share = {};
};

// The value below which a fraction of the sorted samples lies, linear between neighbours.
double quantile(const std::vector<double>& sorted, double fraction);

// Of values that are not empty.
double median(std::vector<double> values);

// `samples` is not empty.
Timing summarize(std::vector<double> samples);

// Why a time of the CPU is not to be trusted, or empty: its threads got less than 80 % of the time
// in which they had work, the quartiles are more than 25 % of the median apart, or the median is
// more than twice the least. A time without cpu_share is judged by its samples alone.
std::string noise_of(const Timing& timing);

}  // namespace qbench
