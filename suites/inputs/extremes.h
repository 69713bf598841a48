// SPDX-License-Identifier: Apache-2.0
// The inputs `scales` and `specials`: groups with extreme scales, or with extreme weights.
#pragma once

#include "reference/matrix.h"
#include "reference/mode.h"

namespace qbench {

// n x k finite weights: the boundaries of the mode, times a different absmax in each group of the
// default block size. The absmax covers the edges of the storage of scales, the onset of subnormals
// and, for 8-bit scales with enough groups, every decade and exact midpoints of the map. Weights of
// an asymmetric grid lie half a step from whole steps.
Matrix make_scales(const Mode& mode, std::int64_t n, std::int64_t k);

// n x k weights: whole rows, then runs of 128 along rows, of zeros, NaN, infinities, subnormals,
// numbers beyond the range of a storage, and numbers of one sign.
Matrix make_specials(std::int64_t n, std::int64_t k);

}  // namespace qbench
