// SPDX-License-Identifier: Apache-2.0
// The search among scales as they are stored (ScaleCandidates of quantizer.h).
#pragma once

#include <functional>

#include "reference/planes/quantized_matrix.h"

namespace qbench::reference {

// Codes of `count` weights of a group by the scale that stands for it in `scales`.
using EncodeStretch = std::function<void(const float* weights, std::int64_t count,
                                         std::int64_t group, std::uint8_t* codes)>;

// Replaces every scale of `out`, and in `scales` what it stands for, by the best of its candidates.
// `statistics` has one a group; numbers are of 8 bits, under one f32 scale of the tensor or none.
void choose_scales(const Matrix& weights, const Mode& mode, const Buffer<float>& statistics,
                   Buffer<float>& scales, const EncodeStretch& encode, QuantizedMatrix& out);

}  // namespace qbench::reference
