// SPDX-License-Identifier: Apache-2.0
// QuantizedMatrix: the packed codes and scales of one weight matrix. README.md in this folder shows
// the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "reference/buffer.h"
#include "reference/mode.h"

namespace qbench {

// Which elements share a scale: lines of `line` elements (a row, or the whole flattened matrix) are
// cut into groups of `size`, the last of a line perhaps short.
struct Partition {
  std::int64_t count;  // elements in all
  std::int64_t line;
  std::int64_t size;

  std::int64_t groups_per_line() const { return (line + size - 1) / size; }
  std::int64_t groups() const { return count / line * groups_per_line(); }
  std::int64_t group_of(std::int64_t element) const {
    return element / line * groups_per_line() + element % line / size;
  }
  std::int64_t begin(std::int64_t group) const {
    return group / groups_per_line() * line + group % groups_per_line() * size;
  }
  std::int64_t end(std::int64_t group) const;
};

// The groups of an n x k matrix under a mode; block_size is ignored by a mode without blocks.
Partition partition(const Mode& mode, int block_size, std::int64_t rows, std::int64_t cols);

// One number a group, as they are stored.
struct StoredNumbers {
  Buffer<std::byte> numbers;  // in the mode's Storage, one a group
  Buffer<std::byte> outer;    // of the outer level, one a group of groups, or empty
  Buffer<std::byte> offset;   // f32, the mean that was taken off, or empty

  std::size_t bytes() const { return numbers.size() + outer.size() + offset.size(); }
};

struct QuantizedMatrix {
  const Mode* mode = nullptr;
  int block_size = 0;
  std::int64_t rows = 0;  // n
  std::int64_t cols = 0;  // k

  Buffer<std::byte> codes;  // flattened row-major, packed; ceil(rows * cols * bits / 8) bytes
  StoredNumbers scales;
  StoredNumbers
      zeros;  // Zero::integer: numbers packed as the codes are; Zero::minimum: as the scales are

  // Room for an n x k matrix, contents undefined. Throws std::invalid_argument for a block size
  // that the mode does not allow.
  QuantizedMatrix(const Mode& mode, int block_size, std::int64_t rows, std::int64_t cols);

  Partition groups() const { return partition(*mode, block_size, rows, cols); }
  std::int64_t size() const { return rows * cols; }
  std::int64_t weight_bytes() const { return static_cast<std::int64_t>(codes.size()); }
  std::int64_t scale_bytes() const {
    return static_cast<std::int64_t>(scales.bytes() + zeros.bytes());
  }
  double bits_per_param() const;  // from the bytes really stored; code tables are not counted
};

}  // namespace qbench
