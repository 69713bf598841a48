// SPDX-License-Identifier: Apache-2.0
// Codes of 4 and 8 bits as operand A by arithmetic: integers, and floats of a sign, an exponent and
// a mantissa. No table, so a block needs shared memory for its tiles alone.
//
// A pair is a field of the low half of a word and the same field of the high half: one shift and
// one mask serve both. Those are not neighbours along k, so x is arranged alike, once, when it is
// read. Every step is exact:
//
//   integer   the code in the mantissa of 2^(mantissa bits) is that power plus the code. Where the
//             mantissa has fewer bits than the code, as bf16's 7, the highest bit goes the same way
//             in a second number, and the two are subtracted.
//   float     sign and magnitude moved to their places are the number but for the biases of the
//             exponents: a product. Another one, which only codes that are no numbers overflow,
//             makes those infinite, and a third takes the power of two of that back.
#pragma once

#include "kernels/formats/traits.cuh"
#include "kernels/tiles/fragments.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// The 16-bit types as bits.
template <class T>
struct Layout16 {
  static constexpr bool kHalf = std::is_same_v<T, __half>;
  static constexpr int kMantissa = kHalf ? 10 : 7, kBias = kHalf ? 15 : 127;
};

constexpr float power_of_two(int exponent) {
  float power = 1;
  for (; exponent > 0; --exponent) power *= 2;
  for (; exponent < 0; ++exponent) power /= 2;
  return power;
}

// Shifts to the left by a number that may be negative.
template <int kBy>
__device__ __forceinline__ std::uint32_t shifted(std::uint32_t word) {
  return kBy >= 0 ? word << (kBy & 31) : word >> (-kBy & 31);
}

// (word & mask) ^ bits in both halves, in one instruction: of two constants the compiler makes two.
__device__ __forceinline__ std::uint32_t masked(std::uint32_t word, unsigned mask, unsigned bits) {
  return ptx::lop3<0x6a>(word, twice(mask), twice(bits));
}

// Field kField of both halves of a word as a pair of T: pair<kField>(word, zero) less `zero`, which
// only codes without a sign have.
template <class Codec, int kBits, class T>
struct IntegerPairs {
  static constexpr float kGain = 1;
  static constexpr bool kZeroFill = false;
  static constexpr int kMantissa = Layout16<T>::kMantissa;
  static constexpr unsigned kOne = (Layout16<T>::kBias + kMantissa) << kMantissa;  // 2^kMantissa
  static constexpr unsigned kMask = (1u << kBits) - 1, kHighest = 1u << (kBits - 1);
  static constexpr unsigned kFlip = Codec::kSigned ? kHighest : 0;
  static constexpr float kTooLarge = power_of_two(kMantissa), kWeight = power_of_two(kBits - 1);

  // A signed code is, with its highest bit flipped, as much too large as that bit weighs.
  template <int kField>
  static __device__ __forceinline__ std::uint32_t pair(std::uint32_t word, float zero) {
    const std::uint32_t low = shifted<-kField * kBits>(word);
    if constexpr (kBits <= kMantissa) {
      return less<T>(masked(low, kMask, kOne | kFlip),
                     kTooLarge + (Codec::kSigned ? kWeight : zero));
    } else {
      static_assert(kBits == kMantissa + 1);
      // 2^kMantissa plus the lower bits, less that power or, where the code is negative, twice it:
      // the highest bit is the lowest of the exponent.
      const std::uint32_t code = difference<T>(masked(low, kMask >> 1, kOne),
                                               masked(low, kHighest, kOne | (kHighest ^ kFlip)));
      return Codec::kSigned ? code : less<T>(code, zero - kWeight);
    }
  }
};

template <class Codec, int kBits, class T>
struct FloatPairs {
  using Layout = Layout16<T>;
  static constexpr int kMantissa = Codec::kMantissa;
  static constexpr int kLowest = Layout::kMantissa - kMantissa;  // the place of its mantissa
  static constexpr unsigned kMagnitude = (Codec::kSign - 1) << kLowest;
  static constexpr bool kSameExponent = Layout::kHalf && Codec::kExponent == 5;
  static constexpr bool kZeroFill = Codec::kHasNan;
  // 9/8 of the largest number stays below a power of two that 9/8 of the next code reaches, and the
  // product has no more bits than bf16 keeps.
  static constexpr float kGain = kSameExponent ? 1 : kSmallFloatGain;

  template <int kField>
  static __device__ __forceinline__ std::uint32_t pair(std::uint32_t word, float) {
    constexpr int kFirst = kField * kBits;  // its lowest bit
    const std::uint32_t sign = shifted<16 - kBits - kFirst>(word) & 0x80008000;
    const std::uint32_t number = (shifted<kLowest - kFirst>(word) & twice(kMagnitude)) | sign;
    if constexpr (kSameExponent) return number;
    return times<T>(times<T>(times<T>(number, kBiases), kGain * kToTop), 1 / kToTop);
  }

 private:
  static constexpr float kBiases = power_of_two(Layout::kBias - Codec::kBias);
  // From the exponent of the largest number to that of T's.
  static constexpr float kToTop = [] {
    int exponent = Layout::kBias;
    for (float largest = Codec::kLargest; largest >= 2; largest /= 2) --exponent;
    return power_of_two(exponent);
  }();
};

template <class Mode_, class T_>
class ArithmeticCodes {
 public:
  using Mode = Mode_;
  using T = T_;
  using Codec = typename Mode::Codec;
  using Pairs = std::conditional_t < requires { Codec::kSigned; }
  , IntegerPairs<Codec, Mode::kBits, T>, FloatPairs < Codec, Mode::kBits, T >> ;
  static constexpr int kTileStride = kTileRowBytes;
  static constexpr float kGain = Pairs::kGain;
  static constexpr bool kZeroFill = Pairs::kZeroFill;  // where a byte may be no number

  __device__ explicit ArithmeticCodes(unsigned char*) {}
  template <int kThreads>
  __device__ __forceinline__ void prepare() const {}

  // Pair i of x for pair i of weights, of which a word, or half of one, has as many.
  template <class X>
  static __device__ __forceinline__ X arranged(X x) {
    constexpr int kPairs = sizeof(X) / 4;
    std::uint32_t from[kPairs], to[kPairs];
    memcpy(from, &x, sizeof x);
#pragma unroll
    for (int i = 0; i < kPairs; ++i) {
      const int column = Mode::kHighFirst ? i ^ 1 : i;
      to[i] =
          __byte_perm(from[column / 2], from[(column + kPairs) / 2], column % 2 ? 0x7632 : 0x5410);
    }
    memcpy(&x, to, sizeof x);
    return x;
  }
  template <int kPairs>
  __device__ __forceinline__ void pairs(std::uint32_t codes, float zero,
                                        std::uint32_t (&pair)[kPairs]) const {
    constexpr bool kHalfWord = 2 * kPairs * Mode::kBits == 16;
    fill<kPairs>(kHalfWord ? __byte_perm(codes, 0, 0x4140) : codes, zero, pair);
  }

 private:
  template <int kPairs, int kField = 0>
  static __device__ __forceinline__ void fill(std::uint32_t word, float zero,
                                              std::uint32_t (&pair)[kPairs]) {
    if constexpr (kField < kPairs) {
      pair[kField] = Pairs::template pair<kField>(word, zero);
      fill<kPairs, kField + 1>(word, zero, pair);
    }
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
