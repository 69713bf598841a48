// SPDX-License-Identifier: Apache-2.0
// The safetensors format: 8 bytes of header length (little endian), a JSON header, then the
// tensors' bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reference/matrix.h"

namespace qbench {

struct Tensor {
  std::string name;
  std::string dtype;  // as the header has it: "F32", "BF16", "I8", ...
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;  // into the file

  // rank 0 or 1: 1 x n; higher: first dimension x the rest
  std::int64_t rows() const;
  std::int64_t cols() const;
  // Why it cannot be used as a weight matrix (zero-sized, a dtype that is not read), or empty.
  std::string unusable() const;
};

// The tensors of a file's bytes, in the order of their offsets. Checks everything that the format
// promises: every byte of every tensor lies inside `file`. Throws std::runtime_error with one line
// that says what is wrong.
std::vector<Tensor> parse_safetensors(std::span<const std::byte> file);

// F32, F16 or BF16 to f32, exactly. Throws std::runtime_error when the tensor is unusable.
Matrix to_matrix(const Tensor& tensor);

}  // namespace qbench
