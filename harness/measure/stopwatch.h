// SPDX-License-Identifier: Apache-2.0
// measure: Trial to seconds. Google Benchmark, hidden.
#pragma once

#include <vector>

#include "harness/measure/clock.h"
#include "harness/measure/timing.h"
#include "kernels/kernel.h"

namespace qbench {

// How a trial's clock is held to the harness's, read around every run (clock.h), and which clock
// reports the CPU seconds of the process; nullptr: none does.
struct Watch {
  bool whole = false;  // run_once does nothing beside what it times
  Clock clock = steady_seconds;
  Clock cpu_clock = nullptr;
};

// Samples of one trial, in turns: what else is measured meanwhile takes its turns in between, so
// that a burst of other work falls on all alike. At least 7 samples and at least `min_time` seconds
// of them; `estimate` is the seconds of a run that has been made.
class Stopwatch {
 public:
  // `turns` are the most that the samples are shared out over.
  Stopwatch(Trial& trial, double estimate, double min_time, const Watch& watch, int turns);

  bool done() const { return left_ == 0; }
  // One run that does not count, where `warm_up`, and then the samples of a turn. Throws
  // std::runtime_error where the trial's clock cannot be right, and what the trial throws.
  void turn(bool warm_up = true);
  Timing timing() const;  // once all turns are done; throws likewise

 private:
  // CPU seconds that all threads took, and those that they could have used.
  struct Used {
    double cpu = 0, possible = 0;
  };
  Used used() const;  // so far, by the clocks
  double sample();

  Trial& trial_;
  const Watch watch_;
  std::int64_t left_, turn_;  // samples: still to be taken, of a turn
  std::vector<double> reported_, elapsed_;
  Used used_;  // in the turns
};

// All in one turn, without a warm-up: the run of the estimate was one.
Timing measure(Trial& trial, double estimate, double min_time, const Watch& watch = {});

}  // namespace qbench
