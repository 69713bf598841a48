// SPDX-License-Identifier: Apache-2.0
// The adapter of a layer, the plain rung: t = x A^T and y + s t B^T around a product in f32, and
// one rounding at the end. Napkin: beside the layer's own product, m r (n + k) products; A and B
// are read once a row of x, from the cache.
#pragma once

#include "kernels/formats/numbers.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kLoraThreads = 128;

// to = from, count numbers. Grid: a thread a number.
template <class T>
__global__ void __launch_bounds__(kLoraThreads)
    widen(const T* __restrict__ from, float* __restrict__ to, std::int64_t count) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kLoraThreads + threadIdx.x;
  if (i < count) to[i] = to_f32(from[i]);
}

// t = x A^T, m x r, of x (m x k) and A (r x k). Grid: a warp an element of t. Lanes add up in a
// fixed order.
template <class T>
__global__ void __launch_bounds__(kLoraThreads)
    lora_down(const T* __restrict__ x, const T* __restrict__ a, float* __restrict__ t,
              std::int64_t m, std::int64_t rank, std::int64_t k) {
  const std::int64_t element =
      static_cast<std::int64_t>(blockIdx.x) * (kLoraThreads / 32) + threadIdx.x / 32;
  if (element >= m * rank) return;  // whole warps leave
  const T* const x_row = x + element / rank * k;
  const T* const a_row = a + element % rank * k;
  float sum = 0;
  for (std::int64_t i = threadIdx.x % 32; i < k; i += 32)
    sum = __fmaf_rn(to_f32(x_row[i]), to_f32(a_row[i]), sum);
  for (int lanes = 16; lanes > 0; lanes /= 2)
    sum = __fadd_rn(sum, __shfl_xor_sync(0xffffffff, sum, lanes));
  if (threadIdx.x % 32 == 0) t[element] = sum;
}

// y = base + scale t B^T, m x n, of base (m x n), t (m x r) and B (n x r). Grid: a thread an
// element of y.
template <class T>
__global__ void __launch_bounds__(kLoraThreads)
    lora_up(const float* __restrict__ base, const float* __restrict__ t, const T* __restrict__ b,
            float scale, T* __restrict__ y, std::int64_t m, std::int64_t n, std::int64_t rank) {
  const std::int64_t element = static_cast<std::int64_t>(blockIdx.x) * kLoraThreads + threadIdx.x;
  if (element >= m * n) return;
  const float* const t_row = t + element / n * rank;
  const T* const b_row = b + element % n * rank;
  float sum = 0;
  for (std::int64_t i = 0; i < rank; ++i) sum = __fmaf_rn(t_row[i], to_f32(b_row[i]), sum);
  y[element] = from_f32<T>(__fmaf_rn(scale, sum, base[element]));
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
