// SPDX-License-Identifier: Apache-2.0
// Solves the relaxation by a greedy walk over the convex hulls.
#include "harness/model/budget/relaxation.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace qbench {
namespace {

// A step from one option on the convex hull of a layer to the next.
struct Step {
  double saving;  // cost saved a byte
  std::size_t layer;
  std::size_t from, to;  // options
};

std::vector<Step> steps_of(std::span<const LayerOptions> layers) {
  std::vector<Step> steps;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    const LayerOptions& options = layers[layer];
    const LayerOptions hull = convex_hull(options);
    std::size_t from = 0;
    for (std::size_t i = 1; i < hull.size(); ++i) {
      const auto to = static_cast<std::size_t>(
          std::ranges::find(options, hull[i].index, &LayerOption::index) - options.begin());
      const double bytes = static_cast<double>(options[to].bytes - options[from].bytes);
      steps.push_back({(options[from].cost - options[to].cost) / bytes, layer, from, to});
      from = to;
    }
  }
  std::ranges::sort(steps, [](const Step& a, const Step& b) {
    return std::tie(b.saving, a.layer, a.from) < std::tie(a.saving, b.layer, b.from);
  });
  return steps;
}

// A plan under construction.
struct Walk {
  std::span<const LayerOptions> layers;
  std::vector<std::size_t> options;
  std::int64_t left;  // bytes of the budget
  double cost = 0;

  Walk(std::span<const LayerOptions> all, std::int64_t budget)
      : layers(all), options(all.size(), 0), left(budget) {
    for (const LayerOptions& each : all) {
      left -= each.front().bytes;
      cost += each.front().cost;
    }
  }
  const LayerOption& at(std::size_t layer) const { return layers[layer][options[layer]]; }
  std::int64_t price(std::size_t layer, std::size_t to) const {
    return layers[layer][to].bytes - at(layer).bytes;
  }
  void take(std::size_t layer, std::size_t to) {
    left -= price(layer, to);
    cost += layers[layer][to].cost - at(layer).cost;
    options[layer] = to;
  }
};

// The change of one layer that saves most and that the rest of the budget pays.
std::optional<std::pair<std::size_t, std::size_t>> best_upgrade(const Walk& walk) {
  std::optional<std::pair<std::size_t, std::size_t>> best;
  double most = 0;
  for (std::size_t layer = 0; layer < walk.layers.size(); ++layer)
    for (std::size_t to = walk.options[layer] + 1; to < walk.layers[layer].size(); ++to) {
      const double saving = walk.at(layer).cost - walk.layers[layer][to].cost;
      if (walk.price(layer, to) > walk.left || !(saving > most)) continue;
      most = saving;
      best = {layer, to};
    }
  return best;
}

}  // namespace

Relaxation relax(std::span<const LayerOptions> layers, std::int64_t budget) {
  Walk walk(layers, budget);
  std::optional<Relaxation> found;
  for (const Step& step : steps_of(layers)) {
    if (walk.options[step.layer] != step.from) continue;  // an earlier step was too dear
    if (walk.price(step.layer, step.to) <= walk.left)
      walk.take(step.layer, step.to);
    else if (!found)  // the part of this step that is left of the budget
      found = {step.saving, walk.cost - step.saving * static_cast<double>(walk.left), {}};
  }
  if (!found) found = {0, walk.cost, {}};
  while (const auto upgrade = best_upgrade(walk)) walk.take(upgrade->first, upgrade->second);
  found->options = std::move(walk.options);
  return *found;
}

}  // namespace qbench
