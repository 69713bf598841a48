// SPDX-License-Identifier: Apache-2.0
// Scaled weights to codes, compiled once per instruction set. SimdLoops has the contracts.
#pragma once

#include <cstddef>
#include <cstdint>

#include "reference/simd/loops.h"

namespace qbench::reference::QBENCH_ISA {

void encode_thresholds(const float* x, std::size_t count, const Thresholds& thresholds, int bits,
                       std::uint8_t* codes);
void encode_integers(const float* x, std::size_t count, const Integers& integers, Rounding rounding,
                     float zero, std::uint8_t* codes);
void clipping_errors(const float* x, std::size_t count, const Integers& integers,
                     const float* steps, const float* zeros, float* sums);
PointSums point_sums(const float* x, std::size_t count, float factor, float point, float highest);
void encode_float(const float* x, std::size_t count, const SmallFloat& format, std::uint8_t* codes);

}  // namespace qbench::reference::QBENCH_ISA
