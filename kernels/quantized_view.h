// SPDX-License-Identifier: Apache-2.0
// QuantizedView: the bytes of a QuantizedMatrix in a device's memory, as kernels are given them.
#pragma once

#include <cstdint>

namespace qbench {

// The reference's canonical bytes (reference/README.md). Pointers that a mode has no use for are
// null.
struct QuantizedView {
  std::uint8_t* codes;
  std::uint8_t* scales;    // StoredNumbers::numbers of the scales, in the mode's storage
  std::uint8_t* zeros;     // zero points, packed as the codes are
  float* outer;            // of 256 scales each
  float* offset;           // the mean that was taken off the scales
  const float* scale_map;  // the 256 values of 8-bit scales
  std::int64_t rows;       // n
  std::int64_t cols;       // k
  int block_size;
};

}  // namespace qbench
