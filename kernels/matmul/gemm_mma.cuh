// SPDX-License-Identifier: Apache-2.0
// gemm on tensor cores: y = x W^T for any m. A block takes 128 rows of W, 16 a warp, and 64 rows of
// x, which its warps share. Napkin: a byte of codes is decoded once for 64 rows of x, so 16
// products follow 8 loads from the table: bound by the tensor cores, or by shared memory, which
// gives 512 bytes of x for 2 products.
#pragma once

#include "kernels/matmul/fragments.cuh"
#include "kernels/matmul/pipeline.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kGemmMmaWarps = 8;
constexpr int kGemmMmaStages = 2;
constexpr int kGemmMmaColumns = 8;  // of 8 rows of x
constexpr int kGemmMmaRows = 8 * kGemmMmaColumns;
constexpr int kXRowBytes = 2 * kTileDepth;
constexpr int kGemmMmaStageBytes = kGemmMmaWarps * kTileBytes + kGemmMmaRows * kXRowBytes;
constexpr int kGemmMmaShared = kTableBytes + kGemmMmaStages * kGemmMmaStageBytes;

// Rows of x in shared memory: chunks of 16 bytes are permuted in odd rows, so that the chunks that
// 2 rows and 4 lanes of add_segment read together lie in different banks.
__device__ __forceinline__ int in_x_tile(int row, int chunk) {
  return row * kXRowBytes + (chunk ^ (5 * (row & 1))) * 16;
}

// Copies columns k to k + kTileDepth of 64 rows of x; rows beyond m are the last row again.
template <class T>
__device__ __forceinline__ void copy_x(unsigned char* tile, const T* x, std::int64_t first_row,
                                       std::int64_t m, int cols, int k) {
  const int chunk = threadIdx.x % 32;  // of 8 columns
  if (k + 8 * chunk >= cols) return;
#pragma unroll
  for (int row = threadIdx.x / 32; row < kGemmMmaRows; row += kGemmMmaWarps)
    ptx::cp_async_16(tile + in_x_tile(row, chunk),
                     x + min(first_row + row, m - 1) * cols + k + 8 * chunk);
}

// Writes the 16 x 64 outputs of a warp: rows of W and columns of `total`.
template <class T>
__device__ __forceinline__ void write_columns(const float (&total)[kGemmMmaColumns][4],
                                              std::int64_t first_row, std::int64_t rows,
                                              std::int64_t first_column, std::int64_t m,
                                              T* __restrict__ y) {
  const int lane = threadIdx.x % 32;
#pragma unroll
  for (int c = 0; c < kGemmMmaColumns; ++c)
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const std::int64_t row = first_row + lane / 4 + j / 2 * 8;
      const std::int64_t column = first_column + 8 * c + lane % 4 * 2 + j % 2;
      if (row < rows && column < m) y[column * rows + row] = from_f32<T>(total[c][j]);
    }
}

// x: m x k, k a multiple of 32; y: m x n. Grid: (blocks of 128 rows of W, blocks of 64 rows of x);
// dynamic shared memory: kGemmMmaShared.
template <class Mode, class T, int kSegment>
__global__ void __launch_bounds__(32 * kGemmMmaWarps, 1)
    gemm_mma(const T* __restrict__ x, QuantizedView q, T* __restrict__ y, std::int64_t m) {
  QBENCH_DYNAMIC_SHARED(shared);
  using Scales = TileScales<Mode, T, kSegment>;
  const int warp = threadIdx.x / 32, cols = static_cast<int>(q.cols);
  const std::int64_t first_row =
      (static_cast<std::int64_t>(blockIdx.x) * kGemmMmaWarps + warp) * kTileRows;
  const std::int64_t first_column = static_cast<std::int64_t>(blockIdx.y) * kGemmMmaRows;
  const LanePlaces<kSegment> lane;
  const ScaleRows<Mode> scale_rows(q, first_row);
  TileCopy codes(q, first_row, cols / 2, 0);
  float total[kGemmMmaColumns][4] = {};

  // A stage is a tile of codes for each warp, then one of x.
  const Pipeline<kGemmMmaStages, kGemmMmaStageBytes> pipeline(shared + kTableBytes);
  const auto issue = [&](int i) {
    pipeline.issue(pipeline.stage(i), [&](unsigned char* stage) {
      codes.issue(stage + warp * kTileBytes, kTileRowBytes);
      copy_x(stage + kGemmMmaWarps * kTileBytes, x, first_column, m, cols, i * kTileDepth);
    });
  };
  issue(0);
  Scales next;
  next.load(q, scale_rows, 0);
  fill_table<Mode, T>(shared);
  for (int i = 0; i * kTileDepth < cols; ++i) {
    const Scales scales = next;
    next.load(q, scale_rows, (i + 1) * kTileDepth);
    issue(i + 1);
    pipeline.wait_after_issue();
    __syncthreads();  // every thread's copies are there, and the table
    const unsigned char* const stage = pipeline.stage(i);
    const unsigned char* const x_tile = stage + kGemmMmaWarps * kTileBytes;
#pragma unroll
    for (int s = 0; s < Scales::kSegments; ++s) {
      if (i * kTileDepth + s * kSegment >= cols) continue;
      const GroupScale scale[2] = {scales.of(0, s), scales.of(1, s)};
      const auto x_of = [&](int c, int word) {
        const int l = threadIdx.x % 32, chunk = (s * kSegment + l % 4 * (kSegment / 4)) / 8 + word;
        const unsigned char* at = x_tile + in_x_tile(8 * c + l / 4, chunk);
        if constexpr (kSegment == 16) at += l % 2 * 8;  // half a chunk a lane
        profile_shared(at, sizeof(XWords<kSegment>));
        return *reinterpret_cast<const XWords<kSegment>*>(at);
      };
      add_segment<Mode, T, kSegment>(shared, stage + warp * kTileBytes, lane, s, scale, x_of,
                                     total);
    }
    __syncthreads();  // the stage has been read, and may be copied to
  }
  pipeline.drain();
  write_columns(total, first_row, q.rows, first_column, m, y);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
