// SPDX-License-Identifier: Apache-2.0
// Scales, zero points and minima to the bytes in which they are kept, and back.
#pragma once

#include <span>

#include "reference/planes/quantized_matrix.h"

namespace qbench::reference {

// Bytes of one number for each of the groups. Leaves the contents undefined.
StoredNumbers room_for_numbers(const GroupNumber& how, const Partition& groups);

// Overwrites `out`, which has room for them, by the quantizer's rules. `values` has one number a
// group: the number itself or, with OuterRule::from_statistics, the statistic of the group.
void store(std::span<const float> values, const GroupNumber& how, const Quantizer& rules,
           const Partition& groups, StoredNumbers& out);

// Writes numbers of any level as they are; `out` has room for them.
void write(const float* values, std::size_t count, const Storage& storage, Exponent exponent,
           std::byte* out);

// Loads the numbers of groups first .. first + count - 1, as weights are decoded with them.
void load(const StoredNumbers& stored, const GroupNumber& how, const Partition& groups,
          std::int64_t first, std::int64_t count, float* out);

// bitsandbytes' signed dynamic map: values[code], ascending (Dettmers, arXiv 1511.04561;
// bitsandbytes' create_dynamic_map). Code 127 is 0, 255 is 1; there is no -1.
std::span<const float> dynamic_map();

// The sum in double as one fixed tree: groups of 256 values halve eight times (i takes i + 128,
// then i + 64, ...), and the sums of the groups are treated in the same way until one is left.
double tree_sum(std::span<const float> values);

}  // namespace qbench::reference
