// SPDX-License-Identifier: Apache-2.0
// Scales under outer scales: one of the tensor, or bitsandbytes' double quantization.
#pragma once

#include "kernels/device/quantized_view.h"
#include "kernels/formats/numbers.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kScaleBlock = 256;

// A node of reference::tree_sum: out[node] is the sum of the node's 256 of `count` values as a tree
// of halves. Called by blocks of 256 threads; `lane` is shared.
template <class T>
__device__ __forceinline__ void sum_node(const T* values, double* out, std::int64_t node,
                                         std::int64_t count, double* lane) {
  const std::int64_t i = node * kScaleBlock + threadIdx.x;
  lane[threadIdx.x] = i < count ? static_cast<double>(values[i]) : 0.0;
  for (unsigned half = kScaleBlock / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half)
      lane[threadIdx.x] = __dadd_rn(lane[threadIdx.x], lane[threadIdx.x + half]);
  }
  if (threadIdx.x == 0) out[node] = lane[0];
}

// Grid: a block a node.
template <class T>
__global__ void __launch_bounds__(kScaleBlock)
    sum_tree(const T* __restrict__ values, double* __restrict__ out, std::int64_t count) {
  QBENCH_SHARED(double[kScaleBlock], lane);
  sum_node(values, out, blockIdx.x, count, lane);
}

// The nearest value of the ascending map by midpoints in f32; an exact midpoint goes to the even
// code, NaN to 0.
__device__ __forceinline__ unsigned nearest_scale(const float* map, float x) {
  unsigned code = 0;
  for (unsigned half = 128; half > 0; half /= 2) {
    const unsigned below = code + half - 1;
    const float midpoint = __fmul_rn(__fadd_rn(map[below], map[below + 1]), 0.5f);
    if (x > midpoint || (x == midpoint && below % 2 == 1)) code += half;
  }
  return code;
}

// --- Scales under one scale of the tensor

// The largest of each 256 numbers, and at least 0. Grid: a block of 256 threads for each 256.
[[maybe_unused]] static __global__ void __launch_bounds__(kScaleBlock)
    largest_of_blocks(const float* __restrict__ values, float* __restrict__ out,
                      std::int64_t count) {
  QBENCH_SHARED(float[kScaleBlock], largest);
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kScaleBlock + threadIdx.x;
  largest[threadIdx.x] = i < count ? values[i] : 0.0f;
  for (unsigned half = kScaleBlock / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half)
      largest[threadIdx.x] = fmaxf(largest[threadIdx.x], largest[threadIdx.x + half]);
  }
  if (threadIdx.x == 0) out[blockIdx.x] = largest[0];
}

// Stores the outer scale and every scale, from the statistics and the largest of them. Grid: a
// thread a group.
template <class Mode>
__global__ void __launch_bounds__(kScaleBlock)
    store_under_largest(const float* __restrict__ statistics, const float* __restrict__ largest,
                        QuantizedView q, std::int64_t groups) {
  const std::int64_t g = static_cast<std::int64_t>(blockIdx.x) * kScaleBlock + threadIdx.x;
  if (g >= groups) return;
  const float outer = __fdiv_rn(*largest, Mode::kQmax * Mode::kOuterQmax);
  if (g == 0) *q.outer = outer;
  Mode::Storage::store(q.scales, g, Mode::under_outer(statistics[g], Mode::kQmax, outer));
}

// --- Double quantization: 8-bit codes of the absmax less their mean, 256 to a scale. bitsandbytes'
// map takes them times the reciprocal of their absmax; other codes are scaled so that the absmax
// becomes the largest code.

// `sum` is that of all absmax; the mean is stored too. Grid: a block of 256 threads for each outer
// scale.
template <class Mode>
__global__ void __launch_bounds__(kScaleBlock)
    quantize_scales(const float* __restrict__ absmax, const double* __restrict__ sum,
                    QuantizedView q, std::int64_t count) {
  QBENCH_SHARED(float[kScaleBlock], largest);
  QBENCH_SHARED(float[1], mean);
  if (threadIdx.x == 0) {
    mean[0] = __double2float_rn(__ddiv_rn(*sum, static_cast<double>(count)));
    if (blockIdx.x == 0) *q.offset = mean[0];
  }
  __syncthreads();
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kScaleBlock + threadIdx.x;
  const float rest = i < count ? flushed(__fsub_rn(absmax[i], mean[0])) : 0.0f;
  const bool number = i < count && rest == rest;
  largest[threadIdx.x] = number ? fabsf(rest) : -kLargestFloat;
  for (unsigned half = kScaleBlock / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half)
      largest[threadIdx.x] = fmaxf(largest[threadIdx.x], largest[threadIdx.x + half]);
  }
  __syncthreads();
  if constexpr (Mode::kMapped) {
    const float outer = largest[0];
    if (threadIdx.x == 0) q.outer[blockIdx.x] = outer;
    if (i < count)
      q.scales[i] = static_cast<std::uint8_t>(
          nearest_scale(q.scale_map, __fmul_rn(rest, flushed(__frcp_rn(outer)))));
  } else {
    const float outer = __fdiv_rn(largest[0], Mode::kOuterQmax);
    if (threadIdx.x == 0) q.outer[blockIdx.x] = outer;
    if (i >= count) return;
    const float unflushed = __fsub_rn(absmax[i], mean[0]);
    Mode::Storage::store(q.scales, i, outer == 0 ? unflushed : __fdiv_rn(unflushed, outer));
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
