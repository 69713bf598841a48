// SPDX-License-Identifier: Apache-2.0
// Clocks: what a kernel's own clock tells, held to the time that has passed on the harness's.
#pragma once

#include <vector>

namespace qbench {

using Clock = double (*)();  // seconds since whenever
double steady_seconds();
double cpu_seconds();  // of all threads of the process

// What is forgiven in an honest clock: seconds between its reading and the harness's, and how much
// faster it runs than the harness's (crystals differ by 1e-4, calibrations of a TSC by 1e-3).
inline constexpr double kReading = 5e-6, kDrift = 0.01;

// The most that an honest clock tells of `readings` runs in which so many seconds have passed.
constexpr double most_told(double passed, double readings = 1) {
  return passed * (1 + kDrift) + readings * kReading;
}

// Throws std::runtime_error: "the kernel's clock shows 1 s where 0.1 s have passed".
[[noreturn]] void refuse_clock(double told, double passed);

// Refuses the clock of one run that took no time, less than none, or none that is a number.
void check_run(double told, double passed);

// Refuses a clock by its runs, at least kRuns of them. `passed` is read around each, so an honest
// clock tells no more of any; then no more in the median either, on the busiest machine. With
// `whole`, what is timed is all that a run does: what passes besides are interruptions between two
// readings of clocks, which can fall into most runs where others want the core. So a clock tells
// too little only where fewer than one run in kRuns is told to half.
inline constexpr std::size_t kRuns = 7;
void check_runs(const std::vector<double>& told, const std::vector<double>& passed, bool whole);

}  // namespace qbench
