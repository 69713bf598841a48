// SPDX-License-Identifier: Apache-2.0
// int8: LLM.int8() (arXiv 2208.07339) as bitsandbytes has it. Weights pass through fp16 and share
// an absmax a row; activations are quantized a row (token) at a time, outlier columns stay fp16.
#pragma once

#include <array>

#include "reference/mode.h"

namespace qbench {

inline constexpr Mode kInt8 = {
    .name = "int8",
    .summary = "LLM.int8(): absmax per row, activations int8 but for outlier columns",
    .family = "bitsandbytes",
    .used_by = "bitsandbytes, transformers, PEFT",
    .source = "LLM.int8() (arXiv 2208.07339)",
    .format = {.bits = 8,
               .codec = Integers{.lowest = -127, .highest = 127},
               .granularity = Granularity::row,
               .qmax = 127,
               .activations = QuantizedActivations{.outlier_threshold = 6.0f}},
    .quantizer = {.qmax = 127,
                  .rule = Rule::multiply_by_reciprocal,
                  .weights_through = Dtype::fp16},
    .dtype = Dtype::fp16};

inline constexpr std::array kInt8Modes = {&kInt8};

}  // namespace qbench
