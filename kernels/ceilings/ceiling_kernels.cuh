// SPDX-License-Identifier: Apache-2.0
// Kernels whose speed is a ceiling: memory that is copied or read, and products out of registers.
#pragma once

#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

inline constexpr unsigned kCeilingThreads = 256;
inline constexpr int kInFlight = 4;    // loads of 16 bytes that a thread waits for together
inline constexpr int kChainTiles = 4;  // of A and of B in a warp's registers: 16 chains of sums
inline constexpr int kChainWords = kChainTiles * (4 + 2);  // a thread's registers of A, then of B

// The loads of one step; those beyond `count` are zero.
__device__ inline void load_step(uint4 (&v)[kInFlight], const uint4* from, std::int64_t first,
                                 std::int64_t step, std::int64_t count) {
#pragma unroll
  for (int j = 0; j < kInFlight; ++j)
    v[j] = first + j * step < count ? ptx::ld_stream_128(from + first + j * step) : uint4{};
}

// from, to: count x 16 bytes. Grid: any, threads share the work.
__global__ void __launch_bounds__(kCeilingThreads)
    copy_memory(const uint4* __restrict__ from, uint4* __restrict__ to, std::int64_t count) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  const std::int64_t own = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  for (std::int64_t i = own; i < count; i += kInFlight * step) {
    uint4 v[kInFlight];
    load_step(v, from, i, step, count);
#pragma unroll
    for (int j = 0; j < kInFlight; ++j)
      if (i + j * step < count) to[i + j * step] = v[j];
  }
}

// sums: one a thread, of the words that it has read, modulo 2^32.
__global__ void __launch_bounds__(kCeilingThreads)
    read_memory(const uint4* __restrict__ from, std::uint32_t* __restrict__ sums,
                std::int64_t count) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  const std::int64_t own = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  std::uint32_t sum = 0;
  for (std::int64_t i = own; i < count; i += kInFlight * step) {
    uint4 v[kInFlight];
    load_step(v, from, i, step, count);
#pragma unroll
    for (int j = 0; j < kInFlight; ++j) sum += v[j].x + v[j].y + v[j].z + v[j].w;
  }
  sums[own] = sum;
}

__device__ inline void multiply_tile(float (&d)[4], const uint32_t (&a)[4],
                                     const uint32_t (&b)[2]) {
  ptx::mma_m16n8k16_bf16(d, a, b);
}
__device__ inline void multiply_tile(int (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  ptx::mma_m16n8k32_s8(d, a, b);
}

// A warp adds A_i B_j to sum ij, `iterations` times, with operands that change at every
// instruction. words: kChainWords of each thread of a block; out: 4 of each thread of the grid, the
// sums of all ij.
template <class Number>
__global__ void __launch_bounds__(kCeilingThreads)
    multiply_chains(const std::uint32_t* __restrict__ words, Number* __restrict__ out,
                    int iterations) {
  uint32_t a[kChainTiles][4], b[kChainTiles][2];
  Number d[kChainTiles][kChainTiles][4] = {};
  const std::uint32_t* const own = words + threadIdx.x * kChainWords;
#pragma unroll
  for (int i = 0; i < kChainTiles; ++i) {
    for (int r = 0; r < 4; ++r) a[i][r] = own[4 * i + r];
    for (int r = 0; r < 2; ++r) b[i][r] = own[4 * kChainTiles + 2 * i + r];
  }
  for (int n = 0; n < iterations; ++n)
#pragma unroll
    for (int i = 0; i < kChainTiles; ++i)
#pragma unroll
      for (int j = 0; j < kChainTiles; ++j) multiply_tile(d[i][j], a[i], b[j]);
  Number* const to = out + 4 * (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x);
#pragma unroll
  for (int v = 0; v < 4; ++v) {
    Number sum = 0;
#pragma unroll
    for (int ij = 0; ij < kChainTiles * kChainTiles; ++ij)
      sum += d[ij / kChainTiles][ij % kChainTiles][v];
    to[v] = sum;
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
