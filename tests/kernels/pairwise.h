// SPDX-License-Identifier: Apache-2.0
// Pairwise covers: few combinations of the values of several factors in which every pair occurs.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

namespace qbench::test {

// The value, 0 .. size - 1, of each factor.
using Combination = std::vector<int>;

struct FactorValue {
  int factor, value;
  auto operator<=>(const FactorValue&) const = default;
};

// True if two values may occur together; called with the lesser factor first.
using Allowed = std::function<bool(FactorValue, FactorValue)>;

// The pairs of values of different factors that are allowed.
using Pairs = std::set<std::pair<FactorValue, FactorValue>>;

inline Pairs allowed_pairs(const std::vector<int>& sizes, const Allowed& allowed) {
  Pairs pairs;
  const int factors = static_cast<int>(sizes.size());
  for (FactorValue a{0, 0}; a.factor < factors; ++a.factor)
    for (a.value = 0; a.value < sizes[a.factor]; ++a.value)
      for (FactorValue b{a.factor + 1, 0}; b.factor < factors; ++b.factor)
        for (b.value = 0; b.value < sizes[b.factor]; ++b.value)
          if (allowed(a, b)) pairs.insert({a, b});
  return pairs;
}

// Values of the combination that are not chosen yet are -1.
inline bool fits(const Combination& chosen, FactorValue with, const Allowed& allowed) {
  for (FactorValue c{0, 0}; c.factor < static_cast<int>(chosen.size()); ++c.factor) {
    c.value = chosen[c.factor];
    if (c.value >= 0 && !allowed(std::min(c, with), std::max(c, with))) return false;
  }
  return true;
}

inline int count_pairs(const Combination& chosen, FactorValue with, const Pairs& of) {
  int count = 0;
  for (FactorValue c{0, 0}; c.factor < static_cast<int>(chosen.size()); ++c.factor) {
    c.value = chosen[c.factor];
    count += c.value >= 0 && of.contains({std::min(c, with), std::max(c, with)});
  }
  return count;
}

// Greedy: a pair that is not covered yet, then for each other factor the value that covers most.
// Any two values that are allowed together must have one beside them in every other factor.
inline std::vector<Combination> pairwise_cover(const std::vector<int>& sizes,
                                               const Allowed& allowed) {
  std::vector<Combination> cover;
  Pairs left = allowed_pairs(sizes, allowed);
  while (!left.empty()) {
    Combination chosen(sizes.size(), -1);
    const auto [first, second] = *left.begin();
    chosen[first.factor] = first.value;
    chosen[second.factor] = second.value;
    for (FactorValue f{0, 0}; f.factor < static_cast<int>(sizes.size()); ++f.factor) {
      if (chosen[f.factor] >= 0) continue;
      int most = -1, best = -1;
      for (f.value = 0; f.value < sizes[f.factor]; ++f.value) {
        const int covered = count_pairs(chosen, f, left);
        if (covered <= most || !fits(chosen, f, allowed)) continue;
        most = covered;
        best = f.value;
      }
      chosen[f.factor] = best;
    }
    std::erase_if(left, [&](const auto& pair) {
      return chosen[pair.first.factor] == pair.first.value &&
             chosen[pair.second.factor] == pair.second.value;
    });
    cover.push_back(chosen);
  }
  return cover;
}

}  // namespace qbench::test
