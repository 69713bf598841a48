// SPDX-License-Identifier: Apache-2.0
// Planted races: right on every schedule of the emulator, or nearly so; ThreadSanitizer sees them.
#pragma once

#include "tests/kernels/emulator/kernels/global.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// A shuffle makes lanes meet, and orders no memory.
__global__ void exchanges_without_syncwarp(int* out) {
  QBENCH_SHARED(int[32], values);
  const int lane = static_cast<int>(threadIdx.x);
  values[lane] = lane;
  const int meet = __shfl_sync(0xffffffff, 0, 0);
  out[lane] = values[lane ^ 1] + meet;
}
inline bool race_in_a_warp(Device& device) {
  const DeviceBuffer<int> out(device, 32);
  launch(device, {.block = {32}}, exchanges_without_syncwarp, out.data());
  return out.to_host()[0] == 1;
}

__global__ void counts_without_atomics(int* count) {
  if (threadIdx.x == 0) ++*count;
}
inline bool race_between_blocks(Device& device) {
  const DeviceBuffer<int> count(device, std::vector<int>{0});
  launch(device, {.grid = {3}, .block = {32}}, counts_without_atomics, count.data());
  return count.to_host()[0] == 3;
}

inline bool ticket_without_fence(Device& device) { return split_sum_is_right<false>(device); }

}  // namespace qbench::QBENCH_SIMT_DEVICE
