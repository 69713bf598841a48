// SPDX-License-Identifier: Apache-2.0
// The harness's clocks, and the checks of others.
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

void refuse_clock(double reported, double elapsed) {
  throw std::runtime_error(fmt::format(
      "the kernel's clock shows {:.3g} s where {:.3g} s have passed", reported, elapsed));
}

void check_run(double reported, double elapsed) {
  if (!(reported > 0) || std::isinf(reported)) refuse_clock(reported, elapsed);
}

void check_runs(const std::vector<double>& reported, const std::vector<double>& elapsed,
                bool whole) {
  const double shown = median(reported), real = median(elapsed);
  std::size_t half_reported = 0;  // number of runs reported to at least half
  for (std::size_t i = 0; i < reported.size(); ++i)
    half_reported += reported[i] >= (elapsed[i] - kReading) / 2;
  const bool too_little = whole && kRuns * half_reported < reported.size();
  if (!(shown <= most_reported(real)) || too_little) refuse_clock(shown, real);
}

}  // namespace qbench
