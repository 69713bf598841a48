// SPDX-License-Identifier: Apache-2.0
// The statistics of paired times: exact, without an assumption about how noise is distributed but
// that pairs are independent of each other.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace qbench {

// P(X >= successes) where X counts the heads of `trials` fair coins; trials <= 1000, where the
// least double still serves. The p-value of the sign test: if the median is not above a threshold,
// each value exceeds it with a probability of 1/2 at most.
double sign_test(int successes, int trials);

struct Interval {
  double low, high;
};

// The narrowest interval between two order statistics, as far from either end, that holds the
// median of what the values are drawn from with a probability of at least `confidence`; none where
// there are too few values. Order statistics: David and Nagaraja, Order Statistics (2003),
// section 7.1.
std::optional<Interval> median_interval(std::vector<double> values, double confidence);

// Which of a family of hypotheses are rejected so that one of the true ones is with a probability
// of at most `level` (Holm, Scandinavian Journal of Statistics 6, 1979): the i-th smallest p-value
// of n (from 0) must not exceed level / (n - i), and those before it neither.
std::vector<bool> holm(std::span<const double> p_values, double level);

}  // namespace qbench
