// SPDX-License-Identifier: Apache-2.0
// What the searches of a thread share (reference/quantizers/search.h): the weights of a unit, and
// whole numbers. Operators round one by one, as in the reference: kernels are compiled without
// contraction.
#pragma once

#include "kernels/formats/of.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// The weights of a unit, and what is found for them. A code has a byte.
template <int kGroup, int kGroups>
struct SearchUnit {
  static constexpr int kSize = kGroup, kMostGroups = kGroups;

  float x[kGroup * kGroups];
  int count;  // of weights; the last unit of a row may be short
  std::uint8_t* codes;
  float scales[kGroups];  // values of their storage
  float minima[kGroups];
  float outer_scale = 0, outer_minimum = 0;

  __device__ int groups() const { return (count + kGroup - 1) / kGroup; }
  __device__ int weights_of(int g) const { return min(kGroup, count - g * kGroup); }
  __device__ const float* group(int g) const { return x + g * kGroup; }
  __device__ std::uint8_t* group_codes(int g) const { return codes + g * kGroup; }
};

// The nearest whole number from low to high (NaN: low), ties to even.
__device__ __forceinline__ float nearest(float x, float low, float high) {
  constexpr float kMagic = 12582912.0f;
  x = x > low ? x : low;
  x = x < high ? x : high;
  return (x + kMagic) - kMagic;
}

// The first weight of the largest magnitude; 0 where there is none but zeros.
__device__ __forceinline__ float largest(const float* x, int count) {
  float most = 0, found = 0;
  for (int i = 0; i < count; ++i)
    if (fabsf(x[i]) > most) {
      most = fabsf(x[i]);
      found = x[i];
    }
  return found;
}

__device__ __forceinline__ float as_f16(float x) { return to_f32(from_f32<__half>(x)); }

__device__ __forceinline__ std::uint8_t code_of(float whole) {
  return static_cast<std::uint8_t>(static_cast<int>(whole));
}

// The ends of integers, as compile-time constants of a device.
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
