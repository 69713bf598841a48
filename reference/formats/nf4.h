// SPDX-License-Identifier: Apache-2.0
// nf4, nf4-dq: 4-bit NormalFloat (QLoRA, arXiv 2305.14314, appendix E), bitsandbytes' constants.
#pragma once

#include <array>

#include "reference/formats/bitsandbytes.h"

namespace qbench {

// Quantiles of the normal distribution: 7 negative, 0, 8 positive, divided by the largest.
inline constexpr float kNf4Values[16] = {-1.0f,        -0.6961928f,  -0.52507305f,  -0.3949175f,
                                         -0.28444138f, -0.18477343f, -0.091050036f, 0.0f,
                                         0.0795803f,   0.1609302f,   0.2461123f,    0.33791524f,
                                         0.44070983f,  0.562617f,    0.72295684f,   1.0f};

// bitsandbytes' own literals: some are one ulp off the midpoint of their neighbours.
inline constexpr float kNf4Thresholds[15] = {
    -0.8480964004993439f,  -0.6106329262256622f,  -0.4599952697753906f,   -0.33967943489551544f,
    -0.23460740596055984f, -0.13791173323988914f, -0.045525018125772476f, 0.03979014977812767f,
    0.1202552504837513f,   0.2035212516784668f,   0.2920137718319893f,    0.3893125355243683f,
    0.5016634166240692f,   0.6427869200706482f,   0.8614784181118011f};

// With these gains the largest relative error of a level is 1.56e-3 in bf16 and 1.7e-4 in fp16.
inline constexpr Codebook kNf4Levels = {.values = kNf4Values,
                                        .gain = {.fp16 = 0.819244385f, .bf16 = 0.594406128f}};

inline constexpr Mode kNf4 = bitsandbytes_4bit("nf4", "4-bit NormalFloat, f32 absmax per block",
                                               kNf4Levels, {.at = kNf4Thresholds});
inline constexpr Mode kNf4Dq =
    double_quantized("nf4-dq", "nf4 with double quantization: absmax in 8 bits", kNf4);

inline constexpr std::array kNf4Modes = {&kNf4, &kNf4Dq};

}  // namespace qbench
