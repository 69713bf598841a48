// SPDX-License-Identifier: Apache-2.0
// The scale of a group on a device: its bytes to a number, and a statistic to its bytes.
#pragma once

#include <bit>
#include <variant>

#include "kernels/device/quantized_view.h"
#include "kernels/formats/codec.cuh"
#include "kernels/formats/packing.cuh"
#include "kernels/formats/statistic.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <const Mode& M>
struct ScaleFloat {
  static constexpr SmallFloat describe() {
    constexpr ::qbench::Codec kCodec = M.format.scale.storage.codec;
    return std::get<SmallFloat>(kCodec);
  }
};

// --- How a number is kept

template <class T>
struct PlainStorage {
  static __device__ __forceinline__ float load(const std::uint8_t* numbers, std::int64_t g) {
    return to_f32(reinterpret_cast<const T*>(numbers)[g]);
  }
  static __device__ __forceinline__ void store(std::uint8_t* numbers, std::int64_t g, float x) {
    reinterpret_cast<T*>(numbers)[g] = from_f32<T>(x);
  }
  static __device__ __forceinline__ float rounded(float x) { return to_f32(from_f32<T>(x)); }
  static __device__ __forceinline__ bool is_zero(float x) { return rounded(x) == 0; }
};

template <Dtype kDtype>
constexpr auto plain_storage() {
  if constexpr (kDtype == Dtype::fp32)
    return PlainStorage<float>();
  else if constexpr (kDtype == Dtype::fp16)
    return PlainStorage<__half>();
  else
    return PlainStorage<__nv_bfloat16>();
}

template <const Mode& M>
struct SmallFloatStorage {
  using Codec = SmallFloatCodec<ScaleFloat<M>>;
  static __device__ __forceinline__ float load(const std::uint8_t* numbers, std::int64_t g) {
    return Codec::value(numbers[g]);
  }
  static __device__ __forceinline__ void store(std::uint8_t* numbers, std::int64_t g, float x) {
    numbers[g] = static_cast<std::uint8_t>(Codec::encode(x));
  }
  static __device__ __forceinline__ bool is_zero(float x) { return (Codec::encode(x) & 127) == 0; }
};

// 2^(byte - 127); byte 0 is a subnormal. It is stored from the statistic itself: the power of two
// is that of the quotient by qmax, which is never rounded.
template <const Mode& M>
struct PowerOfTwoStorage {
  static constexpr unsigned qmax_bits() {
    constexpr Quantizer kQuantizer = M.quantizer;
    return std::bit_cast<unsigned>(kQuantizer.qmax);
  }
  static constexpr unsigned kQmax = qmax_bits();
  static constexpr unsigned kQmaxExponent = (kQmax >> 23) - 127, kQmaxMantissa = kQmax & 0x7fffff;
  static constexpr bool kUp = M.quantizer.exponent == Exponent::ceil;
  static_assert(M.quantizer.qmax >= 2 || !kUp, "subnormal statistics would round up");

  static __device__ __forceinline__ float load(const std::uint8_t* numbers, std::int64_t g) {
    const unsigned byte = numbers[g];
    return __uint_as_float(byte == 0 ? 0x00400000u : byte << 23);
  }
  static __device__ __forceinline__ void store(std::uint8_t* numbers, std::int64_t g,
                                               float statistic) {
    const unsigned bits = __float_as_uint(statistic), exponent = bits >> 23, kInfinite = 255;
    unsigned less = kQmaxExponent;
    if constexpr (kQmaxMantissa != 0) less += (bits & 0x7fffff) < kQmaxMantissa ? 1 : 0;
    if constexpr (kUp) less -= (bits & 0x7fffff) != kQmaxMantissa ? 1 : 0;
    numbers[g] = static_cast<std::uint8_t>(exponent == kInfinite ? 254
                                           : exponent > less     ? min(exponent - less, 254u)
                                                                 : 0);
  }
};

// Signed integers of 8 bits, to the nearest even; NaN is 0.
template <const Mode& M>
struct IntegerStorage {
  static constexpr float least() {
    constexpr ::qbench::Codec kCodec = M.format.scale.storage.codec;
    return static_cast<float>(std::get<Integers>(kCodec).lowest);
  }
  static constexpr float most() {
    constexpr ::qbench::Codec kCodec = M.format.scale.storage.codec;
    return static_cast<float>(std::get<Integers>(kCodec).highest);
  }
  static constexpr float kLeast = least(), kMost = most();
  static __device__ __forceinline__ float load(const std::uint8_t* numbers, std::int64_t g) {
    return static_cast<float>(reinterpret_cast<const std::int8_t*>(numbers)[g]);
  }
  static __device__ __forceinline__ void store(std::uint8_t* numbers, std::int64_t g, float x) {
    const float whole = x != x ? 0.0f : fminf(fmaxf(rintf(x), kLeast), kMost);
    reinterpret_cast<std::int8_t*>(numbers)[g] = static_cast<std::int8_t>(whole);
  }
};

// Integers of up to 8 bits lie in one stream of bits, in two's complement where some are negative.
template <int kBits, bool kSigned>
struct PackedIntegers {
  static __device__ __forceinline__ float load(const std::uint8_t* numbers, std::int64_t g) {
    constexpr int kUnused = 32 - kBits;
    const unsigned code = bits_at<kBits>(numbers, g);
    if constexpr (kSigned) return static_cast<float>(static_cast<int>(code << kUnused) >> kUnused);
    return static_cast<float>(code);
  }
};

struct DynamicMapStorage {
  static __device__ __forceinline__ float load(const float* map, const std::uint8_t* numbers,
                                               std::int64_t g) {
    return map[numbers[g]];
  }
};

// How real zero points are kept.
template <const Mode& M>
constexpr auto real_zero_storage_of() {
  constexpr ::qbench::Codec kCodec = M.format.zero_number.storage.codec;
  if constexpr (std::holds_alternative<Plain>(kCodec))
    return plain_storage<std::get<Plain>(kCodec).dtype>();
}

// Minima are kept as f16, or as integers under the f16 of their unit.
template <const Mode& M>
constexpr auto minimum_storage_of() {
  constexpr ::qbench::Storage kStorage = M.format.zero_number.storage;
  constexpr ::qbench::Codec kCodec = kStorage.codec;
  if constexpr (std::holds_alternative<Integers>(kCodec))
    return PackedIntegers<kStorage.bits, (std::get<Integers>(kCodec).lowest < 0)>();
  else
    return PlainStorage<__half>();
}

template <const Mode& M>
constexpr auto storage_of() {
  constexpr ::qbench::Codec kCodec = M.format.scale.storage.codec;
  if constexpr (std::holds_alternative<Plain>(kCodec)) {
    return plain_storage<std::get<Plain>(kCodec).dtype>();
  } else if constexpr (std::holds_alternative<PowerOfTwo>(kCodec)) {
    return PowerOfTwoStorage<M>();
  } else if constexpr (std::holds_alternative<DynamicMap>(kCodec)) {
    return DynamicMapStorage();
  } else if constexpr (std::holds_alternative<Integers>(kCodec)) {
    if constexpr (under_unit_scale(M.format.scale)) {
      constexpr int kBits = M.format.scale.storage.bits;
      return PackedIntegers<kBits, (std::get<Integers>(kCodec).lowest < 0)>();
    } else {
      return IntegerStorage<M>();
    }
  } else {
    return SmallFloatStorage<M>();
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
