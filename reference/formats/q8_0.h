// SPDX-License-Identifier: Apache-2.0
// q8_0: GGUF's 8-bit integers, an f16 step per 32 along k. Codes are found with the exact step, by
// its reciprocal, and round halves away from zero (ggml's quantize_row_q8_0_ref).
#pragma once

#include <array>

#include "reference/mode.h"

namespace qbench {

inline constexpr int kGgufBlockSizes[] = {32};

inline constexpr Mode kQ8_0 = {.name = "q8_0",
                               .summary = "GGUF: 8-bit integers with an f16 step per 32 along k",
                               .family = "gguf",
                               .used_by = "llama.cpp",
                               .source = "ggml, quantize_row_q8_0",
                               .format = {.bits = 8,
                                          .codec = Integers{.lowest = -127, .highest = 127},
                                          .granularity = Granularity::group,
                                          .scale = {.storage = stored::f16}},
                               .quantizer = {.qmax = 127,
                                             .rule = Rule::multiply_by_reciprocal,
                                             .rounding = Rounding::half_away,
                                             .codes_from = CodesFrom::exact_scale},
                               .block_size = 32,
                               .block_sizes = kGgufBlockSizes};

inline constexpr std::array kGgufModes = {&kQ8_0};

}  // namespace qbench
