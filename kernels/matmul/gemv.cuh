// SPDX-License-Identifier: Apache-2.0
// gemv, the plain rung: y = x W^T for m = 1 .. 8, a warp an output feature; weights are decoded in
// registers, -dq included. Napkin: every weight is read once, 0.56 bytes at 4.5 bits; m products
// each.
#pragma once

#include "kernels/formats/of.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kGemvThreads = 128;
constexpr int kGemvRows = 8;  // of x, at most

// Weight i of the flattened matrix.
template <class Mode>
__device__ __forceinline__ float weight_at(const QuantizedView& q, std::int64_t i) {
  const unsigned code = code_at<Mode::kBits, Mode::kPacking>(q.codes, i);
  return decode<Mode>(q, Mode::Groups::of(q, i), code);
}

// x: m x k; y: m x n. Grid: a warp a row of W. Lanes add up in a fixed order: the same bits at
// every run.
template <class Mode, class T>
__global__ void __launch_bounds__(kGemvThreads)
    gemv(const T* __restrict__ x, QuantizedView q, T* __restrict__ y, int m) {
  const std::int64_t row =
      static_cast<std::int64_t>(blockIdx.x) * (kGemvThreads / 32) + threadIdx.x / 32;
  if (row >= q.rows) return;  // whole warps leave
  float sum[kGemvRows] = {};
  for (std::int64_t i = threadIdx.x % 32; i < q.cols; i += 32) {
    const float w = weight_at<Mode>(q, row * q.cols + i);
#pragma unroll
    for (int r = 0; r < kGemvRows; ++r)
      if (r < m) sum[r] = __fmaf_rn(to_f32(x[r * q.cols + i]), w, sum[r]);
  }
#pragma unroll
  for (int r = 0; r < kGemvRows; ++r) {
    for (int lanes = 16; lanes > 0; lanes /= 2)
      sum[r] = __fadd_rn(sum[r], __shfl_xor_sync(0xffffffff, sum[r], lanes));
    if (r < m && threadIdx.x % 32 == 0) y[r * q.rows + row] = from_f32<T>(sum[r]);
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
