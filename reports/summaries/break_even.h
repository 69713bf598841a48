// SPDX-License-Identifier: Apache-2.0
// Finds, in a sweep over m, from where on a mode's products are slower than bf16's.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// One line for each device, weight matrix and input whose products with bf16 and with another mode
// were timed at the same m, at two or more of them:
//
//   against bf16 as m grows, 4096x4096 normal on cpu: nf4 slower from m = 12 on, last faster at 8
//
// The fastest row of a mode counts at each m. Only what was measured is said: nothing is
// interpolated, and times whose spreads overlap are neither faster nor slower. "~" means that one
// of the times is not to be trusted.
std::vector<std::string> break_even_lines(std::span<const Result> results);

}  // namespace qbench
