// SPDX-License-Identifier: Apache-2.0
// dequantize with wide accesses: a thread decodes 16 weights of one group from 8 bytes of codes.
// Napkin: 7 instructions a weight (3 for the address of its value, the load, the product, half a
// conversion, a store and its exchange), one load from shared memory: bound by memory.
#pragma once

#include "kernels/formats/of.cuh"
#include "kernels/formats/wide.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// The group of a stretch of weights of the flattened matrix. `aligned`: groups are stretches of
// block_size weights of it, which spares a division.
template <class Mode>
__device__ __forceinline__ std::int64_t group_of_stretch(const QuantizedView& q, std::int64_t first,
                                                         bool aligned) {
  return aligned ? first >> log2_of(q.block_size) : Mode::Groups::of(q, first);
}

// The 16 weights of two words of codes.
template <class Mode>
__device__ __forceinline__ void decode_stretch(const float (&values)[16][32], uint2 codes,
                                               GroupScale scale, float (&stretch)[kStretch]) {
#pragma unroll
  for (int i = 0; i < kStretch; ++i) {
    const unsigned word = i < 8 ? codes.x : codes.y;
    const int nibble = Mode::kHighFirst ? i % 8 ^ 1 : i % 8;
    const unsigned row = nibble < 2 ? word << (7 - 4 * nibble) : word >> (4 * nibble - 7);
    const unsigned char* const at = reinterpret_cast<const unsigned char*>(&values[0][0]) +
                                    ((row & 0x780) | threadIdx.x % 32 * 4);
    profile_shared(at, 4);
    stretch[i] = Mode::weight(*reinterpret_cast<const float*>(at), scale);
  }
}

// out: the weights of the range, whose first one begins a stretch. Each stretch must lie in one
// group: k is a multiple of 16 where groups are along k. Grid: a block kWideChunks chunks.
template <class Mode, class T>
__global__ void __launch_bounds__(kWideThreads, kWideBlocks)
    dequantize_wide(QuantizedView q, T* __restrict__ out, WeightRange range, bool aligned) {
  // Value c of lane l, at 128 c + 4 l: each lane reads its own bank.
  QBENCH_SHARED(float[16][32], values);
  for (unsigned code = threadIdx.x / 32; code < 16; code += kWideThreads / 32)
    values[code][threadIdx.x % 32] = Mode::value(code);
  __syncthreads();
  const auto whole = [&](bool all_aligned) {
    return [&, all_aligned](std::int64_t first) {
      float stretch[kStretch];
      decode_stretch<Mode>(values, *reinterpret_cast<const uint2*>(q.codes + first / 2),
                           Mode::group(q, group_of_stretch<Mode>(q, first, all_aligned)), stretch);
      store_stretch(stretch, out + (first - range.first));
    };
  };
  const auto short_one = [&](std::int64_t first) {
    for (std::int64_t i = first; i < min(first + kStretch, range.past); ++i) {
      const unsigned codes = q.codes[i / 2];
      const unsigned code = (i % 2 == 0) == Mode::kHighFirst ? codes >> 4 : codes & 15;
      out[i - range.first] = from_f32<T>(decode<Mode>(q, Mode::Groups::of(q, i), code));
    }
  };
  // Two loops: in a single one the compiler keeps the division that only unaligned groups need.
  if (aligned)
    for_stretches(range, whole(true), short_one);
  else
    for_stretches(range, whole(false), short_one);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
