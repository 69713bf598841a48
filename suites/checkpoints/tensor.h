// SPDX-License-Identifier: Apache-2.0
// Tensor: what a file holds under one name, and the matrix that it is taken as.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reference/matrix.h"
#include "suites/checkpoints/tensor_layout.h"

namespace qbench {

struct Tensor {
  std::string name;   // may be empty
  std::string dtype;  // as the header has it: "F32", "BF16", "I8", ...
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;  // into the file
  std::string file = {};             // its path, as the user or the index wrote it
  Layout layout = Layout::matrix;

  // n and k of the matrix that `layout` makes of it.
  std::int64_t rows() const;
  std::int64_t cols() const;
  // Matrices of equal size that lie one below the other in it; 1 but for stacks and transposed ones
  // of rank 3 and more.
  std::int64_t slices() const;
  // "stack", "convolution" or "transposed"; empty where it is taken as it is.
  std::string layout_text() const;
  // Why it cannot be used as a weight matrix (no elements, a dtype that is not read), without its
  // name, or empty.
  std::string unusable() const;
};

// F32, F16 or BF16 to f32, exactly, in the tensor's layout. Throws std::runtime_error when the
// tensor is unusable.
Matrix to_matrix(const Tensor& tensor);

}  // namespace qbench
