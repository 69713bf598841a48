// SPDX-License-Identifier: Apache-2.0
// The elements of fragments: 16- and 8-bit numbers in 32-bit registers, low part first.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__x86_64__) && !defined(__clang__)
#define QBENCH_AVX2_TOO __attribute__((target_clones("avx2", "default")))
#else
#define QBENCH_AVX2_TOO
#endif

namespace qbench::simt {

inline float bf16_to_float(std::uint16_t h) { return std::bit_cast<float>(std::uint32_t{h} << 16); }

inline float f16_to_float(std::uint16_t h) {
  const std::uint32_t sign = std::uint32_t{h & 0x8000u} << 16, exponent = h >> 10 & 31,
                      fraction = h & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000 | fraction << 13);
  if (exponent) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
  return sign ? -magnitude : magnitude;
}

// Element e of a fragment.
template <class Bits>
Bits element(const std::uint32_t* registers, int e) {
  constexpr int kPerRegister = 4 / sizeof(Bits), kBits = 8 * sizeof(Bits);
  return static_cast<Bits>(registers[e / kPerRegister] >> (e % kPerRegister * kBits));
}

}  // namespace qbench::simt
