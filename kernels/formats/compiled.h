// SPDX-License-Identifier: Apache-2.0
// The modes of the table for which kernels are compiled, and those that share them.
#pragma once

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "kernels/formats/family.h"
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

// What the kernels of a mode are made of.
struct Pieces {
  std::pair<std::size_t, int> codes;  // codec; 4 and 8 bits, 0: trits, 1: any other width
  Granularity groups;
  std::pair<int, Zero> numbers;  // 0: no outer scales, 1: some, 2: one of the tensor
  std::size_t search;
  std::tuple<bool, bool, bool> products;  // on tensor cores; scales of units, zeros apart
  std::pair<bool, bool> look_up;          // quantize-wide; of magnitudes
};

constexpr Pieces pieces_of(const Mode& mode) {
  const Format& format = mode.format;
  const Family family = family_of(mode);
  const int bits = format.bits;
  const auto& outer = format.scale.outer;
  const int width = format.packing == Packing::trits ? 0 : bits == 4 || bits == 8 ? bits : 1;
  return {.codes = {format.codec.index(), width},
          .groups = format.granularity,
          .numbers = {outer ? 1 + (outer->size == 0) : 0, format.zero},
          .search = mode.quantizer.search.index(),
          .products = {family.gemv_mma, under_unit_scale(format.scale), format.zero_is_apart()},
          .look_up = {family.wide_quantize, mode.quantizer.thresholds.sign_magnitude}};
}

// Found once a mode: compilers limit the steps of each constant.
inline constexpr auto kPieces = [] {
  std::array<Pieces, kModes.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = pieces_of(*kModes[i]);
  return all;
}();

// True if the mode has a piece that no mode before it in the table has.
constexpr bool has_new_piece(const Mode& mode) {
  std::size_t place = 0;
  while (place < kModes.size() && kModes[place]->name != mode.name) ++place;
  const Pieces own = place < kModes.size() ? kPieces[place] : pieces_of(mode);
  const auto is_new = [&](auto piece) {
    for (std::size_t before = 0; before < place; ++before)
      if (kPieces[before].*piece == own.*piece) return false;
    return true;
  };
  return is_new(&Pieces::codes) || is_new(&Pieces::groups) || is_new(&Pieces::numbers) ||
         is_new(&Pieces::search) || is_new(&Pieces::products) || is_new(&Pieces::look_up);
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
