// SPDX-License-Identifier: Apache-2.0
// The harness's clock, and what others are refused for.
#include "harness/measure/clock.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <ctime>
#include <stdexcept>

#include "harness/measure/timing.h"

namespace qbench {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void refuse_clock(double told, double passed) {
  throw std::runtime_error(
      fmt::format("the kernel's clock shows {:.3g} s where {:.3g} s have passed", told, passed));
}

void check_run(double told, double passed) {
  if (!(told > 0) || std::isinf(told)) refuse_clock(told, passed);
}

void check_runs(const std::vector<double>& told, const std::vector<double>& passed, bool whole) {
  const double shown = median(told), real = median(passed);
  std::size_t half_told = 0;  // runs of which at least half is told
  for (std::size_t i = 0; i < told.size(); ++i) half_told += told[i] >= (passed[i] - kReading) / 2;
  const bool too_little = whole && kRuns * half_told < told.size();
  if (!(shown <= most_told(real)) || too_little) refuse_clock(shown, real);
}

}  // namespace qbench
