// SPDX-License-Identifier: Apache-2.0
// Sizes: which elements share a scale, and how many bytes a quantized matrix takes.
#include "reference/quantized_matrix.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "reference/stored_numbers.h"

namespace qbench {

std::int64_t Partition::end(std::int64_t group) const {
  const std::int64_t line_end = (group / groups_per_line() + 1) * line;
  return std::min(begin(group) + size, line_end);
}

Partition partition(const Mode& mode, int block_size, std::int64_t rows, std::int64_t cols) {
  const std::int64_t count = rows * cols;
  switch (mode.scaling.extent) {
    case Extent::block:
      return {count, count, block_size};
    case Extent::group:
      return {count, cols, block_size};
    case Extent::row:
      return {count, cols, cols};
    case Extent::tensor:
      break;
  }
  return {count, count, count};
}

namespace {

std::size_t bytes_of_bits(std::int64_t bits) { return static_cast<std::size_t>((bits + 7) / 8); }

}  // namespace

QuantizedMatrix::QuantizedMatrix(const Mode& m, int size, std::int64_t n, std::int64_t k)
    : mode(&m), block_size(size), rows(n), cols(k) {
  if (!m.allows(size))
    throw std::invalid_argument(std::string(m.name) + " has no block size " + std::to_string(size));
  codes.resize(bytes_of_bits(n * k * m.bits));
  if (!m.quantized()) return;
  const std::int64_t groups = this->groups().groups();
  scales = reference::room_for_numbers(m.scaling, groups);
  if (m.scaling.zero == Zero::integer) zeros.numbers.resize(bytes_of_bits(groups * m.bits));
  if (m.scaling.zero == Zero::minimum) zeros = reference::room_for_numbers(m.scaling, groups);
}

double QuantizedMatrix::bits_per_param() const {
  return 8.0 * static_cast<double>(weight_bytes() + scale_bytes()) / static_cast<double>(size());
}

}  // namespace qbench
