// SPDX-License-Identifier: Apache-2.0
// Exact statistics of paired times. The only assumption about noise is that pairs are independent.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace qbench {

// The p-value of the sign test: P(X >= successes), where X counts the heads of `trials` fair coins.
// If the median is not above a threshold, each value exceeds it with a probability of at most 1/2.
// trials <= 1000, so that 2^-trials is a normal double.
double sign_test(int successes, int trials);

struct Interval {
  double low, high;
};

// The narrowest interval between two order statistics, equally far from either end, that contains
// the median of the underlying distribution with a probability of at least `confidence`; none if
// there are too few values. David and Nagaraja, Order Statistics (2003), section 7.1.
std::optional<Interval> median_interval(std::vector<double> values, double confidence);

// Holm's step-down test of a family of hypotheses: true for each that is rejected. A true
// hypothesis is rejected with a probability of at most `level`. The i-th smallest of n p-values
// (from 0) is rejected if it and all smaller ones are at most level / (n - i). Scandinavian Journal
// of Statistics 6 (1979).
std::vector<bool> holm(std::span<const double> p_values, double level);

}  // namespace qbench
