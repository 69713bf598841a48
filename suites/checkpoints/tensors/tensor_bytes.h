// SPDX-License-Identifier: Apache-2.0
// The bytes of a matrix as a file has them: the inverse of to_matrix.
#pragma once

#include <cstddef>
#include <string_view>

#include "reference/matrix.h"
#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// The numbers of a tensor of `dtype` (F64, F32, F16 or BF16), with the shape and the layout of
// `like`, that to_matrix reads as `matrix`. Each is rounded to nearest even.
Buffer<std::byte> to_bytes(const Matrix& matrix, const Tensor& like, std::string_view dtype);

// The type whose numbers a tensor of that dtype holds, of those that an f32 is rounded to: fp32 for
// F64, which holds more. Throws std::runtime_error for other dtypes.
Dtype number_type(std::string_view dtype);

}  // namespace qbench
