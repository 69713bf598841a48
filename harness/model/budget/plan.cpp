// SPDX-License-Identifier: Apache-2.0
// Solves a plan: relaxation first, then dynamic programming between its bound and its plan.
#include "harness/model/budget/plan.h"

#include <algorithm>

#include "harness/model/budget/exact_plan.h"
#include "harness/model/budget/frontier.h"
#include "harness/model/budget/relaxation.h"

namespace qbench {
namespace {

std::vector<LayerOptions> options_of(std::span<const PlanLayer> layers) {
  std::vector<LayerOptions> options;
  for (const PlanLayer& layer : layers) options.push_back(undominated(layer));
  return options;
}

double cost_of(std::span<const LayerOptions> layers, std::span<const std::size_t> options) {
  double cost = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) cost += layers[i][options[i]].cost;
  return cost;
}

void choose(Plan& plan, std::span<const PlanLayer> layers, std::span<const LayerOptions> options,
            std::span<const std::size_t> chosen) {
  plan.chosen.clear();
  plan.bytes = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerOption& option = options[i][chosen[i]];
    plan.chosen.push_back(option.index);
    plan.bytes += option.bytes;
  }
  plan.error = error_of(layers, plan.chosen);
}

}  // namespace

double error_of(std::span<const PlanLayer> layers, std::span<const std::size_t> chosen) {
  double error = 0;
  for (std::size_t i = 0; i < layers.size(); ++i)
    error += layers[i].parameters * layers[i].choices[chosen[i]].error;
  return error;
}

std::int64_t least_bytes(std::span<const PlanLayer> layers) {
  std::int64_t bytes = 0;
  for (const LayerOptions& options : options_of(layers)) bytes += options.front().bytes;
  return bytes;
}

Plan make_plan(std::span<const PlanLayer> layers, std::int64_t budget) {
  const std::vector<LayerOptions> options = options_of(layers);
  Plan plan;
  plan.reachable = least_bytes(layers) <= budget;
  if (!plan.reachable) {
    choose(plan, layers, options, std::vector<std::size_t>(layers.size(), 0));
    plan.bound = plan.error;
    return plan;
  }
  const Relaxation relaxed = relax(options, budget);
  const ExactPlan exact = improve(options, budget, relaxed, cost_of(options, relaxed.options));
  choose(plan, layers, options, exact.options.value_or(relaxed.options));
  plan.optimal = exact.complete;
  // Rounding may put the bound of a plan that meets it a few ulp above.
  plan.bound = std::min(relaxed.bound, plan.error);
  return plan;
}

}  // namespace qbench
