// SPDX-License-Identifier: Apache-2.0
// Formats of small floats, as data: OCP Microscaling Formats v1.0; FP8 per tensor, row or
// tile (torchao, compressed-tensors, DeepSeek).
#pragma once

#include "reference/formats/nvfp4.h"
#include "tests/formats/describe.h"

namespace qbench::to_come {

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

// --- FP8: the absmax of what shares a scale goes to the largest number; a scale of 0 becomes 1.

constexpr Mode fp8(const SmallFloat& codec, Granularity granularity,
                   const Storage& scale = stored::f32) {
  return mode({.bits = 8, .codec = codec, .granularity = granularity, .scale = {.storage = scale}},
              {.qmax = codec.largest, .zero_step_is_one = true});
}
inline constexpr Format kFp8Tiles = {
    .bits = 8, .codec = kE4M3, .granularity = Granularity::tile, .tile_rows = 128};

}  // namespace qbench::to_come
