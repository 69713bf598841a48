// SPDX-License-Identifier: Apache-2.0
// gemv on tensor cores: y = x W^T for m = 1 .. 16, at the same price for 1 and 8. A block takes 16
// rows of W; its warps share out k, each with a pipeline of its own, and are summed in order.
// Napkin: 1.4 instructions a weight for decoding and products (16 bytes of codes are 16
// permutations, 16 loads from the table and 4 products of 8 lanes' weights), so bound by memory.
#pragma once

#include "kernels/matmul/fragments.cuh"
#include "kernels/matmul/pipeline.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kGemvMmaRows = 16;  // of x, at most
constexpr int kGemvMmaWarps = 8;
constexpr int kGemvMmaStages = 3;  // two of them under way: 64 KB an SM of two blocks
constexpr int kGemvMmaShared = kTableBytes + kGemvMmaWarps * kGemvMmaStages * kTileBytes;

// This lane's part of x in global memory: x(c, word) of add_segment for each segment of a tile.
template <class T, int kSegment, int kColumns>
class XRows {
 public:
  // From column `first` on. Rows beyond m are the last row again: what becomes of them is dropped.
  __device__ XRows(const T* x, int m, int k, int first) {
    const int lane = threadIdx.x % 32;
#pragma unroll
    for (int c = 0; c < kColumns; ++c)
      from_[c] = x + static_cast<std::int64_t>(min(8 * c + lane / 4, m - 1)) * k + first +
                 lane % 4 * (kSegment / 4);
  }
  __device__ __forceinline__ XWords<kSegment> of(int column_group, int segment, int word) const {
    const T* const at = from_[column_group] + segment * kSegment + 8 * word;
    profile_global(at, sizeof(XWords<kSegment>));
    return *reinterpret_cast<const XWords<kSegment>*>(at);
  }
  __device__ __forceinline__ void advance(int columns) {
#pragma unroll
    for (int c = 0; c < kColumns; ++c) from_[c] += columns;
  }

 private:
  const T* from_[kColumns];
};

// Sums the warps' parts in order and writes y. `parts`: shared, [warp][column group][4][lane].
template <class T, int kColumns>
__device__ __forceinline__ void reduce_warps(const float (&total)[kColumns][4], float* parts,
                                             std::int64_t first_row, std::int64_t rows,
                                             T* __restrict__ y, int m) {
  constexpr int kPart = kColumns * 4 * 32;
  __syncthreads();  // what lay in `parts` has been read
  for (int c = 0; c < kColumns; ++c)
    for (int j = 0; j < 4; ++j)
      parts[threadIdx.x / 32 * kPart + (4 * c + j) * 32 + threadIdx.x % 32] = total[c][j];
  __syncthreads();
  for (int i = threadIdx.x; i < kTileRows * 8 * kColumns; i += blockDim.x) {
    const int row = i % kTileRows, column = i / kTileRows;
    float sum = 0;
    for (int warp = 0; warp < kGemvMmaWarps; ++warp)
      sum = __fadd_rn(sum, parts[warp * kPart + in_parts(row, column)]);
    if (column < m && first_row + row < rows) y[column * rows + first_row + row] = from_f32<T>(sum);
  }
}

// x: m x k, m <= 8 kColumns, k a multiple of 32; y: m x n. Grid: a block 16 rows of W; dynamic
// shared memory: kGemvMmaShared.
template <class Mode, class T, int kSegment, int kColumns>
__global__ void __launch_bounds__(32 * kGemvMmaWarps, 3 - kColumns)
    gemv_mma(const T* __restrict__ x, QuantizedView q, T* __restrict__ y, int m) {
  QBENCH_DYNAMIC_SHARED(shared);
  using Scales = TileScales<Mode, T, kSegment>;
  constexpr int kStep = kGemvMmaWarps * kTileDepth;  // along k, from a tile of a warp to its next
  const int warp = threadIdx.x / 32, cols = static_cast<int>(q.cols);
  const std::int64_t first_row = static_cast<std::int64_t>(blockIdx.x) * kTileRows;
  unsigned char* const stages = shared + kTableBytes + warp * kGemvMmaStages * kTileBytes;
  int k = warp * kTileDepth;
  const LanePlaces<kSegment> lane;
  const ScaleRows<Mode> scale_rows(q, first_row);
  TileCopy codes(q, first_row, cols / 2, k / 2);
  XRows<T, kSegment, kColumns> x_rows(x, m, cols, k);
  float total[kColumns][4] = {};

  const Pipeline<kGemvMmaStages, kTileBytes> pipeline(stages);
  const auto issue = [&](unsigned char* stage) {
    pipeline.issue(stage, [&](unsigned char* to) { codes.issue(to, kStep / 2); });
  };
  const auto add = [&](const unsigned char* stage, const Scales& scales, int s) {
    const GroupScale scale[2] = {scales.of(0, s), scales.of(1, s)};
    add_segment<Mode, T, kSegment>(
        shared, stage, lane, s, scale, [&](int c, int word) { return x_rows.of(c, s, word); },
        total);
  };

  for (int i = 0; i < kGemvMmaStages - 1; ++i) issue(stages + i * kTileBytes);
  Scales next;
  next.load(q, scale_rows, k);
  fill_table<Mode, T>(shared);
  __syncthreads();
  // The stages by address: those of counted rounds would take registers that are not there.
  unsigned char* const last = stages + (kGemvMmaStages - 1) * kTileBytes;
  unsigned char *stage = stages, *free = last;
  for (int rounds = cols / kStep; rounds > 0; --rounds) {  // as many for every warp
    const Scales scales = next;
    next.load(q, scale_rows, k + kStep);
    pipeline.wait();
    __syncwarp();  // every lane's copies are there, and its reads of the stage before are done
    issue(free);
    free = stage;
#pragma unroll
    for (int s = 0; s < Scales::kSegments; ++s) add(stage, scales, s);
    x_rows.advance(kStep);
    k += kStep;
    stage = stage == last ? stages : stage + kTileBytes;
  }
  pipeline.drain();
  __syncwarp();
#pragma unroll
  for (int s = 0; s < Scales::kSegments; ++s)  // what is left of the rows, whole tiles or not
    if (k + s * kSegment < cols) add(stage, next, s);
  reduce_warps(total, reinterpret_cast<float*>(shared), first_row, q.rows, y, m);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
