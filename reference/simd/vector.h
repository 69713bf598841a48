// SPDX-License-Identifier: Apache-2.0
// Vectors as wide as the registers of an instruction set, for the loops: everything is local to the
// namespace of the instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace qbench::reference::QBENCH_ISA {

#if defined(__AVX512F__)
constexpr std::size_t kLanes = 16;
#elif defined(__AVX2__)
constexpr std::size_t kLanes = 8;
#else
constexpr std::size_t kLanes = 4;
#endif

typedef float Floats __attribute__((vector_size(4 * kLanes)));
typedef std::int32_t Ints __attribute__((vector_size(4 * kLanes)));

constexpr std::size_t kDoubles = kLanes / 2;
typedef double Doubles __attribute__((vector_size(8 * kDoubles)));
typedef std::int64_t Longs __attribute__((vector_size(8 * kDoubles)));

// GCC 12 converts vectors of bytes one by one and of floats by halves, so intrinsics are used where
// the instruction set has them. The masked forms do not raise its false -Wmaybe-uninitialized.
inline Ints load_codes(const std::uint8_t* codes) {
#if defined(__AVX512F__)
  return reinterpret_cast<Ints>(
      _mm512_maskz_cvtepu8_epi32(0xffff, _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes))));
#elif defined(__AVX2__)
  return reinterpret_cast<Ints>(
      _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(codes))));
#else
  return Ints{codes[0], codes[1], codes[2], codes[3]};
#endif
}

// Stores the lowest byte of each number.
inline void store_codes(const Ints& wide, std::uint8_t* codes) {
#if defined(__AVX512F__)
  _mm_storeu_si128(reinterpret_cast<__m128i*>(codes),
                   _mm512_maskz_cvtepi32_epi8(0xffff, reinterpret_cast<__m512i>(wide)));
#elif defined(__AVX2__)
  const __m256i low =
      _mm256_shuffle_epi8(reinterpret_cast<__m256i>(wide), _mm256_set1_epi32(0x0c080400));
  _mm_storel_epi64(
      reinterpret_cast<__m128i*>(codes),
      _mm_unpacklo_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1)));
#else
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    codes[lane] = static_cast<std::uint8_t>(wide[lane]);
#endif
}

inline Ints load(const std::int32_t* numbers) {
  Ints loaded;
  __builtin_memcpy(&loaded, numbers, sizeof loaded);
  return loaded;
}
inline Ints load_bits(const float* numbers) {
  Ints loaded;
  __builtin_memcpy(&loaded, numbers, sizeof loaded);
  return loaded;
}
inline Doubles load_doubles(const double* numbers) {
  Doubles loaded;
  __builtin_memcpy(&loaded, numbers, sizeof loaded);
  return loaded;
}
inline Doubles load_doubles(const float* numbers) {
#if defined(__AVX512F__)
  return _mm512_maskz_cvtps_pd(0xff, _mm256_loadu_ps(numbers));
#elif defined(__AVX2__)
  return _mm256_cvtps_pd(_mm_loadu_ps(numbers));
#else
  return Doubles{static_cast<double>(numbers[0]), static_cast<double>(numbers[1])};
#endif
}
inline void store(const Floats& values, float* out, std::size_t count = kLanes) {
  __builtin_memcpy(out, &values, count * sizeof(float));
}

inline Floats to_floats(const Ints& whole) { return __builtin_convertvector(whole, Floats); }
inline Floats as_floats(const Ints& bits) { return __builtin_bit_cast(Floats, bits); }
inline Ints as_bits(const Floats& values) { return __builtin_bit_cast(Ints, values); }

}  // namespace qbench::reference::QBENCH_ISA
