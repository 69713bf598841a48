// SPDX-License-Identifier: Apache-2.0
// Formats of tables, as data: AF4 (arXiv 2306.06965); BOF4-S (arXiv 2505.06653).
#pragma once

#include "reference/formats/bitsandbytes.h"
#include "reference/formats/nf4.h"
#include "tests/formats/describe.h"

namespace qbench::as_data {

inline constexpr float kAf4[16] = {-1.0f,        -0.69441008f, -0.51243739f, -0.3736951f,
                                   -0.25607552f, -0.14982478f, -0.04934812f, 0.0f,
                                   0.04273164f,  0.12934483f,  0.21961274f,  0.31675666f,
                                   0.42563882f,  0.55496234f,  0.72424863f,  1.0f};
inline constexpr float kBof4s[16] = {
    -0.856821f, -0.669170f, -0.523459f, -0.400449f, -0.291034f, -0.189992f, -0.093856f, 0.0f,
    0.088764f,  0.179453f,  0.274248f,  0.375950f,  0.488591f,  0.618770f,  0.779082f,  1.0f};

inline constexpr auto kAf4Thresholds = midpoints(kAf4), kBof4sThresholds = midpoints(kBof4s);

constexpr Mode table(std::span<const float> levels, std::span<const float> thresholds,
                     Statistic statistic = Statistic::absmax) {
  return mode({.bits = 4,
               .codec = Codebook{.values = levels, .origin = {}},
               .granularity = Granularity::block},
              {.statistic = statistic,
               .rule = Rule::multiply_by_reciprocal,
               .rounding = Rounding::thresholds,
               .thresholds = {.at = thresholds},
               .codes_from = CodesFrom::exact_scale});
}

}  // namespace qbench::as_data
