// SPDX-License-Identifier: Apache-2.0
// Plan: a mode for each layer of a network that minimizes the error within a budget of bytes (the
// multiple-choice knapsack problem).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace qbench {

// What a mode makes of a layer.
struct Choice {
  std::int64_t bytes;
  double error;  // output NMSE; NaN or infinite: undefined, and the choice is not taken
};

struct PlanLayer {
  double parameters;            // the weight of its error
  std::vector<Choice> choices;  // by mode
};

struct Plan {
  std::vector<std::size_t> chosen;  // the choice of each layer
  std::int64_t bytes = 0;
  double error = 0;        // sum over layers of parameters x error
  double bound = 0;        // no plan within the budget has a smaller error: Lagrangian relaxation
  bool reachable = false;  // false: this is the plan of least bytes, which is beyond the budget
  bool optimal = false;    // no plan within the budget is better
};

// Exact where dynamic programming, pruned by dominance and by the bound, stays below a limit of
// states, else the greedy solution. Equal inputs give equal plans. Throws std::invalid_argument if
// a layer has no choice with a defined error.
Plan make_plan(std::span<const PlanLayer> layers, std::int64_t budget);

// The least bytes that any plan has.
std::int64_t least_bytes(std::span<const PlanLayer> layers);

// Sum over layers of parameters x error of the choices.
double error_of(std::span<const PlanLayer> layers, std::span<const std::size_t> chosen);

}  // namespace qbench
