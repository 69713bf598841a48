// SPDX-License-Identifier: Apache-2.0
// Codecs: scaled weights to codes, codes to weights, and the value of every code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "reference/mode.h"
#include "reference/simd/loops.h"

namespace qbench::reference {

// Finds codes of `count` scaled weights, one a byte, by the quantizer's rounding. `zero` is the
// zero point of integers. Does nothing for Vectors and Plain, which have no rounding.
void encode(const Codec& codec, int bits, const Quantizer& quantizer, const float* scaled,
            std::size_t count, float zero, std::uint8_t* codes);

// Decodes codes, one a byte, by the numbers of `groups`. Does nothing for Vectors and Plain.
void decode(const Codec& codec, int bits, const std::uint8_t* codes, std::size_t count,
            const GroupStretch& groups, float* out);

// values[code] of every code of the given width; zeros of Vectors and Plain.
std::array<float, 256> decode_table(const Codec& codec, int bits);

}  // namespace qbench::reference
