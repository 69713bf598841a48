// SPDX-License-Identifier: Apache-2.0
// Checks the seconds that a kernel's clock reports against those that elapsed on the harness's
// clock.
#pragma once

#include <vector>

namespace qbench {

using Clock = double (*)();  // seconds since an arbitrary start
double steady_seconds();
double cpu_seconds();  // CPU time of all threads of the process

// Tolerances: read skew in seconds, and relative rate drift (crystals differ by 1e-4, TSC
// calibrations by 1e-3).
inline constexpr double kReading = 5e-6, kDrift = 0.01;

// The most that an honest clock reports for `readings` runs that took `elapsed` seconds.
constexpr double most_reported(double elapsed, double readings = 1) {
  return elapsed * (1 + kDrift) + readings * kReading;
}

// Throws std::runtime_error: "the kernel's clock shows 1 s where 0.1 s have passed", for example.
[[noreturn]] void refuse_clock(double reported, double elapsed);

// Rejects the clock if one run took no time, negative time or NaN.
void check_run(double reported, double elapsed);

// Rejects a clock by at least kRuns runs. `elapsed` is read around each run, so that an honest
// clock reports no more for any run, and hence in the median, even on a busy machine. If `whole`, a
// run does nothing but what it times, and the rest of `elapsed` is interruptions between the
// readings of the two clocks. These can hit most runs on a busy core, so a clock reports too little
// only if fewer than one run in kRuns is reported to at least half.
inline constexpr std::size_t kRuns = 7;
void check_runs(const std::vector<double>& reported, const std::vector<double>& elapsed,
                bool whole);

}  // namespace qbench
