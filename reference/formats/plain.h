// SPDX-License-Identifier: Apache-2.0
// fp32, fp16, bf16: no quantization, the baselines.
#pragma once

#include "reference/mode.h"

namespace qbench {

inline constexpr Mode kFp32 = {.name = "fp32",
                               .summary = "IEEE single precision: the weights as they are",
                               .format = {.bits = 32, .codec = Plain{Dtype::fp32}}};

inline constexpr Mode kFp16 = {.name = "fp16",
                               .summary = "IEEE half precision",
                               .format = {.bits = 16, .codec = Plain{Dtype::fp16}}};

inline constexpr Mode kBf16 = {.name = "bf16",
                               .summary = "bfloat16: the upper half of single precision",
                               .format = {.bits = 16, .codec = Plain{Dtype::bf16}}};

}  // namespace qbench
