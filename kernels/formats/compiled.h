// SPDX-License-Identifier: Apache-2.0
// The modes of the table for which kernels are compiled, and those that share them.
#pragma once

#include <tuple>

#include "reference/modes.h"

namespace qbench {

// The first mode of the table that decodes as this one does: their kernels that read codes are the
// same, and are compiled once.
constexpr const Mode& decoded_as(const Mode& mode) {
  for (const Mode* first : kModes)
    if (first->format == mode.format && first->block_sizes.data() == mode.block_sizes.data())
      return *first;
  return mode;
}

// True if both are put together of the same pieces: one kernel's code differs from the other's in
// constants alone.
constexpr bool same_pieces(const Mode& a, const Mode& b) {
  const auto pieces = [](const Mode& mode) {
    const Format& f = mode.format;
    const int outer = f.scale.outer ? 1 + (f.scale.outer->size == 0) : 0;
    return std::tuple(f.codec.index(), f.bits == 4, f.bits == 8, f.packing == Packing::trits,
                      f.granularity, f.scale.storage.codec.index(), outer, f.zero,
                      f.zero_number.storage.codec.index(), mode.quantizer.search.index());
  };
  return pieces(a) == pieces(b);
}

// True if kernels of the mode are compiled. Builds with sanitizers, which take some seven times as
// long, have them of the first mode of each composition only.
constexpr bool is_compiled(const Mode& mode) {
#ifdef QBENCH_FEW_KERNELS
  for (const Mode* first : kModes)
    if (same_pieces(*first, mode)) return first == &mode;
#endif
  return mode.quantized();
}

}  // namespace qbench
