// SPDX-License-Identifier: Apache-2.0
// What every fuzzer of readers requires: matrices can be read whole, refusals are one line.
#pragma once

#include <cstdlib>
#include <span>
#include <stdexcept>
#include <string_view>

#include "reports/text/text.h"
#include "suites/checkpoints/tensors/tensor.h"

namespace qbench::fuzz {

inline void require(bool condition) {
  if (!condition) std::abort();
}

// AddressSanitizer sees a read outside the file; the xor keeps the reads.
inline void touch(std::span<const std::byte> bytes) {
  std::byte all{};
  for (const std::byte byte : bytes) all ^= byte;
  volatile std::byte kept = all;
  static_cast<void>(kept);
}

inline void check_matrix(const Tensor& tensor) {
  const Matrix matrix = to_matrix(tensor);
  require(matrix.rows == tensor.rows() && matrix.cols == tensor.cols());
  require(tensor.rows() % tensor.slices() == 0);
  touch(std::as_bytes(std::span(matrix.values.data(), matrix.values.size())));
}

inline void check_layouts(Tensor tensor) {
  check_matrix(tensor);
  if (tensor.shape.size() < 2) return;
  for (const Layout layout : {Layout::stack, Layout::convolution, Layout::transposed}) {
    tensor.layout = layout;
    check_matrix(tensor);
  }
}

// A refusal, which must be one line of printable text.
inline void check_message(std::string_view message) {
  require(!message.empty());
  require(printable(message) == message);
}

template <class Read>
void check(const Read& read, std::span<const std::byte> file) {
  try {
    read(file);
  } catch (const std::runtime_error& error) {
    check_message(error.what());
  }
}

}  // namespace qbench::fuzz
