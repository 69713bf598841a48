// SPDX-License-Identifier: Apache-2.0
// measure: Trial to seconds. Google Benchmark, hidden.
#pragma once

#include "harness/clock.h"
#include "harness/timing.h"
#include "kernels/kernel.h"

namespace qbench {

// How a trial's clock is held to the harness's, read around every run (clock.h).
struct Watch {
  bool whole = false;  // run_once does nothing beside what it times
  Clock clock = steady_seconds;
};

// At least 7 runs and at least `min_time` seconds of them; `estimate` is the seconds of a run that
// has just been made (it served as the warm-up). Throws std::runtime_error where the trial's clock
// cannot be right, and what the trial throws.
Timing measure(Trial& trial, double estimate, double min_time, const Watch& watch = {});

}  // namespace qbench
