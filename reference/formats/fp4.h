// SPDX-License-Identifier: Apache-2.0
// fp4, fp4-dq: bitsandbytes' 4-bit float. It is not OCP E2M1: codes are ordered otherwise and the
// least magnitude is 0.0625 / 12, where E2M1 scaled to 1 has 1 / 12.
#pragma once

#include <array>

#include "reference/formats/bitsandbytes.h"

namespace qbench {

inline constexpr float kFp4Values[16] = {
    0.0f,  0.0625f / 12,  8.0f / 12,  1.0f,  4.0f / 12,  0.5f,  2.0f / 12,  0.25f,
    -0.0f, -0.0625f / 12, -8.0f / 12, -1.0f, -4.0f / 12, -0.5f, -2.0f / 12, -0.25f};

// Thresholds of the magnitude, bitsandbytes' own literals.
inline constexpr float kFp4Thresholds[7] = {0.00260417f, 0.0859375f, 0.20833333f, 0.29166667f,
                                            0.4166667f,  0.583333f,  0.8333333f};

// The codes by ascending magnitude.
inline constexpr std::uint8_t kFp4Codes[8] = {0, 1, 6, 7, 4, 5, 2, 3};

// The levels are twelfths, which are exact in 16 bits once they are multiplied by 3/4.
inline constexpr Codebook kFp4Levels = {
    .values = kFp4Values,
    .origin = "E2M1 / 6 in another order, its least magnitude 0.0625 / 12 in place of 1 / 12",
    .gain = {.fp16 = 0.75f, .bf16 = 0.75f}};

inline constexpr Mode kFp4 =
    bitsandbytes_4bit("fp4", "bitsandbytes' 4-bit float, f32 absmax per block", kFp4Levels,
                      {.at = kFp4Thresholds, .codes = kFp4Codes, .sign_magnitude = true});
inline constexpr Mode kFp4Dq =
    double_quantized("fp4-dq", "fp4 with double quantization: absmax in 8 bits", kFp4);

inline constexpr std::array kFp4Modes = {&kFp4, &kFp4Dq};

}  // namespace qbench
