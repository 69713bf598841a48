// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy: a header in Python's words, then one array.
#pragma once

#include <string>

#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// True if the bytes begin as an .npy file does.
bool is_npy(std::span<const std::byte> file);

// The array, as a tensor of this name. Versions 1 to 3 of the format; f2, f4 and f8 are usable. A
// matrix in Fortran's order is read as transposed. Throws std::runtime_error with one line for a
// file that breaks the format, and for arrays that are not read.
Tensor parse_npy(std::span<const std::byte> file, const std::string& name);

}  // namespace qbench
