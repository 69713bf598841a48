// SPDX-License-Identifier: Apache-2.0
// fp32, fp16, bf16: no quantization, the baselines.
#pragma once

#include <array>

#include "reference/mode.h"

namespace qbench {

inline constexpr Mode kFp32 = {.name = "fp32",
                               .summary = "IEEE single precision: the weights as they are",
                               .family = "plain",
                               .used_by = "everything",
                               .source = "IEEE 754 binary32",
                               .format = {.bits = 32, .codec = Plain{Dtype::fp32}}};

inline constexpr Mode kFp16 = {.name = "fp16",
                               .summary = "IEEE half precision",
                               .family = "plain",
                               .used_by = "everything",
                               .source = "IEEE 754 binary16",
                               .format = {.bits = 16, .codec = Plain{Dtype::fp16}}};

inline constexpr Mode kBf16 = {.name = "bf16",
                               .summary = "bfloat16: the upper half of single precision",
                               .family = "plain",
                               .used_by = "everything",
                               .source = "the upper 16 bits of IEEE 754 binary32",
                               .format = {.bits = 16, .codec = Plain{Dtype::bf16}}};

inline constexpr std::array kPlainModes = {&kFp32, &kFp16, &kBf16};

}  // namespace qbench
