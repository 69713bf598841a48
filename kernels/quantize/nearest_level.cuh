// SPDX-License-Identifier: Apache-2.0
// NearestLevel, SignAndMean and exact steps on a device take a statistic of the group as its scale,
// which depends on the order of the weights or is rounded in ggml's own way.
#pragma once

#include "kernels/quantize/search_group.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <const Mode& M>
struct NearestLevelSearch {
  static constexpr float kQmax = std::get<NearestLevel>(M.quantizer.search).qmax;
  static constexpr int kOfQmax = static_cast<int>(std::bit_cast<unsigned>(kQmax) >> 23) - 127;
  static constexpr bool kPower = std::holds_alternative<PowerOfTwo>(M.format.scale.storage.codec);
  static constexpr unsigned kSign = 1u << (M.format.bits - 1);

  // Returns the exponent field of 2^floor(log2(x)), where the logarithm is rounded to f32 first
  // (reference/quantizers/nearest_level.cpp says how this follows).
  static __device__ int exponent_of_log(float x) {
    const unsigned bits = __float_as_uint(x);
    const int exponent = static_cast<int>(bits >> 23), k = exponent + 1 - 127;
    const int size = k > 0 ? k - 1 : -k;
    const float reach = size == 0 ? 0.0f : 0.693147181f * static_cast<float>(1 << log2_of(size));
    const float below = static_cast<float>(0x800000 - static_cast<int>(bits & 0x7fffff));
    return below < reach ? exponent + 1 : exponent;
  }
  static __device__ float power_of_two(float absmax) {
    const int exponent = exponent_of_log(absmax) - kOfQmax;
    if (exponent <= 0) return __uint_as_float(0x00400000u);
    return __uint_as_float(static_cast<unsigned>(min(exponent, 254)) << 23);
  }
  // Rounds to E4M3 by the bit below the last, halves up. Subnormals reach 7 / 512, and 256 becomes
  // 448.
  static __device__ float unsigned_e4m3(float x) {
    if (!(x < 256)) return 448;
    if (x < 0.015625f)
      return fminf(static_cast<float>(static_cast<int>(x * 512 + 0.5f)), 7.0f) / 512;
    constexpr unsigned kHalf = 1u << 19, kKept = ~(2 * kHalf - 1);
    const float rounded = __uint_as_float((__float_as_uint(x) + kHalf) & kKept);
    return rounded < 256 ? rounded : 448;
  }

  template <class X>
  static __device__ FoundNumbers search(const X& x, std::uint8_t* codes) {
    const float absmax = fabsf(largest(x, x.count));
    const float scale = kPower ? power_of_two(absmax) : unsigned_e4m3(__fdiv_rn(absmax, kQmax));
    for (int i = 0; i < x.count; ++i) {
      const float value = x[i], magnitude = fabsf(value);
      float least = magnitude;
      unsigned best = 0;
      for (unsigned code = 1; code < kSign; ++code) {
        const float error = fabsf(Of<M>::value(code) * scale - magnitude);
        if (!(error < least)) continue;
        least = error;
        best = code;
      }
      codes[i] = static_cast<std::uint8_t>(best != 0 && value < 0 ? best | kSign : best);
    }
    return {scale};
  }
};

struct SignAndMeanSearch {
  template <class X>
  static __device__ FoundNumbers search(const X& x, std::uint8_t* codes) {
    float sum = 0;
    for (int i = 0; i < x.count; ++i) {
      sum += fabsf(x[i]);
      codes[i] = x[i] >= 0 ? 1 : 0;
    }
    return {__fdiv_rn(sum, static_cast<float>(x.count))};
  }
};

// ExactStep finds codes by the exact step, where its statistic is the first of several weights. NaN
// is passed over.
template <const Mode& M>
struct ExactStep {
  static constexpr float kQmax = M.quantizer.qmax;
  static constexpr bool kMinimum = M.format.zero == Zero::minimum;

  template <class X>
  static __device__ FoundNumbers statistic(const X& x) {
    if constexpr (!kMinimum) return {__fdiv_rn(largest(x, x.count), kQmax)};
    float low = kLargestFloat, high = -kLargestFloat;
    for (int i = 0; i < x.count; ++i) {
      const float value = x.raw(i);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low > high) low = high = 0;
    return {__fdiv_rn(high - low, kQmax), low};
  }
  static __device__ std::uint8_t code(const FoundNumbers& by, float x) {
    const float above = by.minimum != 0 ? x - by.minimum : x;
    return static_cast<std::uint8_t>(Of<M>::Codec::encode(above * __frcp_rn(by.scale)));
  }
  template <class X>
  static __device__ FoundNumbers search(const X& x, std::uint8_t* codes) {
    const FoundNumbers found = statistic(x);
    for (int i = 0; i < x.count; ++i) codes[i] = code(found, x.raw(i));
    return found;
  }
  // Returns the code that fills up the last byte.
  static __device__ std::uint8_t pad(const FoundNumbers& last) { return code(last, 0); }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
