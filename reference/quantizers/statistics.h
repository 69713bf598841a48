// SPDX-License-Identifier: Apache-2.0
// The statistic of every group of a matrix, from which its scale is made.
#pragma once

#include "reference/planes/quantized_matrix.h"

namespace qbench::reference {

// Elements first .. first + count - 1 as they are quantized: rounded to `through`. The result
// points into the matrix, or at `scratch`, which has room for all of them unless `through` is fp32.
// Most callers take kPiece at once.
inline constexpr std::int64_t kPiece = 1024;
const float* piece(const Matrix& weights, Dtype through, std::int64_t first, std::int64_t count,
                   float* scratch);

// One number a group each, or none.
struct GroupStatistics {
  Buffer<float> value;    // the statistic; from a search, the step times qmax
  Buffer<float> minimum;  // for formats with a zero point or a minimum
  Buffer<float> point;    // the zero point, where a search found it
  Buffer<float> by;       // what codes are found with in place of the scale, likewise
};
GroupStatistics statistics(const Matrix& weights, const Mode& mode, const Partition& groups);

}  // namespace qbench::reference
