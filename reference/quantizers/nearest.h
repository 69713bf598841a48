// SPDX-License-Identifier: Apache-2.0
// Pieces that searches share: whole numbers in f32, codes, and the weight of the largest magnitude.
#pragma once

#include <cmath>
#include <span>

#include "reference/planes/quantized_matrix.h"
#include "reference/simd/loops.h"

namespace qbench::reference {

// Returns the nearest whole number, the even one of two, where |x| is at most 2^22: adding and
// taking off 1.5 * 2^23 rounds.
inline float nearest(float x) {
  constexpr float kMagic = 12582912.0f;
  return (x + kMagic) - kMagic;
}

// Returns the nearest whole number from low to high, the even one of two, and low for NaN. It
// requires -2^22 <= low <= high <= 2^22.
inline float nearest(float x, float low, float high) {
  x = x > low ? x : low;
  return nearest(x < high ? x : high);
}

// Returns the first weight of the largest magnitude, and 0 where all are zeros.
inline float largest(std::span<const float> weights) {
  float most = 0, found = 0;
  for (const float x : weights)
    if (std::abs(x) > most) most = std::abs(x), found = x;
  return found;
}

inline float as_f16(float x) {
  loops().round_to(Dtype::fp16, &x, 1);
  return x;
}

struct Ends {
  float low, high;
};
inline Ends ends(const Codec& codec) {
  const Integers& integers = std::get<Integers>(codec);
  return {static_cast<float>(integers.lowest), static_cast<float>(integers.highest)};
}

inline std::uint8_t code_of(float whole) {
  return static_cast<std::uint8_t>(static_cast<int>(whole));
}

}  // namespace qbench::reference
