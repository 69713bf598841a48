// SPDX-License-Identifier: Apache-2.0
// Searches that find the numbers of groups alone, each in a file of its own.
#pragma once

#include "reference/quantizers/statistics.h"
#include "reference/simd/loops.h"

namespace qbench::reference {

inline void add(const Magnitudes& more, Magnitudes& all) {
  all.sum += more.sum;
  all.count += more.count;
}

// --- Clipping, of groups within a line

struct Clipped {
  float statistic;
  Range range;  // of min_max, with 0 in it
};

// The best of the candidates for group g, whose own statistic and range are `whole`.
Clipped clipped(const Matrix& weights, const Mode& mode, const Clipping& search,
                const Partition& groups, std::int64_t g, const Clipped& whole);

// The integer zero point of a group: clamp(rne(-minimum / step)); 0 for NaN.
float zero_point(float minimum, float step, const Integers& codes);

// --- Thresholds and scales of ternary codes, of groups within a line

struct TernaryFit {
  float threshold;  // 1 where it would be 0
  float scale;
};
// Weights are rounded to `through` first.
TernaryFit ternary_fit(const Matrix& weights, Dtype through, const TernaryMeans& search,
                       const Partition& groups, std::int64_t g);

// --- Half-quadratic zero points

// Takes the ranges and the minima in `found`; leaves the steps, the zero points and the factors by
// which weights are multiplied for their codes.
void find_points(const Matrix& weights, const Mode& mode, const HalfQuadratic& search,
                 const Partition& groups, GroupStatistics& found);

}  // namespace qbench::reference
