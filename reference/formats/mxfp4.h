// SPDX-License-Identifier: Apache-2.0
// mxfp4: OCP Microscaling Formats v1.0, section 5: E2M1 elements, one E8M0 scale per 32 along k.
#pragma once

#include <array>

#include "reference/mode.h"

namespace qbench {

inline constexpr int kMxBlockSizes[] = {32};

// 0 0.5 1 1.5 2 3 4 6 and their negatives. No NaN.
inline constexpr SmallFloat kE2M1 = {
    .exponent_bits = 2, .mantissa_bits = 1, .bias = 1, .largest = 6.0f};

// The exponent is floor(log2(absmax)) - 2, two being that of E2M1's largest power, 4; so magnitudes
// up to 8 occur and those above 6 saturate (section 6.3).
inline constexpr Mode kMxfp4 = {.name = "mxfp4",
                                .summary = "OCP MX: E2M1 with a power-of-two scale per 32 along k",
                                .family = "mx",
                                .used_by = "gpt-oss, torchao, vLLM, compressed-tensors",
                                .source = "OCP Microscaling Formats v1.0",
                                .format = {.bits = 4,
                                           .codec = kE2M1,
                                           .granularity = Granularity::group,
                                           .scale = {.storage = stored::e8m0}},
                                .quantizer = {.qmax = 4},
                                .block_size = 32,
                                .block_sizes = kMxBlockSizes};

inline constexpr std::array kMxModes = {&kMxfp4};

}  // namespace qbench
