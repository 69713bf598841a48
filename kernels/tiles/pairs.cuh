// SPDX-License-Identifier: Apache-2.0
// Pairs of 16-bit numbers in a register, as tensor cores take them: the first in the low half.
#pragma once

#include <cstring>
#include <type_traits>

#include "kernels/formats/numbers.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <class T>
using PairOf = std::conditional_t<std::is_same_v<T, __half>, __half2, __nv_bfloat162>;

__device__ __forceinline__ unsigned bits_of(__half x) { return __half_as_ushort(x); }
__device__ __forceinline__ unsigned bits_of(__nv_bfloat16 x) { return __bfloat16_as_ushort(x); }

// The same 16 bits twice.
__device__ __forceinline__ constexpr std::uint32_t twice(unsigned bits) {
  return bits << 16 | bits;
}

template <class T>
__device__ __forceinline__ PairOf<T> as_pair(std::uint32_t bits) {
  PairOf<T> pair;
  memcpy(static_cast<void*>(&pair), &bits, sizeof bits);
  return pair;
}
template <class Pair>
__device__ __forceinline__ std::uint32_t bits_of_pair(const Pair& pair) {
  std::uint32_t bits;
  memcpy(&bits, &pair, sizeof bits);
  return bits;
}

template <class T>
__device__ __forceinline__ std::uint32_t difference(std::uint32_t a, std::uint32_t b) {
  return bits_of_pair(__hsub2(as_pair<T>(a), as_pair<T>(b)));
}
// Takes a number off both, or multiplies both by it.
template <class T>
__device__ __forceinline__ std::uint32_t less(std::uint32_t pair, float number) {
  const T one = from_f32<T>(number);
  return bits_of_pair(__hsub2(as_pair<T>(pair), PairOf<T>(one, one)));
}
template <class T>
__device__ __forceinline__ std::uint32_t times(std::uint32_t pair, float factor) {
  const T one = from_f32<T>(factor);
  return bits_of_pair(__hmul2(as_pair<T>(pair), PairOf<T>(one, one)));
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
