// SPDX-License-Identifier: Apache-2.0
// Counts groups, and the groups of groups that share an outer scale.
#include "harness/memory/stored_bytes.h"

#include "reference/planes/quantized_matrix.h"

namespace qbench {
namespace {

std::int64_t bytes_of(const Storage& storage, std::int64_t count) {
  return packed_bytes(count, storage.bits, Packing::low_first);
}

std::int64_t bytes_of(const GroupNumber& number, const Partition& groups) {
  const std::int64_t count = groups.groups();
  const std::int64_t bytes = bytes_of(number.storage, count);
  if (!number.outer) return bytes;
  const OuterLevel& outer = *number.outer;
  const std::int64_t line = outer.size ? groups.groups_per_line() : count;
  const Partition shared{count, line, outer.size ? outer.size : count};
  return bytes + bytes_of(outer.storage, shared.groups()) +
         (outer.less_mean ? static_cast<std::int64_t>(sizeof(float)) : 0);
}

}  // namespace

StoredBytes stored_bytes(const Mode& mode, std::int64_t n, std::int64_t k) {
  const Format& format = mode.format;
  const std::int64_t each = format.weights_a_code();
  StoredBytes bytes{packed_bytes((n * k + each - 1) / each, format.bits, format.packing)};
  if (!format.quantized()) return bytes;
  const Partition groups = partition(format, mode.block_size, n, k);
  bytes.scales = bytes_of(format.scale, groups);
  if (format.zero != Zero::none) bytes.scales += bytes_of(format.zero_number, groups);
  if (format.ordered) bytes.scales += k * static_cast<std::int64_t>(sizeof(std::int32_t));
  return bytes;
}

}  // namespace qbench
