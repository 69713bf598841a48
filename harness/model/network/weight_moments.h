// SPDX-License-Identifier: Apache-2.0
// The shape of the distribution of a layer's weights.
#pragma once

#include <optional>

#include "reference/matrix.h"

namespace qbench {

// Standard deviations beyond which a weight is an outlier: 63 in a million of normal weights.
inline constexpr double kOutlierDeviations = 4;

struct WeightMoments {
  double kurtosis;       // fourth central moment over the squared variance; 3 of normal weights
  double outlier_share;  // of the weights
};

// Absent if all weights are equal or one is not finite.
std::optional<WeightMoments> moments_of(const Matrix& weights);

}  // namespace qbench
