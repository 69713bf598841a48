// SPDX-License-Identifier: Apache-2.0
// Blocks together: atomics, a sum split over blocks with a ticket.
#pragma once

#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

__global__ void histogram(const int* in, unsigned* counts, int* largest, int* smallest, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= n) return;
  atomicAdd(&counts[in[i]], 1u);
  atomicOr(&counts[8], 1u << in[i]);
  atomicMax(largest, in[i]);
  atomicMin(smallest, in[i]);
  atomicCAS(&counts[9], 0u, 5u);
  atomicExch(&counts[10], 6u);
  atomicAnd(&counts[11], ~(1u << in[i]));
}

inline bool histogram_right(Device& device) {
  constexpr int kN = 500;
  std::vector<int> values(kN);
  std::vector<unsigned> expected(12);
  for (int i = 0; i < kN; ++i) ++expected[values[i] = i * i % 7];
  for (int i = 0; i < 8; ++i) expected[8] |= static_cast<unsigned>(expected[i] > 0) << i;
  expected[9] = 5;
  expected[10] = 6;
  expected[11] = ~expected[8];
  std::vector<unsigned> start(12);
  start[11] = ~0u;
  const DeviceBuffer<int> in(device, values), ends(device, std::vector<int>{0, 100});
  const DeviceBuffer<unsigned> counts(device, start);
  launch(device, {.grid = {4}, .block = {128}}, histogram, in.data(), counts.data(), ends.data(),
         ends.data() + 1, kN);
  return counts.to_host() == expected && ends.to_host() == std::vector<int>{4, 0};
}

// The sum of n values over all blocks: the last block to finish adds the parts in order.
template <bool fenced>
__global__ void split_sum(const int* in, int* parts, unsigned* ticket, int* out, int n) {
  QBENCH_SHARED(int, sum);
  QBENCH_SHARED(bool, last);
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (threadIdx.x == 0) sum = 0;
  __syncthreads();
  if (i < n) atomicAdd(&sum, in[i]);
  __syncthreads();
  if (threadIdx.x != 0) return;
  parts[blockIdx.x] = sum;
  if (fenced) __threadfence();  // the part before the ticket
  last = atomicAdd(ticket, 1u) == gridDim.x - 1;
  if (fenced) __threadfence();  // the ticket before the others' parts
  if (!last) return;
  int all = 0;
  for (unsigned b = 0; b < gridDim.x; ++b) all += parts[b];
  *out = all;
  *ticket = 0;
}

template <bool fenced>
bool split_sum_is_right(Device& device) {
  constexpr int kN = 900, kBlocks = 15;
  std::vector<int> values(kN);
  int expected = 0;
  for (int i = 0; i < kN; ++i) expected += values[i] = i % 13 - 3;
  const DeviceBuffer<int> in(device, values), parts(device, kBlocks), out(device, 1);
  const DeviceBuffer<unsigned> ticket(device, std::vector<unsigned>{0});
  launch(device, {.grid = {kBlocks}, .block = {64}}, split_sum<fenced>, in.data(), parts.data(),
         ticket.data(), out.data(), kN);
  return out.to_host()[0] == expected && ticket.to_host()[0] == 0;
}
inline bool split_sum_right(Device& device) { return split_sum_is_right<true>(device); }

}  // namespace qbench::QBENCH_SIMT_DEVICE
