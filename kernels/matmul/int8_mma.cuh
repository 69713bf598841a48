// SPDX-License-Identifier: Apache-2.0
// LLM.int8() on tensor cores: the s8 products of int8.cuh with the outlier columns beside them, for
// any m. A block takes 16 rows of W and 8 kColumns rows of x; its warps share out k. Napkin: 8
// bytes of each operand a lane for one product of 16 x 8 x 32, so bound by memory for few rows of
// x.
#pragma once

#include "kernels/matmul/int8.cuh"
#include "kernels/tiles/fragments.cuh"
#include "kernels/tiles/pipeline.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kInt8MmaWarps = 8;
constexpr int kInt8MmaStages = 3;
constexpr int kInt8MmaColumns = 4;  // of 8 rows of x, where there are more than 8
constexpr int kInt8MmaShared = kInt8MmaWarps * kInt8MmaStages * kTileBytes;
constexpr int kInt8Segment = 32;  // weights along k of one product

// The index of a row and column in the accumulators of a warp, laid out as [column group][4][lane].
__device__ __forceinline__ int in_parts(int row, int column) {
  return (column / 8 * 4 + row / 8 * 2 + column % 2) * 32 + row % 8 * 4 + column % 8 / 2;
}

// total += the 16 x 128 weights of a tile, up to `left` of them along k, times codes of x^T.
template <int kColumns>
__device__ __forceinline__ void add_int8_tile(const unsigned char* tile, int first_byte,
                                              const std::int8_t* const (&x)[kColumns], int left,
                                              int (&total)[kColumns][4]) {
#pragma unroll
  for (int s = 0; s < kTileRowBytes / kInt8Segment; ++s) {
    // The last segment may be half as long: lanes 2 and 3 of each four then have no codes.
    const bool there = s * kInt8Segment + static_cast<int>(threadIdx.x % 4) * 8 < left;
    if (s * kInt8Segment >= left) continue;
    uint2 w[2] = {};
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const unsigned char* const at =
          tile + (first_byte ^ (s * kInt8Segment)) + i * 8 * kTileRowBytes;
      profile_shared(at, 8);
      if (there) w[i] = *reinterpret_cast<const uint2*>(at);
    }
#pragma unroll
    for (int c = 0; c < kColumns; ++c) {
      uint2 b = {};
      if (there) b = *reinterpret_cast<const uint2*>(x[c] + s * kInt8Segment);
      ptx::mma_m16n8k32_s8(total[c], {w[0].x, w[1].x, w[0].y, w[1].y}, {b.x, b.y});
    }
  }
}

// y: m x n, k a multiple of 16. Grid: (blocks of 16 rows of W, blocks of 8 kColumns rows of x);
// dynamic shared memory: kInt8MmaShared.
template <class Mode, class T, int kColumns>
__global__ void __launch_bounds__(32 * kInt8MmaWarps)
    int8_mma(Int8View a, QuantizedView q, T* __restrict__ y) {
  QBENCH_DYNAMIC_SHARED(shared);
  constexpr int kStep = kInt8MmaWarps * kTileRowBytes, kPart = kColumns * 4 * 32;
  const int warp = warp_of(threadIdx.x);
  const int lane = threadIdx.x % 32, cols = static_cast<int>(q.cols);
  const std::int64_t first_row = static_cast<std::int64_t>(blockIdx.x) * kTileRows;
  const std::int64_t first_column = static_cast<std::int64_t>(blockIdx.y) * (8 * kColumns);
  const Pipeline<kInt8MmaStages, kTileBytes> pipeline(shared + warp * kInt8MmaStages * kTileBytes);
  const int first_byte = in_tile<kTileRowBytes>(lane / 4, lane % 4 / 2) + lane % 2 * 8;
  TileCopy<kTileRowBytes> codes(q, first_row, cols, warp * kTileRowBytes);
  const std::int8_t* x[kColumns];
  for (int c = 0; c < kColumns; ++c)
    x[c] = a.codes + min(first_column + 8 * c + lane / 4, a.m - 1) * a.k + warp * kTileRowBytes +
           lane % 4 * 8;
  int total[kColumns][4] = {};

  const auto copy = [&](unsigned char* stage) { codes.issue(stage, kStep); };
  for (int i = 0; i < kInt8MmaStages - 1; ++i) pipeline.issue(pipeline.stage(i), copy);
  for (int i = 0; i * kStep < cols; ++i) {
    pipeline.wait();
    __syncwarp();
    pipeline.issue(pipeline.stage(i + kInt8MmaStages - 1), copy);
    const int left = cols - i * kStep - warp * kTileRowBytes;
    add_int8_tile(pipeline.stage(i), first_byte, x, left, total);
    for (int c = 0; c < kColumns; ++c) x[c] += kStep;
  }
  pipeline.drain();

  int* const parts = reinterpret_cast<int*>(shared);
  __syncthreads();  // the tiles have been read
  for (int c = 0; c < kColumns; ++c)
    for (int j = 0; j < 4; ++j) parts[warp * kPart + (4 * c + j) * 32 + lane] = total[c][j];
  __syncthreads();
  for (int i = threadIdx.x; i < kTileRows * 8 * kColumns; i += blockDim.x) {
    const std::int64_t row = first_row + i % kTileRows, column = first_column + i / kTileRows;
    if (row >= q.rows || column >= a.m) continue;
    int sum = 0;
    for (int w = 0; w < kInt8MmaWarps; ++w)
      sum += parts[w * kPart + in_parts(i % kTileRows, i / kTileRows)];
    y[column * q.rows + row] = from_f32<T>(with_outliers<Mode>(a, q, column, row, sum));
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
