// SPDX-License-Identifier: Apache-2.0
// cp.async in stages, and what goes wrong with it.
#pragma once

#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kStages = 3, kStageThreads = 64, kStageInts = kStageThreads * 4;

enum class Pipeline { right, waits_for_too_few, no_barrier_after_use };

// out[t] = the sum over all tiles of what the other warp's thread loaded.
template <Pipeline variant>
__global__ void pipeline(const int* in, int* out, int n) {
  QBENCH_DYNAMIC_SHARED(memory);
  int* const stages = reinterpret_cast<int*>(memory);
  const int thread = static_cast<int>(threadIdx.x);
  const int tiles = (n + kStageInts - 1) / kStageInts;
  const auto load = [&](int tile) {
    const int at = tile * kStageInts + thread * 4;
    const int valid = at >= n ? 0 : n - at >= 4 ? 4 : n - at;
    if (tile < tiles)
      ptx::cp_async_16_zfill(stages + tile % kStages * kStageInts + thread * 4,
                             in + (valid ? at : 0), 4 * valid);
    ptx::cp_async_commit();
  };
  for (int tile = 0; tile < kStages - 1; ++tile) load(tile);
  unsigned sum = 0;
  for (int tile = 0; tile < tiles; ++tile) {
    constexpr int kPending = variant == Pipeline::waits_for_too_few ? kStages - 1 : kStages - 2;
    ptx::cp_async_wait<kPending>();
    __syncthreads();
    if (variant != Pipeline::no_barrier_after_use) load(tile + kStages - 1);
    const int* stage = stages + tile % kStages * kStageInts;
    for (int i = 0; i < 4; ++i) sum += static_cast<unsigned>(stage[(thread ^ 32) * 4 + i]);
    if (variant == Pipeline::no_barrier_after_use) load(tile + kStages);  // into the stage in use
  }
  out[thread] = static_cast<int>(sum);
  ptx::cp_async_wait<0>();
}

template <Pipeline variant>
bool pipeline_is_right(Device& device) {
  constexpr int kN = 5 * kStageInts + 37;
  std::vector<int> values(kN), expected(kStageThreads);
  for (int i = 0; i < kN; ++i) {
    values[i] = i * 31 % 101;
    expected[(i % kStageInts / 4) ^ 32] += values[i];
  }
  const DeviceBuffer<int> in(device, values), out(device, kStageThreads);
  launch(device, {.block = {kStageThreads}, .shared_bytes = kStages * kStageInts * sizeof(int)},
         pipeline<variant>, in.data(), out.data(), kN);
  return out.to_host() == expected;
}

inline bool pipeline_right(Device& device) { return pipeline_is_right<Pipeline::right>(device); }
inline bool stage_read_early(Device& device) {
  return pipeline_is_right<Pipeline::waits_for_too_few>(device);
}
inline bool stage_overwritten(Device& device) {
  return pipeline_is_right<Pipeline::no_barrier_after_use>(device);
}

__global__ void copies_not_waited_for(const int* in) {
  QBENCH_SHARED(int[4], tile);
  ptx::cp_async_16(tile, in);
  ptx::cp_async_commit();
}

inline bool copy_not_waited_for(Device& device) {
  const DeviceBuffer<int> in(device, 4);
  launch(device, {}, copies_not_waited_for, in.data());
  return true;
}

// The target already holds what the copy will bring: only the poison shows that it is read early.
__global__ void reads_before_wait(const int* in, int* out) {
  QBENCH_SHARED(int[4], tile);
  for (int i = 0; i < 4; ++i) tile[i] = in[i];
  ptx::cp_async_16(tile, in);
  ptx::cp_async_commit();
  *out = tile[3];
  ptx::cp_async_wait<0>();
}

inline bool copy_read_early(Device& device) {
  const DeviceBuffer<int> in(device, std::vector<int>{1, 2, 3, 4}), out(device, 1);
  launch(device, {}, reads_before_wait, in.data(), out.data());
  return out.to_host()[0] == 4;
}

__global__ void copies_beyond_shared(const int* in) {
  QBENCH_DYNAMIC_SHARED(memory);
  ptx::cp_async_16(memory + 32, in);
  ptx::cp_async_wait<0>();
}

inline bool copy_beyond_shared(Device& device) {
  const DeviceBuffer<int> in(device, 4);
  launch(device, {.shared_bytes = 32}, copies_beyond_shared, in.data());
  return true;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
