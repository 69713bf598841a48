// SPDX-License-Identifier: Apache-2.0
// Times a Replay by the device's own clock.
#pragma once

#include "harness/measure/clock.h"
#include "harness/measure/timing.h"
#include "kernels/device/replay.h"

namespace qbench {

// The rules of sampling. All times are those that the device was busy.
struct Sampling {
  double warm_up = 0.02;      // seconds before the first sample: clocks rise under load
  double sample_time = 2e-3;  // minimum seconds of a sample: the clock resolves a microsecond
  double min_time = 0.1;      // minimum seconds of accepted samples
  double max_time = 3;        // maximum seconds of all samples
  std::int64_t least = 10;    // minimum number of accepted samples
  std::int64_t most = 10000;  // maximum number of all samples
  // Sampling ends once the standard error of the median is at most this fraction of the median. For
  // normal numbers it is 1.2533 sd / sqrt(n), and half the interquartile range is 0.6745 sd.
  double spread = 0.003;
  // A sample is discarded if its clock lies below this fraction of the device's nominal clock.
  double least_clock = 0.75;
  Clock clock = steady_seconds;  // the host's
};

// The rules for at least so many seconds of accepted samples; max_time grows with them.
Sampling sampling_for(double min_time);

// Throws std::runtime_error that says after how many samples the device failed, or why none was
// accepted. A device also fails if it reports more seconds for all samples than elapsed on the
// host, which waits for each (clock.h). It may report less, since the host does more than wait.
Timing measure(Replay& replay, const Sampling& sampling = {});

}  // namespace qbench
