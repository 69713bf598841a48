// SPDX-License-Identifier: Apache-2.0
// The small floats that weights are stored in, besides E4M3 (format.h): OCP 8-bit Floating Point
// Specification v1.0 and OCP Microscaling Formats v1.0, section 5.3.
#pragma once

#include "reference/formats/format.h"

namespace qbench {

// An infinity of either sign, and NaN in the three codes above each.
inline constexpr SmallFloat kE5M2 = {.exponent_bits = 5,
                                     .mantissa_bits = 2,
                                     .bias = 15,
                                     .largest = 57344.0f,
                                     .nan_code = 0x7f,
                                     .infinity = true};

// Those below have neither infinity nor NaN.
inline constexpr SmallFloat kE3M2 = {
    .exponent_bits = 3, .mantissa_bits = 2, .bias = 3, .largest = 28.0f};
inline constexpr SmallFloat kE2M3 = {
    .exponent_bits = 2, .mantissa_bits = 3, .bias = 1, .largest = 7.5f};
// 0 0.5 1 1.5 2 3 4 6 and their negatives.
inline constexpr SmallFloat kE2M1 = {
    .exponent_bits = 2, .mantissa_bits = 1, .bias = 1, .largest = 6.0f};

}  // namespace qbench
