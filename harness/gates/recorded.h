// SPDX-License-Identifier: Apache-2.0
// The speed gate on pairs that were recorded: what it must not raise, and what it must.
#pragma once

#include <vector>

#include "harness/selftest.h"

namespace qbench {

// Recorded pairs of one build with itself, as they are (none may be SLOW or FAST) and with the new
// side slower or faster by 5, 10 and 20 % (each must be told).
std::vector<SelftestRow> selftest_recorded();

}  // namespace qbench
