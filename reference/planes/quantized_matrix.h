// SPDX-License-Identifier: Apache-2.0
// QuantizedMatrix: the planes of one weight matrix, as its Format names them. reference/README.md
// shows the bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "reference/buffer.h"
#include "reference/mode.h"

namespace qbench {

// Partition: the groups of elements that share a scale. Lines of `line` elements (a row, or the
// whole flattened matrix) are cut into groups of `size`, the last of a line perhaps short. A tile
// is a group of `lines` lines. With an order, column c of a line is of the line's group order[c].
struct Partition {
  std::int64_t count;  // elements in all
  std::int64_t line;
  std::int64_t size;
  std::int64_t lines = 1;
  const std::int32_t* order = nullptr;

  std::int64_t groups_per_line() const { return (line + size - 1) / size; }
  std::int64_t groups() const;
  std::int64_t group_of(std::int64_t element) const { return shared_from(element).group; }
  // The elements of a group are begin .. end - 1 of its first line, and in a tile as many of the
  // lines below. Only for partitions without an order.
  std::int64_t begin(std::int64_t group) const {
    const std::int64_t a_line = groups_per_line(), row = group / a_line;
    return row * lines * line + (group - row * a_line) * size;
  }
  std::int64_t end(std::int64_t group) const {
    const std::int64_t a_line = groups_per_line(), row = group / a_line;
    return row * lines * line + std::min((group - row * a_line + 1) * size, line);
  }
  std::int64_t lines_of(std::int64_t group) const;  // the last tile may have fewer
  // The neighbours from the element on that share its scale: their group, and where they end.
  struct Shared {
    std::int64_t group;
    std::int64_t end;
  };
  Shared shared_from(std::int64_t element) const {
    const std::int64_t row = element / line, column = element - row * line;
    const std::int64_t tile = lines == 1 ? row : row / lines;
    if (order) return {tile * groups_per_line() + order[column], row * line + end_in_order(column)};
    const std::int64_t index = column / size;
    return {tile * groups_per_line() + index, row * line + std::min((index + 1) * size, line)};
  }

 private:
  std::int64_t end_in_order(std::int64_t column) const;
};

// The numbers of the groups, as they are stored.
struct StoredNumbers {
  Buffer<std::byte> numbers;  // in the Storage, one a group
  Buffer<std::byte> outer;    // of the outer level, one a group of groups, or empty
  Buffer<std::byte> offset;   // f32, the mean that was taken off, or empty
};

// The planes, in the order in which they are hashed, shown and handed to kernel libraries.
enum class Plane { codes, scales, outer, offset, zeros, zeros_outer, zeros_offset, order };

struct PlaneName {
  std::string_view name;   // what files and interfaces call it
  std::string_view words;  // what messages call it
};
inline constexpr PlaneName kPlaneNames[] = {
    {"codes", "codes"},
    {"scales", "scales"},
    {"outer", "outer scales"},
    {"offset", "the mean of the scales"},
    {"zeros", "zero points"},
    {"zeros_outer", "outer zero points"},
    {"zeros_offset", "the mean of the zero points"},
    {"order", "the order of the columns"},
};
inline constexpr int kPlanes = std::size(kPlaneNames);
constexpr const PlaneName& name(Plane plane) { return kPlaneNames[static_cast<int>(plane)]; }

struct QuantizedMatrix {
  const Format* format = nullptr;
  int block_size = 0;
  std::int64_t rows = 0;  // n
  std::int64_t cols = 0;  // k

  Buffer<std::byte> codes;  // flattened row-major, packed
  StoredNumbers scales;
  StoredNumbers zeros;      // zero points or minima
  Buffer<std::byte> order;  // k 32-bit integers: the group of each column within its row

  // Makes room for an n x k matrix, contents undefined. An order starts as that of the columns.
  QuantizedMatrix(const Format& format, int block_size, std::int64_t rows, std::int64_t cols);

  Partition groups() const;
  std::int64_t size() const { return rows * cols; }
  std::int64_t weight_bytes() const { return static_cast<std::int64_t>(codes.size()); }
  std::int64_t scale_bytes() const;  // of every plane but the codes
  double bits_per_param() const;     // from the bytes really stored; codebooks are not counted
};

// Calls use(plane, buffer) for every plane, also those that the format does not have, which are
// empty. This is the one list of planes: code that walks it needs no change for another plane.
template <class Quantized, class Use>
void for_each_plane(Quantized& q, const Use& use) {
  use(Plane::codes, q.codes);
  use(Plane::scales, q.scales.numbers);
  use(Plane::outer, q.scales.outer);
  use(Plane::offset, q.scales.offset);
  use(Plane::zeros, q.zeros.numbers);
  use(Plane::zeros_outer, q.zeros.outer);
  use(Plane::zeros_offset, q.zeros.offset);
  use(Plane::order, q.order);
}

// Calls use(plane, buffer of a, buffer of b) for every plane of two matrices.
template <class A, class B, class Use>
void for_each_plane(A& a, B& b, const Use& use) {
  for_each_plane(a, [&](Plane plane, auto& of_a) {
    for_each_plane(b, [&](Plane other, auto& of_b) {
      if (plane == other) use(plane, of_a, of_b);
    });
  });
}

// The groups of an n x k matrix in their own order; block_size is ignored where there are no
// blocks.
Partition partition(const Format& format, int block_size, std::int64_t rows, std::int64_t cols);

}  // namespace qbench
