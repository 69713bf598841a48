// SPDX-License-Identifier: Apache-2.0
// Formats that qbench does not have yet, described as data alone: what a Format and a Quantizer
// must carry without a redesign. Sources: OCP Microscaling Formats v1.0; ggml's quantize_row_*_ref;
// AF4, arXiv 2306.06965; BOF4-S, arXiv 2505.06653; BitNet b1.58, arXiv 2402.17764.
#pragma once

#include "reference/formats/bitsandbytes.h"
#include "reference/formats/mxfp4.h"
#include "reference/formats/nf4.h"
#include "tests/formats/describe.h"

namespace qbench::to_come {

// --- Small floats

inline constexpr SmallFloat kE5M2 = {.exponent_bits = 5,
                                     .mantissa_bits = 2,
                                     .bias = 15,
                                     .largest = 57344,
                                     .nan_code = 0x7f,
                                     .infinity = true};
inline constexpr SmallFloat kE2M3 = {
    .exponent_bits = 2, .mantissa_bits = 3, .bias = 1, .largest = 7.5f};
inline constexpr SmallFloat kE3M2 = {
    .exponent_bits = 3, .mantissa_bits = 2, .bias = 3, .largest = 28};

// absmax goes to the largest number of the format, f32 scale.
constexpr Mode absmax(int bits, const Codec& codec, float qmax,
                      Granularity granularity = Granularity::block) {
  return mode({.bits = bits, .codec = codec, .granularity = granularity}, {.qmax = qmax});
}

// `power` is the largest power of two of the element format.
constexpr Mode microscaling(int bits, const Codec& codec, float power,
                            Exponent exponent = Exponent::floor) {
  return mode({.bits = bits,
               .codec = codec,
               .granularity = Granularity::group,
               .scale = {.storage = stored::e8m0}},
              {.qmax = power, .exponent = exponent});
}

// modelopt's MXFP4: the exponent is ceil(log2(absmax / 6)), so nothing saturates.
inline constexpr Mode kMxfp4Ceil = microscaling(4, kE2M1, 6, Exponent::ceil);

// E4M3 scales under one f32 scale of the tensor, its absmax / (6 * 448).
inline constexpr Mode kNvfp4 =
    mode({.bits = 4,
          .codec = kE2M1,
          .granularity = Granularity::group,
          .scale = {.storage = stored::e4m3, .outer = OuterLevel{}}},
         {.qmax = 6, .outer = {.qmax = 448, .from_statistics = true}, .zero_step_is_one = true});

// --- Integers

// GPTQ's and AWQ's asymmetric integers of other widths than int4.
constexpr Mode asymmetric(int bits) {
  const int highest = (1 << bits) - 1;
  return mode({.bits = bits,
               .codec = Integers{.lowest = 0, .highest = highest},
               .granularity = Granularity::group,
               .scale = {.storage = stored::f16},
               .zero = Zero::point,
               .zero_number = {.storage = stored::unsigned_integer(bits)}},
              {.statistic = Statistic::min_max,
               .qmax = static_cast<float>(highest),
               .zero_step_is_one = true});
}

inline constexpr Mode kTernary =
    mode({.bits = 2, .codec = symmetric(1)}, {.statistic = Statistic::mean_abs});

// The sign times the mean magnitude.
inline constexpr float kBelowZero[] = {-0x1p-149f};
constexpr Mode binary(Granularity granularity, const Storage& storage) {
  return mode({.bits = 1,
               .codec = Codebook{.values = kSigns},
               .granularity = granularity,
               .scale = {.storage = storage}},
              {.statistic = Statistic::mean_abs,
               .rounding = Rounding::thresholds,
               .thresholds = {.at = kBelowZero}});
}

// --- Tables: each threshold is the midpoint of its neighbours

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
