// SPDX-License-Identifier: Apache-2.0
// Tails of the binomial distribution, and the tests that use them.
#include "harness/gates/ab/sign_test.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace qbench {

double sign_test(int successes, int trials) {
  // C(trials, k) / 2^trials, from k = trials down.
  double term = std::ldexp(1.0, -trials), sum = 0;
  for (int heads = trials; heads >= std::max(successes, 0); --heads) {
    sum += term;
    term = term * heads / (trials - heads + 1);
  }
  return std::min(sum, 1.0);
}

std::optional<Interval> median_interval(std::vector<double> values, double confidence) {
  const int count = static_cast<int>(values.size());
  int rank = 0;  // x[rank - 1] and x[count - rank] are missed with twice P(X >= count + 1 - rank)
  while (rank < count / 2 && 2 * sign_test(count - rank, count) <= 1 - confidence) ++rank;
  if (rank == 0) return std::nullopt;
  std::ranges::sort(values);
  return Interval{values[static_cast<std::size_t>(rank - 1)],
                  values[static_cast<std::size_t>(count - rank)]};
}

std::vector<bool> holm(std::span<const double> p_values, double level) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  std::vector<bool> rejected(p_values.size(), false);
  double left = static_cast<double>(p_values.size());
  for (const std::size_t i : order) {
    if (!(p_values[i] <= level / left--)) break;
    rejected[i] = true;
  }
  return rejected;
}

}  // namespace qbench
