// SPDX-License-Identifier: Apache-2.0
// A mode on a device is a codec and a scaling: how the statistic of a group becomes the bytes of
// its scale, how a weight becomes a code under it, and back. What each means is in
// reference/README.md; bytes equal the reference's.
//
// Back: weight(value(code), group(q, g)). For tensor cores (fragments.cuh), which multiply by the
// group's factor at the end, values are multiplied by kGain<T> and rounded to T.
#pragma once

#include "kernels/groups.cuh"
#include "kernels/numbers.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// Of the numbers of a group. NaN is passed over: absmax stays below 0, low above high, where
// nothing is a number.
struct GroupStatistic {
  float absmax = -1;
  float low = kLargestFloat;
  float high = -kLargestFloat;

  __device__ void add(float w) {
    if (w != w) return;
    absmax = fmaxf(absmax, fabsf(w));
    low = fminf(low, w);
    high = fmaxf(high, w);
  }
  // Of all 32 lanes of the warp.
  __device__ void reduce() {
    for (int lanes = 16; lanes > 0; lanes /= 2) {
      absmax = fmaxf(absmax, __shfl_xor_sync(0xffffffff, absmax, lanes));
      low = fminf(low, __shfl_xor_sync(0xffffffff, low, lanes));
      high = fmaxf(high, __shfl_xor_sync(0xffffffff, high, lanes));
    }
  }
};

// What the codes of a group mean: weights are (value - zero) * factor.
struct GroupScale {
  float factor = 0;
  float zero = 0;
};

// A weight of codes of the flattened matrix's group g.
template <class Mode>
__device__ __forceinline__ float decode(const QuantizedView& q, std::int64_t g, unsigned code) {
  return Mode::weight(Mode::value(code), Mode::group(q, g));
}

// The map's value of the scale's code, times the scale of 256 scales, plus their mean.
__device__ __forceinline__ float double_quantized_absmax(const QuantizedView& q, std::int64_t g) {
  return __fadd_rn(__fmul_rn(q.scale_map[q.scales[g]], q.outer[g / 256]), *q.offset);
}

// nf4, fp4: codes are found with the exact absmax, which -dq keeps aside until its scales are
// stored.
template <class Codec_, bool DoubleQuantized>
struct BlockAbsmax : Codec_ {
  using Codec = Codec_;
  using Groups = Blocks;
  static constexpr int kLeastBlock = 32;  // weights that share a scale
  static constexpr bool kHasZero = false;
  static constexpr bool kDoubleQuantized = DoubleQuantized;

  static __device__ float as_taken(float w) { return flushed(w); }
  static __device__ void store(const QuantizedView& q, float* exact, std::int64_t g,
                               const GroupStatistic& s) {
    float* absmax = DoubleQuantized ? exact : reinterpret_cast<float*>(q.scales);
    absmax[g] = s.absmax < 0 ? -kLargestFloat : s.absmax;
  }
  static __device__ unsigned encode(const QuantizedView& q, const float* exact, std::int64_t g,
                                    float w) {
    const float* absmax = DoubleQuantized ? exact : reinterpret_cast<const float*>(q.scales);
    return Codec::encode(__fmul_rn(w, flushed(__frcp_rn(absmax[g]))));
  }
  static __device__ GroupScale group(const QuantizedView& q, std::int64_t g) {
    return {DoubleQuantized ? double_quantized_absmax(q, g)
                            : reinterpret_cast<const float*>(q.scales)[g]};
  }
  static __device__ float weight(float value, GroupScale scale) {
    return __fmul_rn(value, scale.factor);
  }
};

// int8: an absmax a row; weights pass through fp16.
struct RowInt8 {
  using Groups = Rows;
  static constexpr bool kDoubleQuantized = false;
  static constexpr int kBits = 8;
  static constexpr bool kHighFirst = false;

  static __device__ float as_taken(float w) { return __half2float(__float2half_rn(w)); }
  static __device__ void store(const QuantizedView& q, float*, std::int64_t g,
                               const GroupStatistic& s) {
    reinterpret_cast<float*>(q.scales)[g] = fmaxf(s.absmax, 0.0f);
  }
  static __device__ unsigned encode(const QuantizedView& q, const float*, std::int64_t g, float w) {
    const float scaled =
        rintf(__fmul_rn(w, __fdiv_rn(127.0f, reinterpret_cast<float*>(q.scales)[g])));
    if (scaled != scaled) return 0;
    return static_cast<unsigned>(static_cast<int>(fminf(fmaxf(scaled, -127.0f), 127.0f))) & 255;
  }
  static __device__ float value(unsigned code) {
    return static_cast<float>(static_cast<std::int8_t>(code));
  }
  static __device__ GroupScale group(const QuantizedView& q, std::int64_t g) {
    return {reinterpret_cast<const float*>(q.scales)[g]};
  }
  static __device__ float weight(float value, GroupScale scale) {
    return __fmul_rn(__fmul_rn(value, scale.factor), 1.0f / 127.0f);
  }
};

// int4: groups along k with an f16 step and a zero point.
struct AsymmetricInt4 {
  using Groups = RowGroups;
  static constexpr int kLeastBlock = 16;
  static constexpr bool kHasZero = true;
  static constexpr bool kDoubleQuantized = false;
  static constexpr int kBits = 4;
  static constexpr bool kHighFirst = false;

  template <class T>
  static constexpr float kGain = 1;
  static constexpr double kRoundoffs = 0;

  static __device__ float as_taken(float w) { return w; }
  static __device__ float value(unsigned code) { return static_cast<float>(code); }
  static __device__ float step(const QuantizedView& q, std::int64_t g) {
    return __half2float(reinterpret_cast<const __half*>(q.scales)[g]);
  }
  static __device__ GroupScale group(const QuantizedView& q, std::int64_t g) {
    return {step(q, g), static_cast<float>(q.zeros[g / 2] >> (g % 2 * 4) & 15)};
  }
  static __device__ float weight(float value, GroupScale scale) {
    return __fmul_rn(__fsub_rn(value, scale.zero), scale.factor);
  }
  // Kept aside in f32 here (`exact`) and packed two a byte by store_zero_points.
  static __device__ void store(const QuantizedView& q, float* exact, std::int64_t g,
                               const GroupStatistic& s) {
    const bool none = s.low > s.high;
    const float low = none ? 0.0f : fminf(s.low, 0.0f), high = none ? 0.0f : fmaxf(s.high, 0.0f);
    __half kept = __float2half_rn(__fdiv_rn(__fsub_rn(high, low), 15.0f));
    if (__half2float(kept) == 0) kept = __float2half_rn(1.0f);
    reinterpret_cast<__half*>(q.scales)[g] = kept;
    const float zero = rintf(__fdiv_rn(-low, __half2float(kept)));
    exact[g] = zero != zero ? 0.0f : fminf(fmaxf(zero, 0.0f), 15.0f);
  }
  static __device__ unsigned encode(const QuantizedView& q, const float* zero, std::int64_t g,
                                    float w) {
    const float scaled = __fdiv_rn(w, step(q, g));
    const float code = __fadd_rn(scaled != scaled ? 0.0f : rintf(scaled), zero[g]);
    return static_cast<unsigned>(fminf(fmaxf(code, 0.0f), 15.0f));
  }
};

// mxfp4: the floor of the exponent of absmax, less that of E2M1's largest power of two.
template <class Codec>
struct PowerOfTwo : Codec {
  using Groups = RowGroups;
  static constexpr int kLeastBlock = 32;
  static constexpr bool kHasZero = false;
  static constexpr bool kDoubleQuantized = false;

  static __device__ float as_taken(float w) { return w; }
  static __device__ void store(const QuantizedView& q, float*, std::int64_t g,
                               const GroupStatistic& s) {
    const unsigned exponent = __float_as_uint(fmaxf(s.absmax, 0.0f)) >> 23;
    const unsigned infinite = 255;
    q.scales[g] = static_cast<std::uint8_t>(exponent == infinite ? 254
                                            : exponent > 2       ? exponent - 2
                                                                 : 0);
  }
  // 2^(byte - 127); byte 0 is a subnormal.
  static __device__ float scale(const QuantizedView& q, std::int64_t g) {
    const unsigned byte = q.scales[g];
    return __uint_as_float(byte == 0 ? 0x00400000u : byte << 23);
  }
  static __device__ unsigned encode(const QuantizedView& q, const float*, std::int64_t g, float w) {
    return Codec::encode(__fdiv_rn(w, scale(q, g)));
  }
  static __device__ GroupScale group(const QuantizedView& q, std::int64_t g) {
    return {scale(q, g)};
  }
  static __device__ float weight(float value, GroupScale scale) {
    return __fmul_rn(value, scale.factor);
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
