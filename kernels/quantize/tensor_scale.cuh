// SPDX-License-Identifier: Apache-2.0
// The one scale of a tensor, in two launches: warps find the statistics of shares of the weights,
// then one warp that of all. Napkin: reads the weights once: bound by memory.
#pragma once

#include <type_traits>

#include "kernels/quantize/quantize.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kShares = 4096;  // warps, at most

// True where a statistic is that of the tensor, which is too long for one warp.
template <class Mode>
constexpr bool kHasOneScale =
    std::is_same_v<typename Mode::Groups, WholeTensor> && !Mode::kMeans && !Mode::kClips;

// Grid: a warp a share.
template <class Mode, class T>
__global__ void __launch_bounds__(kQuantizeThreads)
    find_shares(const T* __restrict__ weights, GroupStatistic* __restrict__ shares,
                std::int64_t count) {
  const std::int64_t warps = static_cast<std::int64_t>(gridDim.x) * (kQuantizeThreads / 32);
  const std::int64_t warp =
      static_cast<std::int64_t>(blockIdx.x) * (kQuantizeThreads / 32) + threadIdx.x / 32;
  GroupStatistic statistic;
  for (std::int64_t i = warp * 32 + threadIdx.x % 32; i < count; i += warps * 32)
    statistic.add(Mode::as_taken(to_f32(weights[i])));
  statistic.reduce();
  if (threadIdx.x % 32 == 0) shares[warp] = statistic;
}

// Grid: a warp.
template <class Mode>
__global__ void __launch_bounds__(32)
    store_scale_of_shares(const GroupStatistic* __restrict__ shares, int count, QuantizedView q,
                          float* aside) {
  GroupStatistic all;
  for (int i = static_cast<int>(threadIdx.x); i < count; i += 32) all.add(shares[i]);
  all.reduce();
  if (threadIdx.x == 0) Mode::store(q, aside, 0, all);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
