// SPDX-License-Identifier: Apache-2.0
// measure: Trial to seconds. Google Benchmark, hidden.
#pragma once

#include "harness/timing.h"
#include "kernels/kernel.h"

namespace qbench {

// At least 5 runs and at least `min_time` seconds of them; `estimate` is the seconds of a run that
// has just been made (it served as the warm-up).
Timing measure(Trial& trial, double estimate, double min_time);

}  // namespace qbench
