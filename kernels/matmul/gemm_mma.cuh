// SPDX-License-Identifier: Apache-2.0
// gemm on tensor cores: y = x W^T for any m. A block takes 128 rows of W, 16 a warp, and 64 rows of
// x, which its warps share. Napkin: a byte of codes is decoded once for 64 rows of x, so 16
// products follow 8 loads from the table: bound by the tensor cores, or by shared memory, which
// gives 512 bytes of x for 2 products.
#pragma once

#include "kernels/matmul/pipeline.cuh"
#include "kernels/matmul/table_codes.cuh"
#include "kernels/matmul/tile_scales.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kGemmMmaWarps = 8;
constexpr int kGemmMmaStages = 2;
constexpr int kGemmMmaColumns = 8;  // of 8 rows of x
constexpr int kGemmMmaRows = 8 * kGemmMmaColumns;
constexpr int kGemmMmaDepth = kTileDepth<4>;
constexpr int kXRowBytes = 2 * kGemmMmaDepth;
constexpr int kXTileBytes = kGemmMmaRows * kXRowBytes;
constexpr int kGemmMmaShared = kTableBytes + kGemmMmaStages * kXTileBytes;
static_assert(kGemmMmaWarps * kGemmMmaStages == kTilesInTable);

// Rows of x in shared memory: chunks of 16 bytes are permuted in odd rows, so that the chunks that
// 2 rows and 4 lanes of add_segment read together lie in different banks.
__device__ __forceinline__ int in_x_tile(int row, int chunk) {
  return row * kXRowBytes + (chunk ^ (5 * (row & 1))) * 16;
}

// Copies columns k to k + kGemmMmaDepth of 64 rows of x; rows beyond m are the last row again.
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

// Writes the 16 x 64 outputs of a warp, times `factor`: rows of W and columns of `total`.
template <class T>
__device__ __forceinline__ void write_columns(const float (&total)[kGemmMmaColumns][4],
                                              std::int64_t first_row, std::int64_t rows,
                                              std::int64_t first_column, std::int64_t m,
                                              float factor, T* __restrict__ y) {
  const int lane = threadIdx.x % 32;
#pragma unroll
  for (int c = 0; c < kGemmMmaColumns; ++c)
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const std::int64_t row = first_row + lane / 4 + j / 2 * 8;
      const std::int64_t column = first_column + 8 * c + lane % 4 * 2 + j % 2;
      if (row < rows && column < m)
        y[column * rows + row] = from_f32<T>(__fmul_rn(total[c][j], factor));
    }
}

// x: m x k, k a multiple of 32; y: m x n. Grid: (blocks of 128 rows of W, blocks of 64 rows of x);
// dynamic shared memory: kGemmMmaShared.
template <class Mode, class T, int kSegment>
__global__ void __launch_bounds__(32 * kGemmMmaWarps, 1)
    gemm_mma(const T* __restrict__ x, QuantizedView q, T* __restrict__ y, std::int64_t m) {
  QBENCH_DYNAMIC_SHARED(shared);
  const int warp = threadIdx.x / 32, cols = static_cast<int>(q.cols);
  const std::int64_t first_row =
      (static_cast<std::int64_t>(blockIdx.x) * kGemmMmaWarps + warp) * kTileRows;
  const std::int64_t first_column = static_cast<std::int64_t>(blockIdx.y) * kGemmMmaRows;
  using Codes = TableCodes<Mode, T>;
  const Codes decoder(shared);
  const int place = lane_place<Codes, kSegment>();
  const ScaleRows<Mode> scale_rows(q);
  const WholeScales<Mode> whole(q);
  TileCopy<kEntryBytes> codes(q, first_row, cols / 2, 0);
  float total[kGemmMmaColumns][4] = {};

  // A stage is a tile of codes for each warp, behind the table's entries, and one of x.
  const Pipeline<kGemmMmaStages, kXTileBytes> pipeline(shared + kTableBytes);
  const auto tile = [&](int i) {
    return shared + in_table(kGemmMmaStages * warp + i % kGemmMmaStages);
  };
  const auto issue = [&](int i) {
    pipeline.issue(pipeline.stage(i), [&](unsigned char* x_tile) {
      codes.issue(tile(i), kTileRowBytes);
      copy_x(x_tile, x, first_column, m, cols, i * kGemmMmaDepth);
    });
  };
  issue(0);
  StoredScales<Mode, kSegment> next;
  next.load(q, scale_rows, static_cast<unsigned>(first_row), 0);
  decoder.template prepare<32 * kGemmMmaWarps>();
  for (int i = 0; i * kGemmMmaDepth < cols; ++i) {
    const TileScales<Mode, kSegment> scales(q, whole, next);
    next.load(q, scale_rows, static_cast<unsigned>(first_row), (i + 1) * kGemmMmaDepth);
    issue(i + 1);
    pipeline.wait_after_issue();
    __syncthreads();  // every thread's copies are there, and the table
    const unsigned char* const x_tile = pipeline.stage(i);
#pragma unroll
    for (int s = 0; s < scales.kSegments; ++s) {
      if (i * kGemmMmaDepth + s * kSegment >= cols) continue;
      const GroupScale scale[2] = {scales.of(0, s), scales.of(1, s)};
      const auto x_of = [&](int c, int word) {
        const int l = threadIdx.x % 32, chunk = (s * kSegment + l % 4 * (kSegment / 4)) / 8 + word;
        const unsigned char* at = x_tile + in_x_tile(8 * c + l / 4, chunk);
        if constexpr (kSegment == 16) at += l % 2 * 8;  // half a chunk a lane
        using X = typename LanePart<Mode, kSegment>::X;
        profile_shared(at, sizeof(X));
        return *reinterpret_cast<const X*>(at);
      };
      add_segment<kSegment>(decoder, tile(i), place, s, scale, x_of, total);
    }
    __syncthreads();  // the stage has been read, and may be copied to
  }
  pipeline.drain();
  write_columns(total, first_row, q.rows, first_column, m, 1 / Codes::kGain, y);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
