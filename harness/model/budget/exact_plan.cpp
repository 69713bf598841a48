// SPDX-License-Identifier: Apache-2.0
// States of the dynamic program are bytes and cost of the layers so far.
#include "harness/model/budget/exact_plan.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace qbench {
namespace {

constexpr std::size_t kMostStates = std::size_t{1} << 14;

struct State {
  std::int64_t bytes;
  double cost;
  std::uint32_t parent;  // among the states of the layer before
  std::uint32_t option;
};

// The least bytes and the least relaxed cost of all layers from a certain one on.
struct Rest {
  std::int64_t bytes = 0;
  double relaxed = 0;  // of cost + multiplier x bytes
};

std::vector<Rest> rests_of(std::span<const LayerOptions> layers, double multiplier) {
  std::vector<Rest> rests(layers.size() + 1);
  for (std::size_t i = layers.size(); i-- > 0;) {
    double least = std::numeric_limits<double>::infinity();
    for (const LayerOption& option : layers[i])
      least = std::min(least, option.cost + multiplier * static_cast<double>(option.bytes));
    rests[i] = {rests[i + 1].bytes + layers[i].front().bytes, rests[i + 1].relaxed + least};
  }
  return rests;
}

class Program {
 public:
  Program(std::span<const LayerOptions> layers, std::int64_t budget, double multiplier, double cost)
      : layers_(layers),
        budget_(budget),
        multiplier_(multiplier),
        cost_(cost),
        rests_(rests_of(layers, multiplier)) {}

  ExactPlan run() {
    std::vector<State> states = {{0, 0, 0, 0}};
    for (std::size_t i = 0; i < layers_.size() && !states.empty(); ++i) {
      states = undominated(extended(states, i));
      limit(states, rests_[i + 1]);
      levels_.push_back(states);
    }
    ExactPlan out{.options = {}, .complete = complete_};
    if (!states.empty()) out.options = traced(states);
    return out;
  }

 private:
  // The least cost of a plan that begins with the state.
  double bound(const State& state, const Rest& rest) const {
    return state.cost + rest.relaxed - multiplier_ * static_cast<double>(budget_ - state.bytes);
  }

  std::vector<State> extended(const std::vector<State>& states, std::size_t layer) const {
    const Rest& rest = rests_[layer + 1];
    std::vector<State> out;
    for (std::uint32_t parent = 0; parent < states.size(); ++parent)
      for (std::uint32_t option = 0; option < layers_[layer].size(); ++option) {
        const LayerOption& more = layers_[layer][option];
        const State state{states[parent].bytes + more.bytes, states[parent].cost + more.cost,
                          parent, option};
        if (state.bytes + rest.bytes <= budget_ && bound(state, rest) < cost_) out.push_back(state);
      }
    return out;
  }

  static std::vector<State> undominated(std::vector<State> states) {
    std::ranges::sort(states, {},
                      [](const State& s) { return std::tie(s.bytes, s.cost, s.parent, s.option); });
    std::vector<State> kept;
    for (const State& state : states)
      if (kept.empty() || state.cost < kept.back().cost) kept.push_back(state);
    return kept;
  }

  // Drops the states of the worst bounds if there are too many.
  void limit(std::vector<State>& states, const Rest& rest) {
    if (states.size() <= kMostStates) return;
    complete_ = false;
    std::ranges::stable_sort(states, {}, [&](const State& state) { return bound(state, rest); });
    states.resize(kMostStates);
  }

  std::vector<std::size_t> traced(const std::vector<State>& last) const {
    auto at =
        static_cast<std::uint32_t>(std::ranges::min_element(last, {}, &State::cost) - last.begin());
    std::vector<std::size_t> options(levels_.size());
    for (std::size_t i = levels_.size(); i-- > 0; at = levels_[i][at].parent)
      options[i] = levels_[i][at].option;
    return options;
  }

  std::span<const LayerOptions> layers_;
  std::int64_t budget_;
  double multiplier_, cost_;
  std::vector<Rest> rests_;
  std::vector<std::vector<State>> levels_;
  bool complete_ = true;
};

}  // namespace

ExactPlan improve(std::span<const LayerOptions> layers, std::int64_t budget,
                  const Relaxation& relaxation, double cost) {
  return Program(layers, budget, relaxation.multiplier, cost).run();
}

}  // namespace qbench
