// SPDX-License-Identifier: Apache-2.0
// Formats of ggml (ggml-common.h, ggml-quants.c), as data. Scales and minima of the K-quants are
// small integers under an f16 scale of every 256 weights.
#pragma once

#include "reference/formats/mx.h"
#include "reference/formats/q8_0.h"
#include "tests/formats/describe.h"

namespace qbench::to_come {

// --- One f16 scale a group

// The signed absmax goes to the lowest code; codes are found with the exact scale.
constexpr Mode signed_absmax(int bits) {
  const int lowest = -(1 << (bits - 1));
  return mode({.bits = bits,
               .codec = Integers{.lowest = lowest, .highest = -lowest - 1},
               .granularity = Granularity::group,
               .scale = {.storage = stored::f16}},
              {.statistic = Statistic::signed_absmax,
               .qmax = static_cast<float>(lowest),
               .rule = Rule::multiply_by_reciprocal,
               .rounding = Rounding::half_up,
               .codes_from = CodesFrom::exact_scale});
}
inline constexpr Mode kQ4_0 = signed_absmax(4), kQ5_0 = signed_absmax(5);

constexpr Mode with_minimum(int bits) {
  const int highest = (1 << bits) - 1;
  return mode({.bits = bits,
               .codec = Integers{.lowest = 0, .highest = highest},
               .granularity = Granularity::group,
               .scale = {.storage = stored::f16},
               .zero = Zero::minimum,
               .zero_number = {.storage = stored::f16}},
              {.statistic = Statistic::range,
               .qmax = static_cast<float>(highest),
               .rounding = Rounding::half_up,
               .codes_from = CodesFrom::exact_scale});
}
inline constexpr Mode kQ4_1 = with_minimum(4), kQ5_1 = with_minimum(5);

constexpr Format in_groups(int bits, const Codec& codec, const GroupNumber& scale) {
  return {.bits = bits, .codec = codec, .granularity = Granularity::group, .scale = scale};
}

inline constexpr float kIq4Levels[] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                       1,    13,   25,  38,  53,  69,  89,  113};
inline constexpr Codebook kIq4 = {.values = kIq4Levels};
inline constexpr Format kIq4_nl = in_groups(4, kIq4, {.storage = stored::f16});

// A code of 2 bits may be 3 in q2_0 alone.
inline constexpr float kTrits[] = {-1, 0, 1, 2};
inline constexpr Codebook kTernary4 = {.values = kTrits};
inline constexpr Format kTq2_0 = in_groups(2, kTernary4, {.storage = stored::f16});
inline constexpr Format kQ2_0 = kTq2_0;
inline constexpr Format kTq1_0 = [] {
  Format format = kTq2_0;
  format.packing = Packing::trits;
  return format;
}();
inline constexpr Format kQ1_0 = in_groups(1, Codebook{.values = kSigns}, {.storage = stored::f16});

// --- Scales of 8 bits

inline constexpr Format kNvfp4OneLevel = in_groups(4, kE2M1, {.storage = stored::e4m3});

// --- Scales of scales

// `count` numbers share an f16 scale.
constexpr GroupNumber under_f16(const Storage& storage, int count) {
  return {.storage = storage, .outer = OuterLevel{.size = count, .storage = stored::f16}};
}

constexpr Format scale_and_minimum(int bits, int number_bits, int count) {
  const GroupNumber number = under_f16(stored::unsigned_integer(number_bits), count);
  Format format = in_groups(bits, Integers{.lowest = 0, .highest = (1 << bits) - 1}, number);
  format.zero = Zero::minimum;
  format.zero_number = number;
  return format;
}
inline constexpr Format kQ2_K = scale_and_minimum(2, 4, 16);
inline constexpr Format kQ4_K = scale_and_minimum(4, 6, 8);
inline constexpr Format kQ5_K = scale_and_minimum(5, 6, 8);

inline constexpr Format kQ3_K =
    in_groups(3, Integers{.lowest = -4, .highest = 3}, under_f16(stored::signed_integer(6), 16));
inline constexpr Format kQ6_K =
    in_groups(6, Integers{.lowest = -32, .highest = 31}, under_f16(stored::signed_integer(8), 16));
inline constexpr Format kIq4_xs = in_groups(4, kIq4, under_f16(stored::signed_integer(6), 8));

}  // namespace qbench::to_come
