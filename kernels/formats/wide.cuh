// SPDX-License-Identifier: Apache-2.0
// Elementwise kernels with accesses of 16 bytes: a thread takes runs of 16 weights, a block
// kWideChunks chunks of them.
#pragma once

#include <cstring>

#include "kernels/formats/numbers.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kRun = 16;                         // weights that a thread takes together
constexpr int kWideThreads = 256;                // of a block
constexpr int kWideChunk = kWideThreads * kRun;  // weights
constexpr int kWideChunks = 4;                   // of a block, one after the other

// Calls whole(first) for this thread's runs in the whole chunks of its block, and short(first) for
// the one in the short chunk at the end of `count` weights, if it is the block's.
template <class Whole, class Short>
__device__ __forceinline__ void for_runs(std::int64_t count, const Whole& whole,
                                         const Short& short_one) {
  const std::int64_t begin = static_cast<std::int64_t>(blockIdx.x) * kWideChunks * kWideChunk;
  const int chunks =
      static_cast<int>(min((count - begin) / kWideChunk, static_cast<std::int64_t>(kWideChunks)));
  std::int64_t first = begin + static_cast<std::int64_t>(threadIdx.x) * kRun;
#pragma unroll 1
  for (int i = 0; i < chunks; ++i, first += kWideChunk) whole(first);
  if (chunks < kWideChunks && count % kWideChunk != 0) short_one(first);
}

// `from` is aligned to 16 bytes.
template <class T>
__device__ __forceinline__ void load_run(const T* from, float (&run)[kRun]) {
  constexpr int kEach = 16 / sizeof(T);
#pragma unroll
  for (int i = 0; i < kRun; i += kEach) {
    const uint4 words = ptx::ld_stream_128(from + i);
    T values[kEach];
    memcpy(static_cast<void*>(values), &words, sizeof words);
#pragma unroll
    for (int j = 0; j < kEach; ++j) run[i + j] = to_f32(values[j]);
  }
}

// `to` is aligned to 16 bytes.
template <class T>
__device__ __forceinline__ void store_run(const float (&run)[kRun], T* to) {
  constexpr int kEach = 16 / sizeof(T);
#pragma unroll
  for (int i = 0; i < kRun; i += kEach) {
    T values[kEach];
#pragma unroll
    for (int j = 0; j < kEach; ++j) values[j] = from_f32<T>(run[i + j]);
    uint4 words;
    memcpy(&words, values, sizeof words);
    profile_global(to + i, 16);
    *reinterpret_cast<uint4*>(to + i) = words;
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
