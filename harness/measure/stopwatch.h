// SPDX-License-Identifier: Apache-2.0
// Times a Trial on the host. Hides Google Benchmark.
#pragma once

#include <vector>

#include "harness/measure/clock.h"
#include "harness/measure/timing.h"
#include "kernels/kernel.h"

namespace qbench {

// The clocks that a trial's own clock is checked with (clock.h).
struct Watch {
  bool whole = false;            // run_once does nothing but what it times
  Clock clock = steady_seconds;  // read around every run
  Clock cpu_clock = nullptr;     // CPU seconds of the process; nullptr: not measured
};

// Takes the samples of one trial in turns. Other trials take theirs in between, so that a burst of
// other work on the machine affects all alike. Takes at least 7 samples and `min_time` seconds of
// them; `estimate` is the seconds of an earlier run.
class Stopwatch {
 public:
  // `turns` is the maximum number of turns.
  Stopwatch(Trial& trial, double estimate, double min_time, const Watch& watch, int turns);

  bool done() const { return left_ == 0; }
  // Takes the samples of a turn, after one discarded run if `warm_up`. Throws std::runtime_error if
  // the trial's clock cannot be right, and whatever the trial throws.
  void turn(bool warm_up = true);
  Timing timing() const;  // requires done(); throws like turn

 private:
  // CPU seconds that all threads used, and could have used.
  struct Used {
    double cpu = 0, possible = 0;
  };
  Used used() const;  // since the clocks began
  double sample();

  Trial& trial_;
  const Watch watch_;
  std::int64_t left_, turn_;  // numbers of samples: remaining, and per turn
  std::vector<double> reported_, elapsed_;
  Used used_;  // during turns
};

// Takes all samples in one turn. It needs no warm-up, since the run of the estimate was one.
Timing measure(Trial& trial, double estimate, double min_time, const Watch& watch = {});

}  // namespace qbench
