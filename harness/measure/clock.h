// SPDX-License-Identifier: Apache-2.0
// Clocks: the seconds that a kernel's own clock reports, held to those that elapsed on the
// harness's.
#pragma once

#include <vector>

namespace qbench {

using Clock = double (*)();  // seconds since whenever
double steady_seconds();
double cpu_seconds();  // of all threads of the process

// Tolerances of an honest clock: the skew between its reading and the harness's, in seconds, and
// its rate drift (crystals differ by 1e-4, calibrations of a TSC by 1e-3).
inline constexpr double kReading = 5e-6, kDrift = 0.01;

// The most that an honest clock reports of `readings` runs that took `elapsed` seconds.
constexpr double most_reported(double elapsed, double readings = 1) {
  return elapsed * (1 + kDrift) + readings * kReading;
}

// Throws std::runtime_error: "the kernel's clock shows 1 s where 0.1 s have passed".
[[noreturn]] void refuse_clock(double reported, double elapsed);

// Refuses the clock of one run that took no time, less than none, or none that is a number.
void check_run(double reported, double elapsed);

// Refuses a clock by its runs, at least kRuns of them. `elapsed` is read around each run, so an
// honest clock reports no more of any, and hence no more in the median, on the busiest machine too.
// With `whole`, a run does nothing but what it times: the rest of `elapsed` are interruptions
// between two readings of clocks, which can fall into most runs where others want the core. So a
// clock reports too little only where fewer than one run in kRuns is reported to at least half.
inline constexpr std::size_t kRuns = 7;
void check_runs(const std::vector<double>& reported, const std::vector<double>& elapsed,
                bool whole);

}  // namespace qbench
