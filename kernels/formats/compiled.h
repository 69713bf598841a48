// SPDX-License-Identifier: Apache-2.0
// The modes of the table for which kernels are compiled, and those that share them.
#pragma once

#include <algorithm>
#include <utility>

#include "reference/modes.h"

namespace qbench {

// The first mode of the table that decodes as this one does: their kernels that read codes are the
// same, and are compiled once. (With UndefinedBehaviorSanitizer GCC compares no addresses at
// compile time: modes are told apart by their names, and tables by what is in them.)
constexpr const Mode& decoded_as(const Mode& mode) {
  for (const Mode* first : kModes)
    if (first->format == mode.format && std::ranges::equal(first->block_sizes, mode.block_sizes))
      return *first;
  return mode;
}

// True if no mode before this one decodes as it does.
constexpr bool decodes_first(const Mode& mode) { return decoded_as(mode).name == mode.name; }

// True if the mode has a piece that no mode before it in the table has: a codec of such codes, a
// granularity, scales of scales with or without zero points, or a search.
constexpr bool has_new_piece(const Mode& mode) {
  const auto codes = [](const Mode& m) {
    const int bits = m.format.bits;
    const int width = m.format.packing == Packing::trits ? 0 : bits == 4 || bits == 8 ? bits : 1;
    return std::pair(m.format.codec.index(), width);
  };
  const auto numbers = [](const Mode& m) {
    const auto& outer = m.format.scale.outer;
    return std::pair(outer ? 1 + (outer->size == 0) : 0, m.format.zero);
  };
  bool codes_are_new = true, groups_are_new = true, numbers_are_new = true, search_is_new = true;
  for (const Mode* before : kModes) {
    if (before->name == mode.name) break;
    codes_are_new &= codes(*before) != codes(mode);
    groups_are_new &= before->format.granularity != mode.format.granularity;
    numbers_are_new &= numbers(*before) != numbers(mode);
    search_is_new &= before->quantizer.search.index() != mode.quantizer.search.index();
  }
  return codes_are_new || groups_are_new || numbers_are_new || search_is_new;
}

// Where every kernel is expensive, as with sanitizers, a build compiles only the modes that bring a
// new piece, so that each piece is compiled once. The macro is defined for the sources of table/
// alone; all others are the same in every build and ask emulated::is_compiled (device_kernels.h).
#ifdef QBENCH_FEW_KERNELS
constexpr bool kFewKernels = true;
#else
constexpr bool kFewKernels = false;
#endif

constexpr bool is_compiled(const Mode& mode, bool few) {
  return mode.quantized() && (!few || has_new_piece(mode));
}

}  // namespace qbench
