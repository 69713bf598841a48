// SPDX-License-Identifier: Apache-2.0
// Compares every choice with every other.
#include "harness/model/budget/pareto.h"

#include <algorithm>
#include <cmath>

namespace qbench {
namespace {

bool dominates(const Choice& a, const Choice& b) {
  return a.bytes <= b.bytes && a.error <= b.error && (a.bytes < b.bytes || a.error < b.error);
}

}  // namespace

std::vector<bool> pareto_front(std::span<const Choice> choices) {
  std::vector<bool> front;
  for (const Choice& choice : choices)
    front.push_back(std::isfinite(choice.error) &&
                    std::ranges::none_of(
                        choices, [&](const Choice& other) { return dominates(other, choice); }));
  return front;
}

}  // namespace qbench
