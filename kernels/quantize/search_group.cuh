// SPDX-License-Identifier: Apache-2.0
// Searches on a device (reference/quantizers/search.h) share these. A thread has a group, which
// it reads from memory as often as it needs it: it keeps no array, and so no local memory.
// Operators round one by one, as in the reference: kernels are compiled without contraction.
//
// A search has two steps. search() finds the step (or scale) and the minimum of a group. When the
// threads of a unit all have them, numbers() makes them the numbers that are stored. Both may write
// the codes, a byte each.
#pragma once

#include "kernels/formats/of.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <class T>
struct GroupWeights {
  const T* weights;
  int count;  // the last group of a row may be short

  __device__ __forceinline__ float raw(int i) const { return to_f32(weights[i]); }
  // Weight i, where NaN counts as 0.
  __device__ __forceinline__ float operator[](int i) const {
    const float w = raw(i);
    return w == w ? w : 0.0f;
  }
};

// The numbers of a group are as they are found, or values of their storage.
struct FoundNumbers {
  float scale = 0, minimum = 0;
  float outer_scale = 0, outer_minimum = 0;
};

// FoundUnit is what search() found for the groups of a unit; `own` is that of the thread.
struct FoundUnit {
  const float* scales;
  const float* minima;
  int groups;
  int own;
};

// Returns the nearest whole number from low to high, the even one of two, and low for NaN.
__device__ __forceinline__ float nearest(float x, float low, float high) {
  constexpr float kMagic = 12582912.0f;
  x = x > low ? x : low;
  x = x < high ? x : high;
  return (x + kMagic) - kMagic;
}

// Returns the first number of the largest magnitude, and 0 where all are zeros.
template <class Numbers>
__device__ __forceinline__ float largest(const Numbers& x, int count) {
  float most = 0, found = 0;
  for (int i = 0; i < count; ++i) {
    const float value = x[i];
    if (fabsf(value) > most) {
      most = fabsf(value);
      found = value;
    }
  }
  return found;
}

__device__ __forceinline__ float as_f16(float x) { return to_f32(from_f32<__half>(x)); }

__device__ __forceinline__ std::uint8_t code_of(float whole) {
  return static_cast<std::uint8_t>(static_cast<int>(whole));
}

// Finds the codes of integers by a step, which is not 0.
template <class X>
__device__ __forceinline__ void take_codes(const X& x, float minimum, float step, float low,
                                           float high, std::uint8_t* codes) {
  for (int i = 0; i < x.count; ++i)
    codes[i] = code_of(nearest(__fdiv_rn(x[i] - minimum, step), low, high));
}

// The integers of a mode reach from kLow to kHigh.
template <const Mode& M>
struct CodeEnds {
  static constexpr float kLow = static_cast<float>(std::get<Integers>(M.format.codec).lowest);
  static constexpr float kHigh = static_cast<float>(std::get<Integers>(M.format.codec).highest);
};
template <const Mode& M>
struct ScaleEnds {
  static constexpr Integers kOf = std::get<Integers>(M.format.scale.storage.codec);
  static constexpr float kLow = static_cast<float>(kOf.lowest);
  static constexpr float kHigh = static_cast<float>(kOf.highest);
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
