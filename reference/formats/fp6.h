// SPDX-License-Identifier: Apache-2.0
// fp6-e3m2, fp6-e2m3: floats of 6 bits under an f32 scale of each row, as fp8-row has it. FP6-LLM
// keeps its scales of rows in f16; here they are not rounded.
#pragma once

#include <array>

#include "reference/formats/fp8.h"

namespace qbench {

inline constexpr Mode kFp6E3M2 = {.name = "fp6-e3m2",
                                  .summary = "E3M2, 6 bits, with an f32 scale per row",
                                  .family = "fp6",
                                  .used_by = "FP6-LLM, DeepSpeed, torchao",
                                  .source = "FP6-LLM (arXiv 2401.14112)",
                                  .format = under_f32(6, kE3M2, Granularity::row),
                                  .quantizer = to_largest(kE3M2)};
inline constexpr Mode kFp6E2M3 = {
    .name = "fp6-e2m3",
    .summary = "E2M3, 6 bits, with an f32 scale per row",
    .family = "fp6",
    .used_by = "torchao",
    .source = "E2M3 of OCP Microscaling Formats v1.0, scales as fp6-e3m2",
    .format = under_f32(6, kE2M3, Granularity::row),
    .quantizer = to_largest(kE2M3)};

inline constexpr std::array kFp6Modes = {&kFp6E3M2, &kFp6E2M3};

}  // namespace qbench
