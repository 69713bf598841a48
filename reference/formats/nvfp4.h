// SPDX-License-Identifier: Apache-2.0
// nvfp4: NVIDIA's FP4 as ModelOpt writes it: E2M1 elements, an E4M3 scale per 16 along k, and one
// f32 scale of the tensor, its absmax / (6 * 448). A scale that would be 0 is 1.
#pragma once

#include <array>

#include "reference/formats/mxfp4.h"
#include "reference/mode.h"

namespace qbench {

inline constexpr int kNvBlockSizes[] = {16};

inline constexpr Mode kNvfp4 = {
    .name = "nvfp4",
    .summary = "NVIDIA's FP4: E2M1, an E4M3 scale per 16 along k, one f32 scale of the tensor",
    .family = "nvfp4",
    .used_by = "ModelOpt, TensorRT-LLM, vLLM, compressed-tensors",
    .source = "NVIDIA ModelOpt",
    .format = {.bits = 4,
               .codec = kE2M1,
               .granularity = Granularity::group,
               .scale = {.storage = stored::e4m3, .outer = OuterLevel{}}},
    .quantizer = {.qmax = 6,
                  .outer = {.qmax = 448, .from_statistics = true},
                  .zero_step_is_one = true},
    .block_size = 16,
    .block_sizes = kNvBlockSizes};

inline constexpr std::array kNvModes = {&kNvfp4};

}  // namespace qbench
