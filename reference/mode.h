// SPDX-License-Identifier: Apache-2.0
// Mode: a name for a Format and a Quantizer, with their defaults. What makes modes differ is a
// field of the two, never a branch on a name elsewhere.
#pragma once

#include <span>
#include <string_view>

#include "reference/formats/format.h"
#include "reference/quantizers/quantizer.h"

namespace qbench {

// Sizes of groups along k that are no number of weights: a row, the whole matrix.
inline constexpr int kWholeRow = -1, kWholeTensor = -2;

struct Mode {
  std::string_view name;     // what --modes takes and reports print
  std::string_view summary;  // one line for --list
  std::string_view family;   // what --list shows together; --modes takes it unless a mode has it
  std::string_view used_by;  // software that stores or computes with it
  std::string_view source;   // the paper, standard or code that defines it
  Format format;
  Quantizer quantizer = {};
  int block_size = 0;                     // default; 0: the mode has no blocks
  std::span<const int> block_sizes = {};  // those allowed; empty: the mode has no blocks
  Dtype dtype = Dtype::bf16;              // of activations and results, by default
  bool keeps_fp16 = false;  // a model holds the weights in fp16 too, and quantizes them every step

  constexpr bool quantized() const { return format.quantized(); }
  bool allows(int size) const;
  bool allows_rows() const { return allows(kWholeRow) || allows(kWholeTensor); }
};

// Every built-in mode, in the order of the table (modes.h).
std::span<const Mode* const> all_modes();

// The mode of that name, ignoring case; nullptr where there is none.
const Mode* find_mode(std::string_view name);

}  // namespace qbench
