// SPDX-License-Identifier: Apache-2.0
// The choices of a layer that can be part of a best plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/model/budget/plan.h"

namespace qbench {

struct LayerOption {
  std::int64_t bytes;
  double cost;        // parameters x error
  std::size_t index;  // of the choice
};
using LayerOptions = std::vector<LayerOption>;

// The choices that no other dominates, by rising bytes and falling cost. Throws
// std::invalid_argument where no choice has a defined error.
LayerOptions undominated(const PlanLayer& layer);

// The options that lie on the lower convex hull, from the first to the last.
LayerOptions convex_hull(std::span<const LayerOption> options);

}  // namespace qbench
