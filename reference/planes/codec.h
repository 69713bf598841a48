// SPDX-License-Identifier: Apache-2.0
// Codecs: runs of scaled weights to codes, runs of codes to weights, and the value of every code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "reference/mode.h"
#include "reference/simd/loops.h"

namespace qbench::reference {

// Codes of `count` scaled weights, one a byte, by the quantizer's rounding. `zero` is the zero
// point of integers. Codecs that no rounding serves (Vectors, Plain) are left alone.
void encode(const Codec& codec, int bits, const Quantizer& quantizer, const float* scaled,
            std::size_t count, float zero, std::uint8_t* codes);

// The numbers that codes, one a byte, stand for, as `groups` scales them. Vectors and Plain are
// left alone.
void decode(const Codec& codec, int bits, const std::uint8_t* codes, std::size_t count,
            const GroupRun& groups, float* out);

// values[code] of every code of the given width; zeros of Vectors and Plain.
std::array<float, 256> decode_table(const Codec& codec, int bits);

}  // namespace qbench::reference
