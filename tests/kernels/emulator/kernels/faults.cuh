// SPDX-License-Identifier: Apache-2.0
// Planted bugs: kernels that break one rule each.
#pragma once

#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

// out[t] = in[t with its lowest and highest bit turned], through shared memory.
__global__ void neighbours_without_barrier(const int* in, int* out) {
  QBENCH_SHARED(int[64], tile);
  tile[threadIdx.x] = in[threadIdx.x];
  out[threadIdx.x] = tile[threadIdx.x ^ 33];
}

inline bool missing_barrier(Device& device) {
  std::vector<int> values(64), expected(64);
  for (int i = 0; i < 64; ++i) expected[i ^ 33] = values[i] = 3 * i;
  const DeviceBuffer<int> in(device, values), out(device, 64);
  launch(device, {.block = {64}}, neighbours_without_barrier, in.data(), out.data());
  return out.to_host() == expected;
}

__global__ void barriers_in_branches() {
  if (threadIdx.x < 32) {
    __syncthreads();
  } else {
    __syncthreads();
  }
}
inline bool divergent_barrier(Device& device) {
  launch(device, {.block = {64}}, barriers_in_branches);
  return true;
}

__global__ void half_leaves_before_barrier() {
  if (threadIdx.x < 32) return;
  __syncthreads();
}
inline bool exit_before_barrier(Device& device) {
  launch(device, {.block = {64}}, half_leaves_before_barrier);
  return true;
}

__global__ void shuffles_with_mask(int* out, unsigned mask_of_low, unsigned mask_of_high) {
  const unsigned mask = threadIdx.x < 16 ? mask_of_low : mask_of_high;
  out[threadIdx.x] = __shfl_xor_sync(mask, static_cast<int>(threadIdx.x), 1);
}
inline bool own_lane_not_in_mask(Device& device) {
  const DeviceBuffer<int> out(device, 32);
  launch(device, {.block = {32}}, shuffles_with_mask, out.data(), 0xffffu, 0xffffu);
  return true;
}
inline bool different_masks(Device& device) {
  const DeviceBuffer<int> out(device, 32);
  launch(device, {.block = {32}}, shuffles_with_mask, out.data(), 0xffffffffu, 0xffff8000u);
  return true;
}

__global__ void lane_leaves_before_shuffle(int* out) {
  if (threadIdx.x == 31) return;
  out[threadIdx.x] = __shfl_xor_sync(0xffffffff, static_cast<int>(threadIdx.x), 1);
}
inline bool exited_lane_in_mask(Device& device) {
  const DeviceBuffer<int> out(device, 32);
  launch(device, {.block = {32}}, lane_leaves_before_shuffle, out.data());
  return true;
}

__global__ void shuffles_in_branches(int* out) {
  const int lane = static_cast<int>(threadIdx.x);
  if (lane % 2) {
    out[lane] = __shfl_xor_sync(0xffffffff, lane, 1);
  } else {
    out[lane] = __shfl_xor_sync(0xffffffff, -lane, 1);
  }
}
inline bool divergent_shuffles(Device& device) {
  const DeviceBuffer<int> out(device, 32);
  launch(device, {.block = {32}}, shuffles_in_branches, out.data());
  return true;
}

// Lane 15 takes a value from lane 16, which takes no part.
__global__ void shuffles_beyond_mask(int* out) {
  if (threadIdx.x < 16)
    out[threadIdx.x] = __shfl_down_sync(0xffff, static_cast<int>(threadIdx.x), 1);
}
inline bool inactive_source_lane(Device& device) {
  const DeviceBuffer<int> out(device, 16);
  launch(device, {.block = {32}}, shuffles_beyond_mask, out.data());
  return out.to_host()[15] == 15;
}

// Half of a warp waits for the other half, which waits for the block.
__global__ void waits_for_each_other() {
  if (threadIdx.x < 16) __syncwarp();
  __syncthreads();
}
inline bool deadlock(Device& device) {
  launch(device, {.block = {32}}, waits_for_each_other);
  return true;
}

__global__ void writes_beyond_shared(int n) {
  QBENCH_SHARED(int[10], tile);
  volatile int* p = tile;
  p[n] = 1;
}
inline bool shared_overflow(Device& device) {
  launch(device, {}, writes_beyond_shared, 11);
  return true;
}

__global__ void writes_dynamic_shared(int n) {
  QBENCH_DYNAMIC_SHARED(memory);
  volatile unsigned char* p = memory;
  p[n] = 1;
}
inline bool dynamic_shared_overflow(Device& device) {
  launch(device, {.shared_bytes = 20}, writes_dynamic_shared, 20);
  return true;
}
inline bool too_much_shared(Device& device) {
  launch(device, {.shared_bytes = 300 * 1024}, writes_dynamic_shared, 0);
  return true;
}

__global__ void loads_128(const unsigned char* in, uint4* out) { *out = ptx::ld_stream_128(in); }
inline bool misaligned_load(Device& device) {
  const DeviceBuffer<unsigned char> in(device, 64);
  const DeviceBuffer<uint4> out(device, 1);
  launch(device, {}, loads_128, in.data() + 8, out.data());
  return true;
}

// Looks for the largest of 33 values, of which only 32 are set.
__global__ void reads_uninitialized_shared(float* out) {
  QBENCH_SHARED(float[33], values);
  values[threadIdx.x] = static_cast<float>(threadIdx.x);
  __syncthreads();
  float largest = 0;
  for (int i = 0; i < 33; ++i) largest = fmaxf(largest, values[i]);
  out[threadIdx.x] = largest;
}
inline bool uninitialized_shared(Device& device) {
  const DeviceBuffer<float> out(device, 32);
  launch(device, {.block = {32}}, reads_uninitialized_shared, out.data());
  return out.to_host()[0] == 31.0f;
}

inline bool block_too_large(Device& device) {
  launch(device, {.block = {1025}}, barriers_in_branches);
  return true;
}

__global__ void writes_one_too_many(int* out, int n) {
  if (static_cast<int>(threadIdx.x) <= n) out[threadIdx.x] = 1;
}
inline bool global_overflow(Device& device) {
  const DeviceBuffer<int> out(device, 20);
  launch(device, {.block = {32}}, writes_one_too_many, out.data(), 20);
  return true;
}

__global__ void reads_beyond_shared(int* out, int n) {
  QBENCH_SHARED(int[10], tile);
  const int* p = tile;
  tile[0] = 1;
  *out = p[n];
}
inline bool shared_read_overflow(Device& device) {
  const DeviceBuffer<int> out(device, 1);
  launch(device, {}, reads_beyond_shared, out.data(), 10);
  return true;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
