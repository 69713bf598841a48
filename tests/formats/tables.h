// SPDX-License-Identifier: Apache-2.0
// Formats of tables, as data: NF3, NF2; AF4 (arXiv 2306.06965); BOF4-S (arXiv 2505.06653). Each
// threshold is the midpoint of its neighbours.
#pragma once

#include "reference/formats/bitsandbytes.h"
#include "reference/formats/nf4.h"
#include "tests/formats/describe.h"

namespace qbench::to_come {

template <std::size_t Count>
struct Table {
  float values[Count];
  float thresholds[Count - 1] = {};
  constexpr explicit Table(const float (&levels)[Count]) {
    for (std::size_t i = 0; i < Count; ++i) values[i] = levels[i];
    for (std::size_t i = 0; i + 1 < Count; ++i) thresholds[i] = (levels[i] + levels[i + 1]) / 2;
  }
};

inline constexpr Table<8> kNf3({-1.0f, -0.53502271f, -0.24693143f, 0.0f, 0.18333748f, 0.38199395f,
                                0.62298574f, 1.0f});
inline constexpr Table<4> kNf2({-1.0f, 0.0f, 0.43581816f, 1.0f});
inline constexpr Table<16> kAf4({-1.0f, -0.69441008f, -0.51243739f, -0.3736951f, -0.25607552f,
                                 -0.14982478f, -0.04934812f, 0.0f, 0.04273164f, 0.12934483f,
                                 0.21961274f, 0.31675666f, 0.42563882f, 0.55496234f, 0.72424863f,
                                 1.0f});
inline constexpr Table<16> kBof4s({-0.856821f, -0.669170f, -0.523459f, -0.400449f, -0.291034f,
                                   -0.189992f, -0.093856f, 0.0f, 0.088764f, 0.179453f, 0.274248f,
                                   0.375950f, 0.488591f, 0.618770f, 0.779082f, 1.0f});

template <std::size_t Count>
constexpr Mode table(int bits, const Table<Count>& table, Statistic statistic = Statistic::absmax) {
  return mode(
      {.bits = bits, .codec = Codebook{.values = table.values}, .granularity = Granularity::block},
      {.statistic = statistic,
       .rule = Rule::multiply_by_reciprocal,
       .rounding = Rounding::thresholds,
       .thresholds = {.at = table.thresholds},
       .codes_from = CodesFrom::exact_scale});
}

// nf4 with its absmax, less their mean, in E4M3 instead of the dynamic map.
inline constexpr Mode kNf4E4M3 = [] {
  Mode all = mode(block_absmax(kNf4Levels), by_block_absmax({.at = kNf4Thresholds}));
  all.format.scale = {.storage = stored::e4m3, .outer = OuterLevel{.size = 256, .less_mean = true}};
  all.quantizer.outer = {.qmax = 448};
  return all;
}();

}  // namespace qbench::to_come
