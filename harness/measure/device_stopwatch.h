// SPDX-License-Identifier: Apache-2.0
// measure: Replay to seconds, by the device's own clock.
#pragma once

#include "harness/measure/clock.h"
#include "harness/measure/timing.h"
#include "kernels/device/replay.h"

namespace qbench {

// When samples are taken, and when there are enough. Times are those that the device was busy.
struct Sampling {
  double warm_up = 0.02;      // seconds before the first sample: clocks rise under load
  double sample_time = 2e-3;  // seconds of a sample, at least: the clock is read to a microsecond
  double min_time = 0.1;      // seconds of samples that count, at least
  double max_time = 3;        // seconds of all samples, at most, where there is one that counts
  std::int64_t least = 10, most = 10000;  // samples that count; samples at all
  // Sampling ends once the standard error of the median is this fraction of it. Of normal numbers
  // that is 1.2533 sd / sqrt(n), and half the distance between the quartiles is 0.6745 sd.
  double spread = 0.003;
  // A sample is set aside when its clock lies below this fraction of what the device is made for.
  double least_clock = 0.75;
  Clock clock = steady_seconds;  // of the host
};

// That of so many seconds, at least, of samples that count: the most time grows with them.
Sampling sampling_for(double min_time);

// Throws std::runtime_error that tells after how many samples the device failed, or why none
// counts. A device also fails when it reports more seconds of all its samples than elapsed on the
// host, which waits for each (clock.h); less is no lie, as the host does more than wait.
Timing measure(Replay& replay, const Sampling& sampling = {});

}  // namespace qbench
