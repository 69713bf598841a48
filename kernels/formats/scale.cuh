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
  using Stored = T;
  static __device__ __forceinline__ float value(T stored) { return to_f32(stored); }
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
  using Stored = std::uint8_t;
  static __device__ __forceinline__ float value(unsigned code) { return Codec::value(code); }
  static __device__ __forceinline__ float load(const std::uint8_t* numbers, std::int64_t g) {
    return value(numbers[g]);
  }
  static __device__ __forceinline__ void store(std::uint8_t* numbers, std::int64_t g, float x) {
    numbers[g] = static_cast<std::uint8_t>(Codec::encode(x));
  }
  static __device__ __forceinline__ bool is_zero(float x) { return (Codec::encode(x) & 127) == 0; }
};

// 2^(byte - 127); byte 0 is a subnormal. It is stored from the statistic itself: but for
// Exponent::rceil, the power of two is that of the quotient by the divisor, which is never rounded.
template <const Mode& M>
struct PowerOfTwoStorage {
  using Stored = std::uint8_t;
  static constexpr float kDivisor = M.quantizer.qmax / M.format.qmax;
  static constexpr unsigned kDivisorBits = std::bit_cast<unsigned>(kDivisor);
  static constexpr unsigned kExponent = (kDivisorBits >> 23) - 127;
  static constexpr unsigned kMantissa = kDivisorBits & 0x7fffff;
  static constexpr Exponent kRule = M.quantizer.exponent;
  static constexpr unsigned half() {
    constexpr ::qbench::Codec kCodec = M.format.codec;
    return 1u << (22 - mantissa_bits(kCodec));
  }
  static constexpr unsigned kHalf = half();  // of a unit of the codec's mantissa
  static_assert(kDivisor >= 1 && (kRule != Exponent::even || kMantissa == 0));

  static __device__ __forceinline__ float value(unsigned byte) {
    return __uint_as_float(byte == 0 ? 0x00400000u : byte << 23);
  }
  static __device__ __forceinline__ float load(const std::uint8_t* numbers, std::int64_t g) {
    return value(numbers[g]);
  }
  static __device__ __forceinline__ void store(std::uint8_t* numbers, std::int64_t g,
                                               float statistic) {
    if constexpr (kRule == Exponent::rceil)
      numbers[g] = static_cast<std::uint8_t>(rounded_up(__fdiv_rn(statistic, kDivisor)));
    else if constexpr (kRule == Exponent::ceil && kDivisor < 2)
      numbers[g] = static_cast<std::uint8_t>(rounded_up(statistic));
    else
      numbers[g] = static_cast<std::uint8_t>(less_exponent(__float_as_uint(statistic)));
  }

 private:
  static constexpr unsigned kInfinite = 255;

  // The exponent of the statistic less that of the divisor.
  static __device__ __forceinline__ unsigned less_exponent(unsigned bits) {
    unsigned exponent = bits >> 23, less = kExponent;
    const bool infinite = exponent == kInfinite;
    if constexpr (kRule == Exponent::even) exponent = (bits + kHalf) >> 23;
    if constexpr (kMantissa != 0) less += (bits & 0x7fffff) < kMantissa ? 1 : 0;
    if constexpr (kRule == Exponent::ceil) less -= (bits & 0x7fffff) != kMantissa ? 1 : 0;
    return infinite ? 254 : exponent > less ? min(exponent - less, 254u) : 0;
  }
  // Subnormals above 2^-127 become 2^-126.
  static __device__ __forceinline__ unsigned rounded_up(float x) {
    const unsigned bits = __float_as_uint(x), exponent = bits >> 23;
    const bool up = exponent == 0 ? bits > 0x00400000 : (bits & 0x7fffff) != 0;
    return min(exponent + (up ? 1u : 0u), 254u);
  }
};

// Signed integers of 8 bits, to the nearest even; NaN is 0.
template <const Mode& M>
struct IntegerStorage {
  using Stored = std::int8_t;
  static __device__ __forceinline__ float value(std::int8_t stored) {
    return static_cast<float>(stored);
  }
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
  using Stored = std::uint8_t;
  static constexpr int kWidth = kBits;
  static __device__ __forceinline__ Stored held(const std::uint8_t* numbers, std::int64_t g) {
    return static_cast<Stored>(bits_at<kBits>(numbers, g));
  }
  static __device__ __forceinline__ float value(unsigned code) {
    constexpr int kUnused = 32 - kBits;
    if constexpr (kSigned) return static_cast<float>(static_cast<int>(code << kUnused) >> kUnused);
    return static_cast<float>(code);
  }
  static __device__ __forceinline__ float load(const std::uint8_t* numbers, std::int64_t g) {
    return value(held(numbers, g));
  }
};

struct DynamicMapStorage {
  using Stored = std::uint8_t;
  static __device__ __forceinline__ float load(const float* map, const std::uint8_t* numbers,
                                               std::int64_t g) {
    return map[numbers[g]];
  }
};

// How zero points and minima are kept: as integers (minima under the f16 of their unit), or as they
// are.
template <const Mode& M>
constexpr auto zero_storage_of() {
  constexpr ::qbench::Storage kStorage = M.format.zero_number.storage;
  constexpr ::qbench::Codec kCodec = kStorage.codec;
  if constexpr (std::holds_alternative<Integers>(kCodec))
    return PackedIntegers<kStorage.bits, (std::get<Integers>(kCodec).lowest < 0)>();
  else
    return plain_storage<std::get<Plain>(kCodec).dtype>();
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
