// SPDX-License-Identifier: Apache-2.0
// The places of a product for any m, that of a block and of its warps, and what is written of one.
#pragma once

#include "kernels/matmul/split_k.cuh"
#include "kernels/tiles/weight_stream.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kPlaceThreads = 256;
constexpr int kSliceXRows = 64;  // rows of x of a place whose blocks take slices of k
constexpr int kPlaceRows = kPlaceThreads / 32 * kWarpRows;  // of W

// Writes the outputs of a warp, times `factor`: rows of W and columns of `total`.
template <class T, int kColumns>
__device__ __forceinline__ void write_columns(const float (&total)[kWarpTiles][kColumns][4],
                                              std::int64_t first_row, std::int64_t rows,
                                              std::int64_t first_column, std::int64_t m,
                                              float factor, T* __restrict__ y) {
  const int lane = threadIdx.x % 32;
#pragma unroll
  for (int i = 0; i < kWarpTiles * kColumns; ++i)
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const int tile = i / kColumns, c = i % kColumns;
      const std::int64_t row = first_row + tile * kTileRows + lane / 4 + j / 2 * 8;
      const std::int64_t column = first_column + 8 * c + lane % 4 * 2 + j % 2;
      if (row < rows && column < m)
        y[column * rows + row] = from_f32<T>(__fmul_rn(total[tile][c][j], factor));
    }
}

// The first row of W and the first row of x of a warp at a place: 256 rows of W and kXRows rows of
// x. Those of the same rows of W and all rows of x are neighbours, so that these rows of W are read
// from memory once.
struct WarpPlace {
  std::int64_t w_row, x_row;
};
template <int kXRows>
__device__ __forceinline__ WarpPlace warp_place(int place, int thread, std::int64_t m) {
  const auto x_places = static_cast<unsigned>((m + kXRows - 1) / kXRows);
  const auto number = static_cast<unsigned>(place);
  return {static_cast<std::int64_t>(number / x_places) * kPlaceRows + thread / 32 * kWarpRows,
          static_cast<std::int64_t>(number % x_places) * kXRows};
}

// The columns of 8 rows of x at a place that are in use.
template <int kXRows>
__device__ __forceinline__ int columns_at(const WarpPlace& place, std::int64_t m) {
  return static_cast<int>(min(m - place.x_row, std::int64_t{kXRows}) + 7) / 8;
}

// y = the products of the block's slice of k at its place of kSliceXRows rows of x, of which kXRows
// are in use, times `factor`: its accumulators leave no registers to go on. Grid: (places, slices
// of k). multiply(place, warp, first, past, total) adds the products of columns `first` to `past`.
template <class T, int kXRows, class Multiply>
__device__ __forceinline__ void multiply_slice(const QuantizedView& q, T* __restrict__ y,
                                               std::int64_t m, float factor, const SplitK& split,
                                               const Multiply& multiply) {
  const int warp = warp_of(thread_here());
  const WarpPlace place = warp_place<kSliceXRows>(static_cast<int>(blockIdx.x), 32 * warp, m);
  const std::int64_t tiles = (static_cast<int>(q.cols) + kStreamDepth - 1) / kStreamDepth;
  const int first = static_cast<int>(tiles * blockIdx.y / gridDim.y) * kStreamDepth;
  const int past = static_cast<int>(tiles * (blockIdx.y + 1) / gridDim.y) * kStreamDepth;
  float total[kWarpTiles][kXRows / 8][4] = {};
  multiply(place, warp, first, past, total);
  // Computed again, which leaves registers to the loop.
  const WarpPlace out =
      warp_place<kSliceXRows>(ptx::kept(static_cast<int>(blockIdx.x)), thread_here(), m);
  const OnlyPart part;
  if (gridDim.y > 1 && !add_parts<kPlaceRows * kSliceXRows / 4, kPlaceThreads>(
                           split, part, columns_at<kXRows>(out, m), total))
    return;
  write_columns(total, out.w_row, q.rows, out.x_row, m, factor, y);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
