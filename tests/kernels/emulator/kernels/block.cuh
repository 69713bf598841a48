// SPDX-License-Identifier: Apache-2.0
// A block together: a sum, predicates at the barrier, a transposition of ragged tiles.
#pragma once

#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

// out[b] = the sum of block b's part of `in`; the tree does not depend on the order of threads.
__global__ void block_sum(const float* in, float* out, int n) {
  QBENCH_SHARED(float[32], warps);
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  float sum = i < n ? in[i] : 0.0f;
  for (int d = 16; d > 0; d /= 2) sum = __fadd_rn(sum, __shfl_xor_sync(0xffffffff, sum, d));
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x >= 32) return;
  sum = threadIdx.x < blockDim.x / 32 ? warps[threadIdx.x] : 0.0f;
  for (int d = 16; d > 0; d /= 2) sum = __fadd_rn(sum, __shfl_xor_sync(0xffffffff, sum, d));
  if (threadIdx.x == 0) out[blockIdx.x] = sum;
}

inline bool block_sum_right(Device& device) {
  constexpr int kN = 1000, kThreads = 256, kBlocks = (kN + kThreads - 1) / kThreads;
  std::vector<float> values(kN);
  for (int i = 0; i < kN; ++i) values[i] = static_cast<float>(i % 37 - 11);
  const DeviceBuffer<float> in(device, values), out(device, kBlocks);
  launch(device, {.grid = {kBlocks}, .block = {kThreads}}, block_sum, in.data(), out.data(), kN);
  std::vector<float> expected(kBlocks);
  for (int i = 0; i < kN; ++i) expected[i / kThreads] += values[i];
  return out.to_host() == expected;
}

__global__ void predicates(int* out) {
  const int i = static_cast<int>(threadIdx.x);
  const int count = __syncthreads_count(i % 5 == 0);
  const int all = __syncthreads_and(i < 99);
  const int some = __syncthreads_or(i == 99);
  if (i == 70) {
    out[0] = count;
    out[1] = all != 0;
    out[2] = some != 0;
  }
}

inline bool predicates_right(Device& device) {
  const DeviceBuffer<int> out(device, 3);
  launch(device, {.block = {100}}, predicates, out.data());
  return out.to_host() == std::vector<int>{20, 0, 1};
}

constexpr int kTile = 16;

__global__ void transpose(const int* in, int* out, int rows, int columns) {
  QBENCH_SHARED(int[kTile][kTile + 1], tile);
  const int x = static_cast<int>(threadIdx.x), y = static_cast<int>(threadIdx.y);
  const int column0 = static_cast<int>(blockIdx.x) * kTile,
            row0 = static_cast<int>(blockIdx.y) * kTile;
  if (row0 + y < rows && column0 + x < columns) tile[y][x] = in[(row0 + y) * columns + column0 + x];
  __syncthreads();
  if (column0 + y < columns && row0 + x < rows) out[(column0 + y) * rows + row0 + x] = tile[x][y];
}

inline bool transpose_right(Device& device) {
  constexpr int kRows = 35, kColumns = 50;
  std::vector<int> values(kRows * kColumns), expected(kRows * kColumns);
  for (int r = 0; r < kRows; ++r)
    for (int c = 0; c < kColumns; ++c)
      expected[c * kRows + r] = values[r * kColumns + c] = 1000 * r + c;
  const DeviceBuffer<int> in(device, values), out(device, values.size());
  launch(device,
         {.grid = {(kColumns + kTile - 1) / kTile, (kRows + kTile - 1) / kTile},
          .block = {kTile, kTile}},
         transpose, in.data(), out.data(), kRows, kColumns);
  return out.to_host() == expected;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
