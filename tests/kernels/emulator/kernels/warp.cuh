// SPDX-License-Identifier: Apache-2.0
// Warp primitives: every kind of shuffle at every width, votes, reductions, partial masks.
#pragma once

#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr unsigned kAllLanes = 0xffffffff;
constexpr int kShuffleKinds = 4;

__global__ void shuffles(int* out, int argument, int width) {
  const int lane = static_cast<int>(threadIdx.x), value = 100 + lane;
  out[lane] = __shfl_sync(kAllLanes, value, argument, width);
  out[32 + lane] = __shfl_up_sync(kAllLanes, value, static_cast<unsigned>(argument), width);
  out[64 + lane] = __shfl_down_sync(kAllLanes, value, static_cast<unsigned>(argument), width);
  out[96 + lane] = __shfl_xor_sync(kAllLanes, value, argument, width);
}

inline int expected_shuffle(int kind, int lane, int argument, int width) {
  const int first = lane / width * width, last = first + width - 1;
  if (kind == 0) return 100 + first + argument % width;
  if (kind == 1) return 100 + (lane - argument < first ? lane : lane - argument);
  if (kind == 2) return 100 + (lane + argument > last ? lane : lane + argument);
  return 100 + ((lane ^ argument) > last ? lane : lane ^ argument);
}

inline bool shuffles_right(Device& device) {
  const DeviceBuffer<int> out(device, kShuffleKinds * 32);
  bool right = true;
  for (int width = 1; width <= 32; width *= 2)
    for (int argument = 0; argument < 32; ++argument) {
      launch(device, {.block = {32}}, shuffles, out.data(), argument, width);
      const std::vector<int> got = out.to_host();
      for (int i = 0; i < kShuffleKinds * 32; ++i)
        right &= got[i] == expected_shuffle(i / 32, i % 32, argument, width);
    }
  return right;
}

// Odd and even lanes shuffle apart from each other, 8 bytes wide.
__global__ void partial_masks(double* out) {
  const int lane = static_cast<int>(threadIdx.x);
  if (lane % 2) {
    out[lane] = __shfl_xor_sync(0xaaaaaaaa, lane + 0.5, 2);
  } else {
    out[lane] = __shfl_down_sync(0x55555555, lane + 0.25, 4);
  }
}

inline bool partial_masks_right(Device& device) {
  const DeviceBuffer<double> out(device, 32);
  launch(device, {.block = {32}}, partial_masks, out.data());
  const std::vector<double> got = out.to_host();
  bool right = true;
  for (int lane = 0; lane < 32; ++lane)
    right &= got[lane] == (lane % 2 ? (lane ^ 2) + 0.5 : (lane + 4 < 32 ? lane + 4 : lane) + 0.25);
  return right;
}

// A block of 48 threads: its second warp has 16 lanes.
__global__ void votes(unsigned* out) {
  const unsigned i = threadIdx.x, mask = i < 32 ? kAllLanes : 0xffff;
  out[i] = __ballot_sync(mask, i % 3 == 0);
  out[48 + i] = static_cast<unsigned>(__any_sync(mask, i == 40));
  out[96 + i] = static_cast<unsigned>(__all_sync(mask, i < 47));
  out[144 + i] = __match_any_sync(mask, i % 4);
}

inline bool votes_right(Device& device) {
  const DeviceBuffer<unsigned> out(device, 4 * 48);
  launch(device, {.block = {48}}, votes, out.data());
  const std::vector<unsigned> got = out.to_host();
  bool right = true;
  for (unsigned i = 0; i < 48; ++i) {
    const unsigned first = i / 32 * 32, end = i < 32 ? 32 : 48;
    unsigned ballot = 0, match = 0;
    for (unsigned j = first; j < end; ++j) {
      ballot |= static_cast<unsigned>(j % 3 == 0) << (j - first);
      match |= static_cast<unsigned>(j % 4 == i % 4) << (j - first);
    }
    right &= got[i] == ballot && got[48 + i] == (i >= 32) && got[96 + i] == (i < 32) &&
             got[144 + i] == match;
  }
  return right;
}

__global__ void reductions(int* out) {
  const int lane = static_cast<int>(threadIdx.x), value = lane - 7;
  const unsigned bits = 0x80000000u | 1u << lane % 8;
  out[lane] = __reduce_add_sync(kAllLanes, value);
  out[32 + lane] = __reduce_min_sync(kAllLanes, value);
  out[64 + lane] = __reduce_max_sync(kAllLanes, static_cast<unsigned>(value)) == 0xffffffff;
  out[96 + lane] = static_cast<int>(__reduce_or_sync(kAllLanes, bits) & 0xffff);
  out[128 + lane] = __reduce_and_sync(kAllLanes, bits) == 0x80000000;
}

inline bool reductions_right(Device& device) {
  const DeviceBuffer<int> out(device, 5 * 32);
  launch(device, {.block = {32}}, reductions, out.data());
  const std::vector<int> got = out.to_host();
  const int expected[] = {31 * 32 / 2 - 7 * 32, -7, 1, 0xff, 1};
  bool right = true;
  for (int i = 0; i < 5 * 32; ++i) right &= got[i] == expected[i / 32];
  return right;
}

// Each warp permutes its values through shared memory of its own: __syncwarp is enough.
__global__ void warp_exchange(const int* in, int* out) {
  QBENCH_SHARED(int[4][32], values);
  const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32);
  for (int round = 0; round < 3; ++round) {
    values[warp][lane] = in[threadIdx.x] + round;
    __syncwarp();
    out[round * 128 + static_cast<int>(threadIdx.x)] = values[warp][(lane * 5 + 1) % 32];
    __syncwarp();
  }
}

inline bool warp_exchange_right(Device& device) {
  std::vector<int> values(128);
  for (int i = 0; i < 128; ++i) values[i] = 7 * i;
  const DeviceBuffer<int> in(device, values), out(device, 3 * 128);
  launch(device, {.block = {128}}, warp_exchange, in.data(), out.data());
  const std::vector<int> got = out.to_host();
  bool right = true;
  for (int i = 0; i < 3 * 128; ++i)
    right &= got[i] == values[i % 128 / 32 * 32 + (i % 32 * 5 + 1) % 32] + i / 128;
  return right;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
