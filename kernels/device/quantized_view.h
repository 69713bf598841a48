// SPDX-License-Identifier: Apache-2.0
// QuantizedView: the bytes of a QuantizedMatrix in a device's memory, as kernels are given them.
#pragma once

#include <cstdint>

namespace qbench {

// The reference's canonical bytes (reference/README.md). Pointers that a mode has no use for are
// null.
struct QuantizedView {
  std::uint8_t* codes = nullptr;
  std::uint8_t* scales = nullptr;    // StoredNumbers::numbers of the scales, in the mode's storage
  std::uint8_t* zeros = nullptr;     // zero points, packed as the codes are
  float* outer = nullptr;            // of 256 scales each
  float* offset = nullptr;           // the mean that was taken off the scales
  const float* scale_map = nullptr;  // the 256 values of 8-bit scales
  std::int64_t rows = 0;             // n
  std::int64_t cols = 0;             // k
  int block_size = 0;
};

}  // namespace qbench
