// SPDX-License-Identifier: Apache-2.0
// Scales that are means of magnitudes: of all of a group, or of those above a threshold
// (TernaryMeans). A warp a group, each pass over it in the reference's order.
#pragma once

#include "kernels/quantize/quantize.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// Sums are of pieces in 8 lanes, then of the pieces of a part, then of parts, all in double.
constexpr int kSumLanes = 8, kSumPiece = 1024, kSumPart = 65536;

struct MagnitudeSum {
  double sum = 0;
  std::int64_t count = 0;
  __device__ void add(double more, std::int64_t counted) {
    sum = __dadd_rn(sum, more);
    count += counted;
  }
};

// The magnitudes of weights begin .. end - 1, at most a piece, that are above a number. Every 8
// lanes take a piece of their own, and all of them have its sum.
template <class Mode, class T>
__device__ __forceinline__ MagnitudeSum sum_of_piece(const T* weights, std::int64_t begin,
                                                     std::int64_t end, float above) {
  MagnitudeSum piece;
  for (std::int64_t i = begin + threadIdx.x % kSumLanes; i < end; i += kSumLanes) {
    const float magnitude = fabsf(Mode::as_taken(to_f32(weights[i])));
    if (magnitude > above) piece.add(static_cast<double>(magnitude), 1);
  }
  for (int lanes = kSumLanes / 2; lanes > 0; lanes /= 2)
    piece.add(__shfl_xor_sync(0xffffffff, piece.sum, lanes),
              __shfl_xor_sync(0xffffffff, piece.count, lanes));
  return piece;
}

// The magnitudes of a group that are above a number; NaN is not. It is called by whole warps, whose
// lanes all have the result.
template <class Mode, class T>
__device__ MagnitudeSum sum_above(const T* weights, std::int64_t begin, std::int64_t end,
                                  float above) {
  MagnitudeSum all;
  for (std::int64_t at = begin; at < end; at += kSumPart) {
    const std::int64_t part_end = min(at + kSumPart, end);
    MagnitudeSum part;
    for (std::int64_t first = at; first < part_end; first += 32 / kSumLanes * kSumPiece) {
      const std::int64_t own = first + threadIdx.x % 32 / kSumLanes * kSumPiece;
      const MagnitudeSum piece =
          sum_of_piece<Mode>(weights, own, min(own + kSumPiece, part_end), above);
      for (int lane = 0; lane < 32; lane += kSumLanes)
        part.add(__shfl_sync(0xffffffff, piece.sum, lane),
                 __shfl_sync(0xffffffff, piece.count, lane));
    }
    all.add(part.sum, part.count);
  }
  return all;
}

__device__ __forceinline__ float mean_of(double sum, std::int64_t count) {
  return count == 0 ? 0.0f : __double2float_rn(__ddiv_rn(sum, static_cast<double>(count)));
}

template <class Mode, class T>
__device__ float mean_above(const T* weights, std::int64_t begin, std::int64_t end, float above) {
  const MagnitudeSum found = sum_above<Mode>(weights, begin, end, above);
  return mean_of(found.sum, found.count);
}

// Grid: a warp a group. `aside`: room for one f32 a group.
template <class Mode, class T>
__global__ void __launch_bounds__(kQuantizeThreads)
    find_mean_scales(const T* __restrict__ weights, QuantizedView q, float* aside,
                     std::int64_t groups) {
  const std::int64_t g =
      static_cast<std::int64_t>(blockIdx.x) * (kQuantizeThreads / 32) + threadIdx.x / 32;
  if (g >= groups) return;  // whole warps leave
  const std::int64_t begin = Mode::Groups::begin(q, g), end = Mode::Groups::end(q, g);
  const float mean = mean_of(sum_above<Mode>(weights, begin, end, -1).sum, end - begin);
  float scale = fmaxf(mean, Mode::kLeast), threshold = 0;
  if constexpr (Mode::kTernaryMeans) {
    threshold = __fmul_rn(Mode::kMeanThreshold, mean);
    scale = mean_above<Mode>(weights, begin, end, threshold);
    for (int i = 0; i < Mode::kRefinements && threshold != __fmul_rn(scale, 0.5f); ++i) {
      threshold = __fmul_rn(scale, 0.5f);
      scale = mean_above<Mode>(weights, begin, end, threshold);
    }
  }
  if (threadIdx.x % 32 == 0) Mode::store(q, aside, g, scale, threshold > 0 ? threshold : 1.0f);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
