// SPDX-License-Identifier: Apache-2.0
// Plans against brute force, against their bound, and at budgets that cannot be kept.
#include "harness/model/budget/plan.h"

#include <limits>
#include <random>

#include "tests/catch.h"

namespace qbench {
namespace {

using Layers = std::vector<PlanLayer>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Layers of many sizes whose errors fall with their bytes, but not without exceptions.
Layers random_layers(std::size_t count, std::size_t modes, std::mt19937_64& random) {
  std::uniform_int_distribution<std::int64_t> side(16, 512);
  std::uniform_real_distribution<double> bits(2, 9), factor(0.3, 3);
  Layers layers;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t parameters = side(random) * side(random);
    PlanLayer layer{static_cast<double>(parameters), {}};
    for (std::size_t mode = 0; mode < modes; ++mode) {
      const double b = bits(random);
      layer.choices.push_back({static_cast<std::int64_t>(b / 8 * static_cast<double>(parameters)),
                               std::pow(4.0, -b) * factor(random)});
    }
    layers.push_back(layer);
  }
  return layers;
}

std::int64_t bytes_of(const Layers& layers, const std::vector<std::size_t>& chosen) {
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) bytes += layers[i].choices[chosen[i]].bytes;
  return bytes;
}

// The least error of all plans within the budget; infinite where there is none.
double brute_force(const Layers& layers, std::int64_t budget) {
  double best = std::numeric_limits<double>::infinity();
  std::vector<std::size_t> chosen(layers.size(), 0);
  for (bool more = true; more;) {
    if (bytes_of(layers, chosen) <= budget) best = std::min(best, error_of(layers, chosen));
    more = false;
    for (std::size_t i = 0; i < layers.size() && !more; ++i) {
      chosen[i] = (chosen[i] + 1) % layers[i].choices.size();
      more = chosen[i] != 0;
    }
  }
  return best;
}

std::int64_t most_bytes(const Layers& layers) {
  std::int64_t bytes = 0;
  for (const PlanLayer& layer : layers)
    bytes += std::ranges::max(layer.choices, {}, &Choice::bytes).bytes;
  return bytes;
}

// Between the least and the most bytes.
std::int64_t budget_at(const Layers& layers, double share) {
  const std::int64_t least = least_bytes(layers);
  return least + static_cast<std::int64_t>(share * static_cast<double>(most_bytes(layers) - least));
}

}  // namespace

TEST_CASE("a plan of 8 layers and 4 modes equals brute force") {
  std::mt19937_64 random(1);
  for (int instance = 0; instance < 12; ++instance) {
    const Layers layers = random_layers(8, 4, random);
    for (const double share : {0.0, 0.01, 0.1, 0.25, 0.4, 0.6, 0.9, 1.0}) {
      const std::int64_t budget = budget_at(layers, share);
      const Plan plan = make_plan(layers, budget);
      CHECK(plan.reachable);
      CHECK(plan.optimal);
      CHECK(plan.bytes <= budget);
      CHECK(plan.bytes == bytes_of(layers, plan.chosen));
      CHECK(plan.error == Approx(brute_force(layers, budget)).epsilon(1e-12));
      CHECK(plan.bound <= plan.error);
    }
  }
}

TEST_CASE("a plan of many layers is close to its bound") {
  std::mt19937_64 random(2);
  for (const std::size_t count : {60, 300}) {
    const Layers layers = random_layers(count, 10, random);
    for (const double share : {0.05, 0.3, 0.7}) {
      const std::int64_t budget = budget_at(layers, share);
      const Plan plan = make_plan(layers, budget);
      CHECK(plan.bytes <= budget);
      CHECK(plan.bound <= plan.error);
      CHECK(plan.error <= 1.01 * plan.bound);
    }
  }
}

TEST_CASE("a larger budget never has a larger error") {
  std::mt19937_64 random(3);
  const Layers layers = random_layers(20, 6, random);
  double last = std::numeric_limits<double>::infinity();
  for (int i = 0; i <= 50; ++i) {
    const Plan plan = make_plan(layers, budget_at(layers, i / 50.0));
    CHECK(plan.error <= last);
    last = plan.error;
  }
}

TEST_CASE("a budget that no plan keeps gives the plan of least bytes") {
  const Layers layers = {{100, {{400, 0.1}, {200, 0.3}}}, {10, {{30, 0.2}, {40, 0.1}}}};
  CHECK(least_bytes(layers) == 230);
  const Plan plan = make_plan(layers, 229);
  CHECK_FALSE(plan.reachable);
  CHECK(plan.bytes == 230);
  CHECK(plan.chosen == std::vector<std::size_t>{1, 0});
  CHECK(make_plan(layers, 230).reachable);
}

TEST_CASE("choices without a defined error are not taken") {
  const Layers layers = {{100, {{10, kNaN}, {20, 0.5}}}};
  CHECK(least_bytes(layers) == 20);
  CHECK(make_plan(layers, 100).chosen == std::vector<std::size_t>{1});
  CHECK_THROWS_AS(make_plan(Layers{{1, {{10, kNaN}}}}, 100), std::invalid_argument);
}

TEST_CASE("of no layers there is the empty plan") {
  const Plan plan = make_plan(Layers{}, 0);
  CHECK(plan.reachable);
  CHECK(plan.bytes == 0);
}

}  // namespace qbench
