// SPDX-License-Identifier: Apache-2.0
// Floats and fields as their bits, for the loops: everything is local to the namespace of an
// instruction set.
#pragma once

#include <cstdint>

namespace qbench::reference::QBENCH_ISA {

constexpr std::int32_t kInfinity = 0x7f800000;
constexpr std::int32_t kLeastNormal = 0x00800000;
constexpr std::int32_t kMagnitude = 0x7fffffff;
constexpr float kLargest = 0x1.fffffep127f;
constexpr std::int32_t kNan = 0x7fc00000;

inline std::int32_t bits_of(float x) { return __builtin_bit_cast(std::int32_t, x); }
inline float float_of(std::int32_t bits) { return __builtin_bit_cast(float, bits); }
inline float abs_of(float x) { return float_of(bits_of(x) & kMagnitude); }
inline float flushed(float x, bool flush) {
  return flush && (bits_of(x) & kMagnitude) < kLeastNormal ? 0.0f : x;
}

// |x| rounded to `mantissa_bits` with exponents from `least_exponent` on. Adding and taking off
// 2^(e + 23 - mantissa_bits) rounds to a multiple of 2^(e - mantissa_bits), where e is the exponent
// of x: its grid. For |x| < 2^100.
inline float round_magnitude(float magnitude, int mantissa_bits, int least_exponent) {
  const std::int32_t least = (least_exponent + 127) << 23;
  std::int32_t exponent = bits_of(magnitude) & kInfinity;
  exponent = exponent < least ? least : exponent;
  const float magic = float_of(exponent + ((23 - mantissa_bits) << 23));
  return (magnitude + magic) - magic;
}

// The bits of a magnitude that is on the grid of the format.
inline std::int32_t magnitude_code(float rounded, int mantissa_bits, int bias,
                                   float subnormal_steps) {
  const float least_normal = float_of((128 - bias) << 23);
  const std::int32_t normal =
      (bits_of(rounded) >> (23 - mantissa_bits)) - ((127 - bias) << mantissa_bits);
  const float as_subnormal = rounded < least_normal ? rounded * subnormal_steps : 0.0f;
  return rounded < least_normal ? static_cast<std::int32_t>(as_subnormal) : normal;
}

// Ones in the lowest `width` bits of every field of `field` bits.
constexpr std::uint64_t low_bits(int width, int field) {
  std::uint64_t ones = 0;
  for (int at = 0; at < 64; at += field) ones |= ((std::uint64_t{1} << width) - 1) << at;
  return ones;
}

}  // namespace qbench::reference::QBENCH_ISA
