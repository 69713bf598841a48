// SPDX-License-Identifier: Apache-2.0
// quantize, the plain rung: a warp a group finds its scale, then a thread a byte finds its codes;
// -dq's scales in between or after. Several launches, no word from the host between them. Napkin:
// reads the weights twice and writes the codes, 8.5 bytes a weight of f32: bound by memory.
#pragma once

#include "kernels/formats/of.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kQuantizeThreads = 256;

// Grid: a warp a group. `aside`: room for one f32 a group.
template <class Mode, class T>
__global__ void __launch_bounds__(kQuantizeThreads)
    find_scales(const T* __restrict__ weights, QuantizedView q, float* aside, std::int64_t groups) {
  const std::int64_t g =
      static_cast<std::int64_t>(blockIdx.x) * (kQuantizeThreads / 32) + threadIdx.x / 32;
  if (g >= groups) return;  // whole warps leave
  const std::int64_t end = Mode::Groups::end(q, g);
  GroupStatistic statistic;
  for (std::int64_t i = Mode::Groups::begin(q, g) + threadIdx.x % 32; i < end; i += 32)
    statistic.add(Mode::as_taken(to_f32(weights[i])));
  statistic.reduce();
  if (threadIdx.x % 32 == 0) Mode::store(q, aside, g, statistic);
}

// Grid: a thread a byte of codes. The last nibble of an odd count is the code of a 0.
template <class Mode, class T>
__global__ void __launch_bounds__(kQuantizeThreads)
    find_codes(const T* __restrict__ weights, QuantizedView q, const float* aside,
               std::int64_t bytes) {
  const std::int64_t byte = static_cast<std::int64_t>(blockIdx.x) * kQuantizeThreads + threadIdx.x;
  if (byte >= bytes) return;
  const std::int64_t count = q.rows * q.cols;
  const auto code = [&](std::int64_t i) {
    const float w = i < count ? Mode::as_taken(to_f32(weights[i])) : 0.0f;
    return Mode::encode(q, aside, Mode::Groups::of(q, min(i, count - 1)), w);
  };
  if constexpr (Mode::kBits == 8) {
    q.codes[byte] = static_cast<std::uint8_t>(code(byte));
  } else {
    const unsigned first = code(2 * byte), second = code(2 * byte + 1);
    q.codes[byte] =
        static_cast<std::uint8_t>(Mode::kHighFirst ? first << 4 | second : second << 4 | first);
  }
}

// Packs zero points of 4 bits. Grid: a thread a byte.
[[maybe_unused]] static __global__ void __launch_bounds__(kQuantizeThreads)
    store_zero_points(const float* __restrict__ zero, QuantizedView q, std::int64_t groups) {
  const std::int64_t byte = static_cast<std::int64_t>(blockIdx.x) * kQuantizeThreads + threadIdx.x;
  if (2 * byte >= groups) return;
  const auto first = static_cast<unsigned>(zero[2 * byte]);
  const unsigned second = 2 * byte + 1 < groups ? static_cast<unsigned>(zero[2 * byte + 1]) : 0;
  q.zeros[byte] = static_cast<std::uint8_t>(first | second << 4);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
