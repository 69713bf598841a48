// SPDX-License-Identifier: Apache-2.0
// Formats in words: what shares a scale, how numbers of groups are stored, how a weight is decoded.
#pragma once

#include <string>
#include <string_view>

#include "reference/mode.h"

namespace qbench {

// "block", "group", "tile", "row" or "tensor".
std::string_view group_noun(const Format& format);

// "a block: 64 weights that follow each other, across rows".
std::string groups_text(const Format& format, int block_size);

// How a number that each group has is stored, level by level.
std::string number_text(const Format& format, const GroupNumber& number);

// "weight = (code - point) * scale".
std::string formula_text(const Format& format);

// Other sizes than the default that are allowed; no text where there is none.
std::string block_sizes_text(const Mode& mode);

// How the same numbers lie in a GGUF file; no text for formats that GGUF has no type of.
std::string gguf_text(const Mode& mode);

}  // namespace qbench
