// SPDX-License-Identifier: Apache-2.0
// The types of ggml that llama.cpp falls back to, and the one that its heads have.
#pragma once

#include <cstdint>
#include <string_view>

#include "reference/mode.h"

namespace qbench {

// The mode of heads in most of llama.cpp's file types: of the output layer, else of the embedding
// of tokens.
inline constexpr std::string_view kHeadType = "q6_k";

// The type that llama.cpp takes for rows of k weights: the given one, or its fallback if k is no
// multiple of the type's block.
const Mode& fitting_type(const Mode& type, std::int64_t k);

// Bits that a weight takes in such a type, or in a mode of plain numbers.
double bits_of_type(const Mode& type);

}  // namespace qbench
