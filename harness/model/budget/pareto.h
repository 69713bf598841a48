// SPDX-License-Identifier: Apache-2.0
// The Pareto front of bytes and error.
#pragma once

#include <span>
#include <vector>

#include "harness/model/budget/plan.h"

namespace qbench {

// For each, true if no other has as few bytes and as small an error, one of them less. One without
// a defined error is not on the front; of equal ones all are.
std::vector<bool> pareto_front(std::span<const Choice> choices);

}  // namespace qbench
