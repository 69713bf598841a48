// SPDX-License-Identifier: Apache-2.0
// A plan for a network within a budget, checked on rows of the input that it was not chosen on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/network/inventory.h"
#include "harness/model/network/network.h"

namespace qbench {

// Errors of a choice of modes: means over the layers' parameters of the output NMSE.
struct PlanError {
  double predicted;  // on the rows that plans are chosen on
  double checked;    // on the others
};

struct NetworkPlan {
  Plan plan;
  PlanError error;
  double bound;                        // NMSE that no plan within the budget is below
  std::optional<std::size_t> uniform;  // the best mode throughout within the budget
  PlanError uniform_error;
};

// Bytes that the layers may take by --bits of the layers or by --memory of the whole model.
std::int64_t budget_bytes(const Inventory& inventory, std::optional<double> bits,
                          std::optional<double> memory);

// Throws std::runtime_error, with the least that can be reached, if no plan is within the budget.
// Looks at sizes alone, and so before any work.
void check_reachable(const Inventory& inventory, const std::vector<Candidate>& candidates,
                     std::int64_t budget);

// The network has figures of checked rows. Throws std::runtime_error if a layer has no mode with a
// defined error, or if only such modes would reach the budget.
NetworkPlan plan_network(const Network& network, std::int64_t budget);

}  // namespace qbench
