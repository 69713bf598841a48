// SPDX-License-Identifier: Apache-2.0
// Tensor: one named array of a file, or one weight that several arrays of it stand for, and the
// matrix that it is read as.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reference/matrix.h"
#include "suites/checkpoints/tensors/tensor_layout.h"

namespace qbench {

struct Mode;
struct StoredTensor;

struct Tensor {
  std::string name;   // may be empty
  std::string dtype;  // as in the header: "F32", "BF16", "I8", ...; of a weight: "gptq int4 g128"
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;  // into the file; of a weight in a container: none
  std::string file = {};             // path as the user or the index wrote it
  Layout layout = Layout::matrix;
  std::shared_ptr<const StoredTensor> stored = {};  // a weight in a container; else nullptr

  // n and k of the matrix in its layout.
  std::int64_t rows() const;
  std::int64_t cols() const;
  // The number of equally large matrices stacked in it; 1 except for stacks, and for transposed
  // tensors of rank 3 and more.
  std::int64_t slices() const;
  // The bytes that it takes in the file, those of all parts of a weight in a container.
  std::int64_t stored_bytes() const;
  // "stack", "convolution" or "transposed"; empty for a plain matrix.
  std::string layout_text() const;
  // The reason why it cannot be used as a weight matrix (no elements, an unsupported dtype),
  // without its name; empty if it can.
  std::string unusable() const;
  // True if `shape` is that of the weights, though they may not be usable: GGUF tells it of every
  // type, where other files have the shapes of codes.
  bool has_known_shape() const;
};

// Converts F32, F16 or BF16 exactly to f32 and F64 to the nearest, or decodes a weight in a
// container, in the tensor's layout. Throws std::runtime_error if the tensor is unusable.
Matrix to_matrix(const Tensor& tensor);

}  // namespace qbench
