// SPDX-License-Identifier: Apache-2.0
// gemm, the plain rung: y = x W^T for any m, a tile of 16 x 16 outputs a block; a tile of weights
// is decoded into shared memory once for 16 rows of x. Napkin: 2 shared loads a product, so bound
// by shared memory.
#pragma once

#include "kernels/matmul/gemv.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kTile = 16;

// x: m x k; y: m x n. Grid: (tiles of n, tiles of m), block: (16, 16).
template <class Mode, class T>
__global__ void __launch_bounds__(kTile* kTile)
    gemm(const T* __restrict__ x, QuantizedView q, T* __restrict__ y, std::int64_t m) {
  QBENCH_SHARED(float[kTile][kTile + 1], x_tile);
  QBENCH_SHARED(float[kTile][kTile + 1], w_tile);
  const int tx = threadIdx.x, ty = threadIdx.y;
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.y) * kTile + ty;
  const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * kTile + tx;
  const std::int64_t w_row = static_cast<std::int64_t>(blockIdx.x) * kTile + ty;
  float sum = 0;
  for (std::int64_t first = 0; first < q.cols; first += kTile) {
    const std::int64_t i = first + tx;
    x_tile[ty][tx] = row < m && i < q.cols ? to_f32(x[row * q.cols + i]) : 0.0f;
    w_tile[ty][tx] = w_row < q.rows && i < q.cols ? weight_at<Mode>(q, w_row * q.cols + i) : 0.0f;
    __syncthreads();
#pragma unroll
    for (int j = 0; j < kTile; ++j) sum = __fmaf_rn(x_tile[ty][j], w_tile[tx][j], sum);
    __syncthreads();
  }
  if (row < m && column < q.rows) y[row * q.rows + column] = from_f32<T>(sum);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
