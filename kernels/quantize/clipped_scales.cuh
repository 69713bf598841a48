// SPDX-License-Identifier: Apache-2.0
// Scales of clipped groups: a warp a group, a lane a candidate of Clipping. Napkin: 32 divisions a
// weight: bound by arithmetic.
#pragma once

#include "kernels/quantize/quantize.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

static_assert(Clipping::kCandidates == 32);

// The statistic of a range that is `by` times as wide.
__device__ __forceinline__ GroupStatistic shrunk(const GroupStatistic& s, float by) {
  const bool none = s.low > s.high;
  GroupStatistic out;
  out.absmax = __fmul_rn(fmaxf(s.absmax, 0.0f), by);
  out.low = none ? 0.0f : __fmul_rn(fminf(s.low, 0.0f), by);
  out.high = none ? 0.0f : __fmul_rn(fmaxf(s.high, 0.0f), by);
  return out;
}

// The squared error of weights begin .. end - 1, in pieces of 1024; NaN counts as the greatest.
template <class Mode, class T>
__device__ float squared_error(const T* weights, std::int64_t begin, std::int64_t end,
                               GroupScale scale) {
  constexpr int kPiece = 1024;
  float all = 0;
  for (std::int64_t first = begin; first < end; first += kPiece) {
    float piece = 0;
    for (std::int64_t i = first; i < min(first + kPiece, end); ++i) {
      const float w = Mode::as_taken(to_f32(weights[i]));
      if (w != w) continue;
      const float error = __fsub_rn(Mode::round_trip(w, scale), w);
      piece = __fadd_rn(piece, __fmul_rn(error, error));
    }
    all = __fadd_rn(all, piece);
  }
  return all != all ? kLargestFloat : all;
}

// The candidate of the least error of the warp's lanes, the first on ties.
__device__ __forceinline__ int best_candidate(float error) {
  int candidate = static_cast<int>(threadIdx.x % 32);
  for (int lanes = 16; lanes > 0; lanes /= 2) {
    const float other_error = __shfl_xor_sync(0xffffffff, error, lanes);
    const int other = __shfl_xor_sync(0xffffffff, candidate, lanes);
    if (other_error < error || (other_error == error && other < candidate)) {
      error = other_error;
      candidate = other;
    }
  }
  return candidate;
}

// Grid: a warp a group. `aside`: room for one f32 a group.
template <class Mode, class T>
__global__ void __launch_bounds__(kQuantizeThreads)
    find_clipped_scales(const T* __restrict__ weights, QuantizedView q, float* aside,
                        std::int64_t groups) {
  const std::int64_t g =
      static_cast<std::int64_t>(blockIdx.x) * (kQuantizeThreads / 32) + threadIdx.x / 32;
  if (g >= groups) return;  // whole warps leave
  const std::int64_t begin = Mode::Groups::begin(q, g), end = Mode::Groups::end(q, g);
  GroupStatistic whole;
  for (std::int64_t i = begin + threadIdx.x % 32; i < end; i += 32)
    whole.add(Mode::as_taken(to_f32(weights[i])));
  whole.reduce();
  const auto factor = [](int candidate) {
    return __fsub_rn(1.0f, __fdiv_rn(static_cast<float>(candidate), Mode::kClippingGrid));
  };
  const GroupStatistic own = shrunk(whole, factor(static_cast<int>(threadIdx.x % 32)));
  const int best =
      best_candidate(squared_error<Mode>(weights, begin, end, Mode::decoded_with(own)));
  if (threadIdx.x % 32 == 0) Mode::store(q, aside, g, shrunk(whole, factor(best)));
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
