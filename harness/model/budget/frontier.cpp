// SPDX-License-Identifier: Apache-2.0
// Dominance and convexity of a layer's choices.
#include "harness/model/budget/frontier.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>

namespace qbench {
namespace {

// True if b lies on or above the line from a to c.
bool is_above(const LayerOption& a, const LayerOption& b, const LayerOption& c) {
  return (b.cost - a.cost) * static_cast<double>(c.bytes - a.bytes) >=
         (c.cost - a.cost) * static_cast<double>(b.bytes - a.bytes);
}

}  // namespace

LayerOptions undominated(const PlanLayer& layer) {
  LayerOptions all;
  for (std::size_t i = 0; i < layer.choices.size(); ++i)
    if (std::isfinite(layer.choices[i].error))
      all.push_back({layer.choices[i].bytes, layer.parameters * layer.choices[i].error, i});
  if (all.empty()) throw std::invalid_argument("no mode has a defined error");
  std::ranges::sort(all, {},
                    [](const LayerOption& o) { return std::tie(o.bytes, o.cost, o.index); });
  LayerOptions kept;
  for (const LayerOption& option : all)
    if (kept.empty() || option.cost < kept.back().cost) kept.push_back(option);
  return kept;
}

LayerOptions convex_hull(std::span<const LayerOption> options) {
  LayerOptions hull;
  for (const LayerOption& option : options) {
    while (hull.size() > 1 && is_above(hull[hull.size() - 2], hull.back(), option)) hull.pop_back();
    hull.push_back(option);
  }
  return hull;
}

}  // namespace qbench
