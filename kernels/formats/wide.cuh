// SPDX-License-Identifier: Apache-2.0
// Elementwise kernels with accesses of 16 bytes: a thread takes stretches of 16 weights, a block
// kWideChunks chunks of them.
#pragma once

#include <cstring>
#include <type_traits>

#include "kernels/device/quantized_view.h"
#include "kernels/formats/numbers.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kStretch = 16;                         // weights that a thread takes together
constexpr int kWideThreads = 256;                    // of a block
constexpr int kWideChunk = kWideThreads * kStretch;  // weights
constexpr int kWideChunks = 4;                       // of a block, one after the other
constexpr int kWideBlocks = 5;  // at once; for more of them some modes would spill

// Calls whole(first) for this thread's stretches in the whole chunks of its block, and
// short_one(first) for the one in the short chunk at the end of the range, if it is the block's.
template <class Whole, class Short>
__device__ __forceinline__ void for_stretches(const WeightRange& range, const Whole& whole,
                                              const Short& short_one) {
  const std::int64_t begin =
      range.first + static_cast<std::int64_t>(blockIdx.x) * kWideChunks * kWideChunk;
  const std::int64_t left = range.past - begin;
  const int chunks =
      static_cast<int>(min(left / kWideChunk, static_cast<std::int64_t>(kWideChunks)));
  std::int64_t first = begin + static_cast<std::int64_t>(threadIdx.x) * kStretch;
#pragma unroll 1
  for (int i = 0; i < chunks; ++i, first += kWideChunk) whole(first);
  if (chunks < kWideChunks && left % kWideChunk != 0) short_one(first);
}

// Selects word by word: selecting between the two lvalues would take their addresses and force both
// into memory.
__device__ __forceinline__ uint4 either(bool first, const uint4& a, const uint4& b) {
  return {first ? a.x : b.x, first ? a.y : b.y, first ? a.z : b.z, first ? a.w : b.w};
}

// The 16 bytes of the lane beside this one.
__device__ __forceinline__ uint4 of_other_lane(const uint4& words) {
  constexpr unsigned kAll = 0xffffffff;
  return {__shfl_xor_sync(kAll, words.x, 1), __shfl_xor_sync(kAll, words.y, 1),
          __shfl_xor_sync(kAll, words.z, 1), __shfl_xor_sync(kAll, words.w, 1)};
}

template <class T>
__device__ __forceinline__ void numbers_of(const uint4& words, float* numbers) {
  T values[16 / sizeof(T)];
  memcpy(static_cast<void*>(values), &words, sizeof words);
#pragma unroll
  for (std::size_t i = 0; i < 16 / sizeof(T); ++i) numbers[i] = to_f32(values[i]);
}
// The word of two numbers, which one instruction rounds.
template <class T>
__device__ __forceinline__ unsigned word_of(float low, float high) {
  unsigned word;
  if constexpr (std::is_same_v<T, __half>) {
    const __half2 pair = __floats2half2_rn(low, high);
    memcpy(&word, &pair, sizeof word);
  } else {
    const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
    memcpy(&word, &pair, sizeof word);
  }
  return word;
}
template <class T>
__device__ __forceinline__ uint4 words_of(const float* x) {
  if constexpr (std::is_same_v<T, float>)
    return {__float_as_uint(x[0]), __float_as_uint(x[1]), __float_as_uint(x[2]),
            __float_as_uint(x[3])};
  else
    return {word_of<T>(x[0], x[1]), word_of<T>(x[2], x[3]), word_of<T>(x[4], x[5]),
            word_of<T>(x[6], x[7])};
}

// A sector is 32 bytes of memory, of which an access takes 16. So that no access takes half a
// sector, two lanes take both halves of the even one's sector, then of the odd one's, and exchange
// those that are not theirs: this returns a lane's own. Called by whole warps.
struct Sector {
  uint4 low, high;
};
__device__ __forceinline__ Sector own_sector(bool odd, const uint4& of_even, const uint4& of_odd) {
  const uint4 other = of_other_lane(either(odd, of_even, of_odd));
  return {either(odd, other, of_even), either(odd, of_odd, other)};
}

// `from`, that of the lane's own stretch, is aligned to 16 bytes. Called by whole warps.
template <class T>
__device__ __forceinline__ void load_stretch(const T* from, float (&stretch)[kStretch]) {
  constexpr int kEach = 16 / sizeof(T);
  const bool odd = threadIdx.x % 2 == 1;
  const T* const half = from - (odd ? kStretch - kEach : 0);  // in the stretch of the even lane
#pragma unroll
  for (int i = 0; i < kStretch; i += 2 * kEach) {
    const uint4 of_even = ptx::ld_stream_128(half + i),
                of_odd = ptx::ld_stream_128(half + kStretch + i);
    const Sector own = own_sector(odd, of_even, of_odd);
    numbers_of<T>(own.low, stretch + i);
    numbers_of<T>(own.high, stretch + i + kEach);
  }
}

// Stores a stretch in the same way.
template <class T>
__device__ __forceinline__ void store_stretch(const float (&stretch)[kStretch], T* to) {
  constexpr int kEach = 16 / sizeof(T);
  const bool odd = threadIdx.x % 2 == 1;
  T* const half = to - (odd ? kStretch - kEach : 0);
#pragma unroll
  for (int i = 0; i < kStretch; i += 2 * kEach) {
    const uint4 first = words_of<T>(stretch + i), second = words_of<T>(stretch + i + kEach);
    const Sector whole = own_sector(odd, first, second);
    ptx::st_128(half + i, whole.low);
    ptx::st_128(half + kStretch + i, whole.high);
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
