// SPDX-License-Identifier: Apache-2.0
// int4: asymmetric integers in groups along k, rounded to nearest (the RTN baseline of GPTQ, arXiv
// 2210.17323, and AWQ, arXiv 2306.00978): f16 step and 4-bit zero point a group.
#pragma once

#include <array>

#include "reference/mode.h"

namespace qbench {

inline constexpr int kInt4BlockSizes[] = {16, 32, 64, 128, 256, 512, 1024, 2048, 4096};

inline constexpr Mode kInt4 = {
    .name = "int4",
    .summary = "asymmetric 4-bit integers, f16 step and 4-bit zero point per group along k",
    .family = "int",
    .used_by = "GPTQ, AWQ, compressed-tensors, vLLM, ExLlama",
    .source = "round to nearest as in GPTQ (arXiv 2210.17323) and AWQ (arXiv 2306.00978)",
    .format = {.bits = 4,
               .codec = Integers{.lowest = 0, .highest = 15},
               .granularity = Granularity::group,
               .scale = {.storage = stored::f16},
               .zero = Zero::point,
               .zero_number = {.storage = stored::unsigned_integer(4)}},
    .quantizer = {.statistic = Statistic::min_max, .qmax = 15, .zero_step_is_one = true},
    .block_size = 128,
    .block_sizes = kInt4BlockSizes};

inline constexpr std::array kIntegerModes = {&kInt4};

}  // namespace qbench
