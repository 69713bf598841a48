// SPDX-License-Identifier: Apache-2.0
// Dynamic programming over the layers of a plan, pruned by dominance and by a bound.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/model/budget/relaxation.h"

namespace qbench {

struct ExactPlan {
  // The option of each layer; absent if no plan costs less than the one of the relaxation.
  std::optional<std::vector<std::size_t>> options;
  bool complete;  // no state was dropped but by dominance and by the bound: the best plan is known
};

// Looks for a plan that costs less than `cost`, that of the relaxation's plan.
ExactPlan improve(std::span<const LayerOptions> layers, std::int64_t budget,
                  const Relaxation& relaxation, double cost);

}  // namespace qbench
