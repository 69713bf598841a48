// SPDX-License-Identifier: Apache-2.0
// The Lagrangian relaxation of a plan: a bound on the cost of every plan, and a good plan.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/model/budget/frontier.h"

namespace qbench {

struct Relaxation {
  double multiplier;                 // cost that a byte saves at the budget
  double bound;                      // of the cost of plans within the budget
  std::vector<std::size_t> options;  // a plan within the budget: the option of each layer
};

// Takes steps along the layers' convex hulls, the most saving a byte first: the optimum of the
// linear relaxation, and so of the Lagrangian one (Sinha and Zoltners, The multiple-choice knapsack
// problem, 1979). What the budget leaves is spent greedily. The plan of least bytes is within the
// budget.
Relaxation relax(std::span<const LayerOptions> layers, std::int64_t budget);

}  // namespace qbench
