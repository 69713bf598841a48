// SPDX-License-Identifier: Apache-2.0
// Codes to weights, compiled once per instruction set. SimdLoops has the contracts.
#pragma once

#include "reference/simd/loops.h"

namespace qbench::reference::QBENCH_ISA {

void decode_codebook(const std::uint8_t* codes, std::size_t count, std::span<const float> values,
                     const GroupStretch& groups, float* out);
void decode_integers(const std::uint8_t* codes, std::size_t count, const Integers& integers,
                     int bits, const GroupStretch& groups, float* out);
void decode_float(const std::uint8_t* codes, std::size_t count, const SmallFloat& format,
                  const GroupStretch& groups, float* out);

}  // namespace qbench::reference::QBENCH_ISA
