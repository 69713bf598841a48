// SPDX-License-Identifier: Apache-2.0
// The speed gate on pairs that were recorded: what it must not raise, and what it must.
#pragma once

#include <vector>

#include "harness/selftest.h"

namespace qbench {

// Recorded comparisons of one build with itself, as they are (no row may be SLOW or FAST) and with
// the new side slower or faster by 5, 10 and 20 %: SLOW, with exit code 3, or FAST; 5 %, which is
// near the threshold, may stay open as well, but no row may be SAME.
std::vector<SelftestRow> selftest_recorded();

}  // namespace qbench
