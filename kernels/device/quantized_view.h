// SPDX-License-Identifier: Apache-2.0
// QuantizedView: the bytes of a QuantizedMatrix in a device's memory, as kernels are given them.
#pragma once

#include <cstdint>

namespace qbench {

// The planes with the reference's canonical bytes (reference/README.md). Those that a mode does not
// have are null.
struct QuantizedView {
  std::uint8_t* codes = nullptr;
  std::uint8_t* scales = nullptr;  // in the mode's Storage
  std::uint8_t* zeros = nullptr;   // zero points or minima, as their Storage has them
  float* outer = nullptr;          // scales of 256 scales each, one of the tensor, or f16 of units
  std::uint8_t* zeros_outer = nullptr;  // f16, the scales of minima of units
  float* offset = nullptr;              // the mean that was taken off the scales
  const float* scale_map = nullptr;     // the 256 values of 8-bit scales
  std::int64_t rows = 0;                // n
  std::int64_t cols = 0;                // k
  int block_size = 0;
};

// Weights of a matrix, counted row by row: from `first` on to `past`.
struct WeightRange {
  std::int64_t first, past;
};

}  // namespace qbench
