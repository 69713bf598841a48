// SPDX-License-Identifier: Apache-2.0
// Codecs at work on runs of scaled weights.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "reference/mode.h"

namespace qbench::reference {

// Codes of `count` scaled weights, one a byte. `zero` is the zero point of an integer grid.
void encode(const Codec& codec, int bits, const float* scaled, std::size_t count, float zero,
            std::uint8_t* codes);

// values[code] of every code of the given width.
std::array<float, 256> decode_table(const Codec& codec, int bits);

// OCP E4M3 (FP8 formats, arXiv 2209.05433, section 3): no infinity, 448 is the largest.
inline constexpr SmallFloat kE4M3 = {
    .exponent_bits = 4, .mantissa_bits = 3, .bias = 7, .largest = 448.0f, .nan_code = 0x7f};

}  // namespace qbench::reference
