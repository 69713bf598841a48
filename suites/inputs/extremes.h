// SPDX-License-Identifier: Apache-2.0
// The inputs `scales` and `specials`: groups whose scales, or whose weights, are at the ends of
// what numbers can be.
#pragma once

#include "reference/matrix.h"
#include "reference/mode.h"

namespace qbench {

// n x k finite weights, the boundaries of the mode times another absmax in each group of its
// default block size: what its storage of scales tells apart, where subnormals begin and, of 8-bit
// scales where there are enough groups, every decade of the map and exact midpoints of it. An
// asymmetric grid has weights half a step from whole steps.
Matrix make_scales(const Mode& mode, std::int64_t n, std::int64_t k);

// n x k weights: rows, then runs of 128 along rows, of zeros, NaN, infinities, subnormals, numbers
// beyond a storage's range, and numbers of one sign.
Matrix make_specials(std::int64_t n, std::int64_t k);

}  // namespace qbench
