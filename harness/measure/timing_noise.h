// SPDX-License-Identifier: Apache-2.0
// Decides which times of the CPU are not to be trusted.
#pragma once

#include <string>

#include "harness/measure/timing.h"

namespace qbench {

// The reason not to trust a time of the CPU, or empty. A time is noisy if
// - its threads ran for less than 80 % of the time in which they had work (if cpu_share is known),
// - the interquartile range is more than 25 % of the median, or
// - the median is more than twice the minimum.
std::string noise_of(const Timing& timing);

}  // namespace qbench
