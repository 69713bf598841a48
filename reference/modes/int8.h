// SPDX-License-Identifier: Apache-2.0
// int8: LLM.int8() (arXiv 2208.07339) as bitsandbytes has it. Weights pass through fp16 and share
// an absmax a row; activations are quantized a row (token) at a time, outlier columns stay fp16.
#pragma once

#include "reference/mode.h"

namespace qbench {

inline constexpr Mode kInt8 = {
    .name = "int8",
    .summary = "LLM.int8(): absmax per row, activations int8 but for outlier columns",
    .bits = 8,
    .codec = Grid{.lowest = -127, .highest = 127},
    .scaling = {.extent = Extent::row,
                .statistic = Statistic::absmax,
                .full = 127,
                .rule = Rule::multiply_by_reciprocal,
                .stored = Stored::statistic},
    .weights_through = Dtype::fp16,
    .activations = QuantizedActivations{.outlier_threshold = 6.0f},
    .dtype = Dtype::fp16};

}  // namespace qbench
