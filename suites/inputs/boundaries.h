// SPDX-License-Identifier: Apache-2.0
// The input `boundaries`: weights at which a mode's constants decide.
#pragma once

#include <vector>

#include "reference/matrix.h"
#include "reference/mode.h"

namespace qbench {

// 0, 1/2, every threshold of the mode and the floats beside it, of both signs, for an absmax of 1.
std::vector<float> boundary_values(const Mode& mode);

// n x k weights of absmax 1 in each run of 32: every threshold of the mode and the floats beside
// it, of both signs, over and over in a fixed order. Every threshold is there where n k is large
// enough: 64 x 64 is for all modes so far.
Matrix make_boundaries(const Mode& mode, std::int64_t n, std::int64_t k);

}  // namespace qbench
