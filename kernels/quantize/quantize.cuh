// SPDX-License-Identifier: Apache-2.0
// quantize, the plain rung: a warp a group finds its scale, then a thread a unit of codes
// (packing.cuh) finds those; -dq's scales in between or after. Several launches, no word from the
// host between them. Napkin: reads the weights twice and writes the codes, 8.5 bytes a weight of
// f32: bound by memory.
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
  GroupStatistic statistic;
  for_group<typename Mode::Groups>(
      q, g, static_cast<int>(threadIdx.x % 32), 32,
      [&](std::int64_t i) { statistic.add(Mode::as_taken(to_f32(weights[i]))); });
  statistic.reduce();
  if (threadIdx.x % 32 == 0) Mode::store(q, aside, g, statistic);
}

// Grid: a thread a unit of the `bytes` of codes. The last nibble of an odd count is the code of a
// 0; what fills up the last byte of other widths is 0.
template <class Mode, class T>
__global__ void __launch_bounds__(kQuantizeThreads)
    find_codes(const T* __restrict__ weights, QuantizedView q, const float* aside,
               std::int64_t bytes) {
  const std::int64_t unit = static_cast<std::int64_t>(blockIdx.x) * kQuantizeThreads + threadIdx.x;
  if (unit * Mode::CodeUnit::kBytes >= bytes) return;
  const std::int64_t count = q.rows * q.cols;
  const auto code = [&](std::int64_t i) -> unsigned {
    if constexpr (Mode::CodeUnit::kCodes > 2)
      if (i >= count) return 0;
    const float w = i < count ? Mode::as_taken(to_f32(weights[i])) : 0.0f;
    return Mode::encode(q, aside, Mode::Groups::of(q, min(i, count - 1)), w);
  };
  pack_unit<Mode::kBits, Mode::kPacking>(q.codes, unit, bytes, code);
}

// Packs zero points that are integers. Grid: a thread a unit.
template <int kBits>
__global__ void __launch_bounds__(kQuantizeThreads)
    store_zero_points(const float* __restrict__ zero, QuantizedView q, std::int64_t groups) {
  const std::int64_t unit = static_cast<std::int64_t>(blockIdx.x) * kQuantizeThreads + threadIdx.x;
  if (unit * Unit<kBits, Packing::low_first>::kCodes >= groups) return;
  pack_unit<kBits, Packing::low_first>(
      q.zeros, unit, (groups * kBits + 7) / 8,
      [&](std::int64_t g) { return g < groups ? static_cast<unsigned>(zero[g]) : 0; });
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
