// SPDX-License-Identifier: Apache-2.0
// The codec of a mode on a device: values of codes, and codes of scaled weights. Everything is read
// from the description at compile time.
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>
#include <variant>

#include "kernels/formats/numbers.cuh"
#include "reference/mode.h"

namespace qbench::QBENCH_SIMT_DEVICE {

template <int kCount>
struct Floats {
  float at[kCount];
};

// One of the parts of 1/16 into which [-1, 1] is cut, or [0, 1] of magnitudes: the threshold in it,
// and the code below that; of magnitudes, whose codes need not be in order, also the one above, in
// the next byte.
struct alignas(8) Bucket {
  float threshold;
  unsigned codes;
};
constexpr unsigned kBuckets = 64;  // 33 are in use; NaN falls into 63, whose code is 0
struct Buckets {
  Bucket at[kBuckets];
};

// The tables of a mode as plain arrays, copied at compile time: device code cannot read members of
// optional, variant and span.
template <const Mode& M>
struct Constants {
  static constexpr int kBits = M.format.bits;
  static constexpr int kCodes = 1 << (kBits < 8 ? kBits : 8);
  static constexpr int kRanks = static_cast<int>(M.quantizer.thresholds.at.size()) + 1;

  static constexpr Floats<kCodes> values() {
    constexpr Codebook kBook = std::get<Codebook>(M.format.codec);
    Floats<kCodes> all{};
    for (int code = 0; code < kCodes; ++code) all.at[code] = kBook.values[code];
    return all;
  }
  static constexpr Floats<kRanks - 1> thresholds() {
    constexpr Thresholds kThresholds = M.quantizer.thresholds;
    Floats<kRanks - 1> all{};
    for (int i = 0; i + 1 < kRanks; ++i) all.at[i] = kThresholds.at[i];
    return all;
  }
  static constexpr unsigned code_of_rank(int rank) {
    constexpr Thresholds kThresholds = M.quantizer.thresholds;
    return kThresholds.codes.empty() ? rank : kThresholds.codes[rank];
  }
  static constexpr int rank_of(float x) {
    const auto all = thresholds();
    int rank = 0;
    for (const float threshold : all.at) rank += x > threshold;
    return rank;
  }
  static constexpr Buckets buckets() {
    Buckets all{};
    for (unsigned b = 0; b < kBuckets; ++b) {
      all.at[b].threshold = std::numeric_limits<float>::infinity();
      if (b > 32) continue;
      const float low = (static_cast<float>(b) - 16) / 16;
      const int rank = rank_of(low);
      if (rank + 1 < kRanks) all.at[b].threshold = thresholds().at[rank];
      all.at[b].codes = code_of_rank(rank);
      if (M.quantizer.thresholds.sign_magnitude)
        all.at[b].codes |= code_of_rank(rank_of(low + 1.0f / 16)) << 8;
    }
    return all;
  }
};

template <const Mode& M>
__constant__ constexpr Floats<Constants<M>::kCodes> kValues = Constants<M>::values();
template <const Mode& M>
__constant__ constexpr Floats<Constants<M>::kRanks - 1> kThresholds = Constants<M>::thresholds();
template <const Mode& M>
__constant__ constexpr Buckets kBucketsOf = Constants<M>::buckets();

// --- Codebooks

template <const Mode& M>
struct CodebookCodec {
  static constexpr int kRanks = Constants<M>::kRanks;
  static constexpr bool kSignMagnitude = M.quantizer.thresholds.sign_magnitude;
  static constexpr unsigned kSign = 1u << (M.format.bits - 1);
  static constexpr bool kBisected = kRanks > 8;
  static_assert(!kBisected ||
                ((kRanks & (kRanks - 1)) == 0 && M.quantizer.thresholds.codes.empty()));

  static __device__ __forceinline__ float value(unsigned code) { return kValues<M>.at[code]; }
  static __device__ __forceinline__ Bucket bucket(unsigned b) { return kBucketsOf<M>.at[b]; }

  // True where a bucket has at most one threshold, and none within 1/1000 of its end: a code is one
  // look-up and one comparison then (quantize_wide.cuh).
  static constexpr bool kBucketed = [] {
    if (!kSignMagnitude && (kRanks != 16 || !kBisected)) return false;
    const auto all = Constants<M>::thresholds();
    int last = -1;
    for (const float threshold : all.at) {
      const float place = (threshold + 1) * 16;
      const int bucket = static_cast<int>(place);
      const float within = place - static_cast<float>(bucket);
      if (place < 0 || bucket >= 32 || bucket == last || within < 0.016f || within > 0.984f)
        return false;
      last = bucket;
    }
    return true;
  }();

  // The code of the rank of x, which is the number of thresholds below it; NaN is above none. Few
  // thresholds are a tree of comparisons with constants, many a bisection of the table.
  static __device__ __forceinline__ unsigned encode(float x) {
    if constexpr (kSignMagnitude) {
      // The sign of what is flushed to zero is lost.
      return tree<0, kRanks - 1>(fabsf(x), x <= -kLeastNormal ? kSign : 0);
    } else if constexpr (!kBisected) {
      return tree<0, kRanks - 1>(x, 0);
    } else {
      return bisection(x);
    }
  }

 private:
  template <int kRank>
  static constexpr unsigned kCode = Constants<M>::code_of_rank(kRank);
  template <int kRank>
  static constexpr float kBetween = Constants<M>::thresholds().at[kRank];

  template <int kLow, int kHigh>
  static __device__ __forceinline__ unsigned tree(float x, unsigned sign) {
    if constexpr (kLow == kHigh) {
      return sign | kCode<kLow>;
    } else {
      constexpr int kMiddle = (kLow + kHigh) / 2;
      if (x > kBetween<kMiddle>) return tree<kMiddle + 1, kHigh>(x, sign);
      return tree<kLow, kMiddle>(x, sign);
    }
  }
  static __device__ __forceinline__ unsigned bisection(float x) {
    unsigned code = 0;
    for (unsigned half = kRanks / 2; half > 0; half /= 2)
      code += x > kThresholds<M>.at[code + half - 1] ? half : 0;
    return code;
  }
};

// --- Integers: a scaled weight is rounded, moved by the zero point and clamped to the ends.

template <const Mode& M>
struct IntegerCodec {
  static constexpr int kLowest = std::get<Integers>(M.format.codec).lowest;
  static constexpr int kHighest = std::get<Integers>(M.format.codec).highest;
  static constexpr bool kSigned = kLowest < 0;
  static constexpr int kUnused = 32 - M.format.bits;
  static constexpr Rounding kRounding = M.quantizer.rounding;

  static __device__ __forceinline__ float value(unsigned code) {
    if constexpr (kSigned) return static_cast<float>(static_cast<int>(code << kUnused) >> kUnused);
    return static_cast<float>(code);
  }
  static __device__ __forceinline__ unsigned encode(float x, float zero) {
    return code_of(__fadd_rn(x != x ? 0.0f : rounded(x), zero));
  }
  static __device__ __forceinline__ unsigned encode(float x) {
    return x != x ? 0 : code_of(rounded(x));
  }

 private:
  // The code of a whole number, clamped to the ends.
  static __device__ __forceinline__ unsigned code_of(float whole) {
    const float held =
        fminf(fmaxf(whole, static_cast<float>(kLowest)), static_cast<float>(kHighest));
    if constexpr (kSigned)
      return static_cast<unsigned>(static_cast<int>(held)) & (0xffffffffu >> kUnused);
    return static_cast<unsigned>(held);
  }
  static __device__ __forceinline__ float rounded(float x) {
    if constexpr (kRounding == Rounding::half_away) return roundf(x);
    constexpr float kLow = static_cast<float>(kLowest);
    if constexpr (kRounding == Rounding::half_up)
      return __fadd_rn(floorf(__fadd_rn(x, 0.5f - kLow)), kLow);
    return rintf(x);
  }
};

// --- Small floats: the bits of the code are those of an f32 whose exponent is less by a constant.

// `Described` is a type whose describe() is the SmallFloat.
template <class Described>
struct SmallFloatCodec {
  static constexpr int kMantissa = Described::describe().mantissa_bits;
  static constexpr int kExponent = Described::describe().exponent_bits;
  static constexpr int kBias = Described::describe().bias;
  static constexpr int kMagnitudeBits = kExponent + kMantissa;
  static constexpr unsigned kSign = 1u << kMagnitudeBits;
  static constexpr float kLargest = Described::describe().largest;
  static constexpr bool kHasNan = Described::describe().nan_code.has_value();
  static constexpr unsigned kNanCode = Described::describe().nan_code.value_or(0);
  static constexpr unsigned kInfinityCode =
      Described::describe().infinity ? ((1u << kExponent) - 1) << kMantissa : kSign;

  // Subnormals become normal by the product, which is exact.
  static __device__ __forceinline__ float value(unsigned code) {
    const unsigned magnitude = code & (kSign - 1);
    float value = __fmul_rn(__uint_as_float(magnitude << (23 - kMantissa)), rescale());
    if constexpr (kHasNan)
      if (value > kLargest)
        value = __uint_as_float(magnitude == kInfinityCode ? 0x7f800000u : 0x7fffffffu);
    return __uint_as_float(__float_as_uint(value) | (code & kSign) << (31 - kMagnitudeBits));
  }

  // The nearest code, a midpoint to the even mantissa; magnitudes above the largest saturate. Where
  // there are few magnitudes, the midpoints below x are counted.
  static __device__ __forceinline__ unsigned encode(float x) {
    if (x != x) return kNanCode;
    const unsigned code =
        kMagnitudeBits <= 3 ? count<1>(fabsf(x)) : converted(fminf(fabsf(x), kLargest));
    return code | (__float_as_uint(x) >> (31 - kMagnitudeBits) & kSign);
  }

 private:
  // 2^(127 - bias), from its bits.
  static __device__ __forceinline__ float rescale() {
    return __uint_as_float(static_cast<unsigned>(254 - kBias) << 23);
  }
  static constexpr double magnitude_of(int code) {
    const int exponent = code >> kMantissa, mantissa = code & ((1 << kMantissa) - 1);
    double value = exponent == 0 ? mantissa : mantissa + (1 << kMantissa);
    int e = (exponent == 0 ? 1 : exponent) - kBias - kMantissa;
    for (; e < 0; ++e) value /= 2;
    for (; e > 0; --e) value *= 2;
    return value;
  }
  template <int kCode>
  static constexpr float kMiddleBelow =
      static_cast<float>((magnitude_of(kCode - 1) + magnitude_of(kCode)) / 2);
  template <int kCode>
  static __device__ __forceinline__ unsigned count(float magnitude) {
    if constexpr (kCode == 1 << kMagnitudeBits) {
      return 0;
    } else {
      return (kCode % 2 == 0 ? magnitude >= kMiddleBelow<kCode>
                             : magnitude > kMiddleBelow<kCode>)+count<kCode + 1>(magnitude);
    }
  }
  // Adding and taking off 2^(e + 23 - mantissa bits) rounds to the grid at the exponent e of the
  // magnitude, which is at least that of the subnormals.
  static __device__ __forceinline__ unsigned converted(float magnitude) {
    constexpr unsigned kLeast = static_cast<unsigned>(128 - kBias) << 23;
    const unsigned exponent = max(__float_as_uint(magnitude) & 0x7f800000u, kLeast);
    const float magic = __uint_as_float(exponent + (static_cast<unsigned>(23 - kMantissa) << 23));
    const float rounded = __fsub_rn(__fadd_rn(magnitude, magic), magic);
    // The product makes subnormals of the code subnormal f32, exactly.
    const float shrunk = __fmul_rn(rounded, __uint_as_float(static_cast<unsigned>(kBias) << 23));
    return __float_as_uint(shrunk) >> (23 - kMantissa);
  }
};

// --- The codec of a mode

template <const Mode& M>
struct WeightFloat {
  static constexpr SmallFloat describe() {
    constexpr ::qbench::Codec kCodec = M.format.codec;
    return std::get<SmallFloat>(kCodec);
  }
};

template <const Mode& M>
constexpr auto codec_of() {
  constexpr ::qbench::Codec kCodec = M.format.codec;
  if constexpr (std::holds_alternative<Codebook>(kCodec))
    return CodebookCodec<M>();
  else if constexpr (std::holds_alternative<Integers>(kCodec))
    return IntegerCodec<M>();
  else
    return SmallFloatCodec<WeightFloat<M>>();
}

template <const Mode& M>
using CodecOf = decltype(codec_of<M>());

}  // namespace qbench::QBENCH_SIMT_DEVICE
