// SPDX-License-Identifier: Apache-2.0
// Formats of integers and signs, as data: those of GPTQ, AWQ, HQQ and compressed-tensors, and
// BitNet b1.58 (arXiv 2402.17764).
#pragma once

#include "tests/formats/describe.h"

namespace qbench::to_come {

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

// --- Formats that are found by a solver

// Zero points that are integers of the same width (GPTQ, AWQ).
constexpr Format integer_zeros(int bits, const Storage& scale) {
  Format format = asymmetric(bits).format;
  format.scale.storage = scale;
  return format;
}

// Columns keep their place, each names its group (act-order of GPTQ).
constexpr Format by_order(Format format) {
  format.ordered = true;
  return format;
}

// A zero point that is any number (HQQ).
constexpr Format real_zeros(int bits, const Storage& number) {
  Format format = integer_zeros(bits, number);
  format.zero_number.storage = number;
  return format;
}

// Two's complement, with or without a zero point (compressed-tensors).
constexpr Format signed_integers(int bits, Zero zero) {
  const Storage number = stored::signed_integer(bits);
  return {.bits = bits,
          .codec = number.codec,
          .granularity = Granularity::group,
          .zero = zero,
          .zero_number = {.storage = number}};
}

}  // namespace qbench::to_come
