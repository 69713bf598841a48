// SPDX-License-Identifier: Apache-2.0
// Scaled weights to codes, compiled once per instruction set. SimdLoops has the contracts.
#pragma once

#include <cstddef>
#include <cstdint>

#include "reference/mode.h"

namespace qbench::reference::QBENCH_ISA {

void encode_thresholds(const float* x, std::size_t count, const Thresholds& thresholds, int bits,
                       std::uint8_t* codes);
void encode_integers(const float* x, std::size_t count, const Integers& integers, Rounding rounding,
                     float zero, std::uint8_t* codes);
void clipping_errors(const float* x, std::size_t count, const Integers& integers,
                     const float* steps, const float* zeros, float* sums);
void encode_float(const float* x, std::size_t count, const SmallFloat& format, std::uint8_t* codes);

}  // namespace qbench::reference::QBENCH_ISA
