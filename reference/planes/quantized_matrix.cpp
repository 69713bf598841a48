// SPDX-License-Identifier: Apache-2.0
// Sizes: which elements share a scale, and how many bytes a quantized matrix takes.
#include "reference/planes/quantized_matrix.h"

#include <algorithm>

#include "reference/planes/stored_numbers.h"

namespace qbench {

std::int64_t Partition::groups() const {
  return (count / line + lines - 1) / lines * groups_per_line();
}

std::int64_t Partition::lines_of(std::int64_t group) const {
  if (lines == 1) return 1;
  return std::min(lines, count / line - group / groups_per_line() * lines);
}

std::int64_t Partition::end_in_order(std::int64_t column) const {
  std::int64_t end = column + 1;
  while (end < line && order[end] == order[column]) ++end;
  return end;
}

Partition partition(const Format& format, int block_size, std::int64_t rows, std::int64_t cols) {
  const std::int64_t count = rows * cols;
  switch (format.granularity) {
    case Granularity::block:
      return {count, count, block_size};
    case Granularity::group:
      if (block_size == kWholeTensor) return {count, count, count};
      return {count, cols, block_size == kWholeRow ? cols : block_size};
    case Granularity::tile:
      return {count, cols, block_size, format.tile_rows};
    case Granularity::row:
      return {count, cols, cols};
    case Granularity::tensor:
      break;
  }
  return {count, count, count};
}

QuantizedMatrix::QuantizedMatrix(const Format& f, int size, std::int64_t n, std::int64_t k)
    : format(&f), block_size(size), rows(n), cols(k) {
  const std::int64_t stored = (n * k + f.weights_a_code() - 1) / f.weights_a_code();
  codes.resize(static_cast<std::size_t>(packed_bytes(stored, f.bits, f.packing)));
  if (!f.quantized()) return;
  const Partition groups = partition(f, size, n, k);
  scales = reference::room_for_numbers(f.scale, groups);
  if (f.zero != Zero::none) zeros = reference::room_for_numbers(f.zero_number, groups);
  if (!f.ordered) return;
  order.resize(static_cast<std::size_t>(k) * sizeof(std::int32_t));
  auto* group_of_column = reinterpret_cast<std::int32_t*>(order.data());
  for (std::int64_t c = 0; c < k; ++c)
    group_of_column[c] = static_cast<std::int32_t>(c / groups.size);
}

Partition QuantizedMatrix::groups() const {
  Partition groups = partition(*format, block_size, rows, cols);
  if (format->ordered) groups.order = reinterpret_cast<const std::int32_t*>(order.data());
  return groups;
}

std::int64_t QuantizedMatrix::scale_bytes() const {
  std::size_t bytes = 0;
  for_each_plane(*this, [&](Plane, const Buffer<std::byte>& plane) { bytes += plane.size(); });
  return static_cast<std::int64_t>(bytes) - weight_bytes();
}

double QuantizedMatrix::bits_per_param() const {
  return 8.0 * static_cast<double>(weight_bytes() + scale_bytes()) / static_cast<double>(size());
}

}  // namespace qbench
