// SPDX-License-Identifier: Apache-2.0
// The input `boundaries`: weights at and beside the thresholds of a mode.
#pragma once

#include <vector>

#include "reference/matrix.h"
#include "reference/mode.h"

namespace qbench {

// 0, 1/2, every threshold of the mode and its neighbouring floats, of both signs, for an absmax of
// 1.
std::vector<float> boundary_values(const Mode& mode);

// n x k weights, with an absmax of 1 in each stretch of 32. They repeat boundary_values in a fixed
// order, and include all of them if n k is large enough, as 64 x 64 is for every built-in mode.
Matrix make_boundaries(const Mode& mode, std::int64_t n, std::int64_t k);

}  // namespace qbench
