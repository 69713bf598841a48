// SPDX-License-Identifier: Apache-2.0
// Formats that qbench does not have yet, described as data alone: what reference/mode.h must carry
// without a redesign. Sources: OCP Microscaling Formats v1.0; ggml's quantize_row_*_ref; AF4, arXiv
// 2306.06965; BOF4-S, arXiv 2505.06653; BitNet b1.58, arXiv 2402.17764.
#pragma once

#include "reference/codec.h"
#include "reference/mode.h"
#include "reference/modes/bitsandbytes.h"
#include "reference/modes/mxfp4.h"
#include "reference/modes/nf4.h"

namespace qbench::to_come {

using reference::kE4M3;

inline constexpr int kSizes[] = {16, 32, 64, 128, 256, 1024, 4096};

constexpr Mode mode(int bits, const Codec& codec, const Scaling& scaling) {
  const bool blocks = scaling.extent == Extent::block || scaling.extent == Extent::group;
  return {.name = "to-come",
          .summary = "",
          .bits = bits,
          .codec = codec,
          .scaling = scaling,
          .block_size = blocks ? 32 : 0,
          .block_sizes = blocks ? std::span<const int>(kSizes) : std::span<const int>()};
}

// --- Small floats

inline constexpr SmallFloat kE5M2 = {
    .exponent_bits = 5, .mantissa_bits = 2, .bias = 15, .largest = 57344, .nan_code = 0x7f};
inline constexpr SmallFloat kE2M3 = {
    .exponent_bits = 2, .mantissa_bits = 3, .bias = 1, .largest = 7.5f, .nan_code = {}};
inline constexpr SmallFloat kE3M2 = {
    .exponent_bits = 3, .mantissa_bits = 2, .bias = 3, .largest = 28, .nan_code = {}};

// absmax goes to the largest number of the format, f32 scale.
constexpr Mode absmax(int bits, const Codec& codec, float full, Extent extent = Extent::block) {
  return mode(bits, codec, {.extent = extent, .full = full});
}

// `power` is the largest power of two of the element format.
constexpr Mode microscaling(int bits, const Codec& codec, float power) {
  return mode(bits, codec,
              {.extent = Extent::group, .full = power, .storage = Storage::e8m0_floor});
}

// modelopt's MXFP4: the exponent is ceil(log2(absmax / 6)), so nothing saturates.
inline constexpr Mode kMxfp4Ceil =
    mode(4, kE2M1, {.extent = Extent::group, .full = 6, .storage = Storage::e8m0_ceil});

// E4M3 scales under one f32 scale of the tensor, its absmax / (6 * 448).
inline constexpr Mode kNvfp4 = mode(4, kE2M1,
                                    {.extent = Extent::group,
                                     .full = 6,
                                     .storage = Storage::e4m3,
                                     .zero_step_is_one = true,
                                     .outer = OuterLevel{.full = 448}});

// --- Integers

constexpr Grid symmetric(int largest) { return {.lowest = -largest, .highest = largest}; }

// The signed absmax goes to -8; codes are found with the exact scale, the stored one is f16.
inline constexpr Mode kQ4_0 =
    mode(4, Grid{.lowest = -8, .highest = 7, .rounding = Grid::Rounding::half_up},
         {.extent = Extent::group,
          .statistic = Statistic::signed_absmax,
          .full = -8,
          .rule = Rule::multiply_by_reciprocal,
          .storage = Storage::f16,
          .codes_from = CodesFrom::exact_scale});
inline constexpr Mode kQ5_0 = [] {
  Mode five = kQ4_0;
  five.bits = 5;
  five.codec = Grid{.lowest = -16, .highest = 15, .rounding = Grid::Rounding::half_up};
  five.scaling.full = -16;
  return five;
}();

constexpr Mode with_minimum(int bits, int highest) {
  return mode(bits, Grid{.lowest = 0, .highest = highest, .rounding = Grid::Rounding::half_up},
              {.extent = Extent::group,
               .statistic = Statistic::range,
               .full = static_cast<float>(highest),
               .storage = Storage::f16,
               .codes_from = CodesFrom::exact_scale,
               .zero = Zero::minimum});
}
inline constexpr Mode kQ4_1 = with_minimum(4, 15), kQ5_1 = with_minimum(5, 31);

inline constexpr Mode kQ8_0 = mode(8, symmetric(127),
                                   {.extent = Extent::group,
                                    .full = 127,
                                    .storage = Storage::f16,
                                    .codes_from = CodesFrom::exact_scale});

// GPTQ's and AWQ's asymmetric integers of other widths than int4.
constexpr Mode asymmetric(int bits) {
  const int highest = (1 << bits) - 1;
  return mode(bits, Grid{.lowest = 0, .highest = highest},
              {.extent = Extent::group,
               .statistic = Statistic::min_max,
               .full = static_cast<float>(highest),
               .storage = Storage::f16,
               .zero = Zero::integer,
               .zero_step_is_one = true});
}

inline constexpr Mode kTernary =
    mode(2, symmetric(1), {.extent = Extent::tensor, .statistic = Statistic::mean_abs});

// The sign, 0 to +, times the mean magnitude.
inline constexpr float kSigns[] = {-1, 1};
inline constexpr float kBelowZero[] = {-0x1p-149f};
inline constexpr Levels kSign = {.values = kSigns, .thresholds = kBelowZero};
constexpr Mode binary(Extent extent, Storage storage) {
  return mode(1, kSign, {.extent = extent, .statistic = Statistic::mean_abs, .storage = storage});
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
  constexpr Levels levels() const { return {.values = values, .thresholds = thresholds}; }
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
constexpr Mode table(int bits, const Table<Count>& values,
                     Statistic statistic = Statistic::absmax) {
  return mode(bits, values.levels(),
              {.extent = Extent::block,
               .statistic = statistic,
               .rule = Rule::multiply_by_reciprocal,
               .stored = Stored::statistic,
               .codes_from = CodesFrom::exact_scale});
}

// nf4 with its absmax, less their mean, in E4M3 instead of the dynamic map.
inline constexpr Mode kNf4E4M3 = [] {
  Scaling scaling = kBlockAbsmax;
  scaling.storage = Storage::e4m3;
  scaling.outer = OuterLevel{.size = 256, .full = 448, .subtract_mean = true};
  return mode(4, kNf4Levels, scaling);
}();

}  // namespace qbench::to_come
