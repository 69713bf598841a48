// SPDX-License-Identifier: Apache-2.0
// Products whose k is shared out over the warps of a block, and over blocks: who takes what, and
// sums in the order of k. Warps sum a tile of 16 rows through shared memory; a block writes its
// sums to memory, and of the blocks of the same rows the one that arrives last adds them up. None
// waits for another, and no float is added by an atomic: the order is the same at every run.
#pragma once

#include <limits>

#include "kernels/matmul/fragments.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kSplitWarps = 8;
constexpr int kPartsBytes = kSplitWarps * 16 * 8 * 4;  // f32 of a tile and 8 columns, of every warp

// How a product is shared out, and memory for its sums.
struct SplitK {
  float* sums;        // [slice][row of y][column of y]
  unsigned* arrived;  // of each strip: the slices that are done; 0 before and after
};

// The columns of a warp: tiles of them are shared out evenly to slices, at most one to a warp.
struct SplitPlace {
  int warp;
  int column;  // the first
  bool busy;   // there are any

  __device__ SplitPlace(const QuantizedView& q, int tile_columns)
      // Every lane has the same, and so the compiler is told.
      : warp(__shfl_sync(0xffffffff, static_cast<int>(threadIdx.x) / 32, 0)) {
    const std::int64_t tiles = (q.cols + tile_columns - 1) / tile_columns;
    const int first = static_cast<int>(tiles * blockIdx.x / gridDim.x);
    const int past = static_cast<int>(tiles * (blockIdx.x + 1) / gridDim.x);
    column = (first + warp) * tile_columns;
    busy = first + warp < past;
  }
};

// The tiles of rows of a block, from above to below. The last tile of the matrix ends with its last
// row, and so begins within the one before, whose rows it leaves out of its sums.
class StripWalk {
 public:
  __device__ explicit StripWalk(std::int64_t rows)
      : rows_(static_cast<unsigned>(rows)),
        last_(rows_ < kTileRows ? 0 : rows_ - kTileRows),
        tile_(blockIdx.y * kTileRows),
        step_(ptx::kept(static_cast<int>(gridDim.y) * kTileRows)),
        row_(min(tile_, last_)) {}
  __device__ __forceinline__ bool more() const { return tile_ < rows_; }
  __device__ __forceinline__ bool follows() const { return tile_ + step_ < rows_; }
  // The first row of the tile, and of the one that follows.
  __device__ __forceinline__ unsigned row() const { return row_; }
  __device__ __forceinline__ unsigned next_row() const { return min(tile_ + step_, last_); }
  // True for a row of the tile, counted from row(), that no other tile has.
  __device__ __forceinline__ bool has(unsigned row_of_tile) const {
    return row_ + row_of_tile - tile_ < rows_ - tile_;
  }
  __device__ __forceinline__ void advance() {
    row_ = next_row();
    tile_ += step_;
  }

 private:
  unsigned rows_, last_, tile_, step_, row_;
};

// The accumulators of the warps for a tile, in shared memory, twice: while those of one tile are
// summed, warps write those of the next. One barrier a tile, after put(), is enough.
template <int kColumns>
class WarpParts {
 public:
  // The parts lie at byte `at` of shared memory, a multiple of what they take.
  __device__ WarpParts(unsigned char* shared, int at, const SplitPlace& place, std::int64_t rows,
                       int m, const SplitK& split)
      : shared_(shared) {
    // This thread sums one row, of column 0 or 1 of a pair of columns a warp.
    const int lane = threadIdx.x % 32, pair = place.warp % 4;
    const int row = lane % 16, column = 2 * place.warp + lane / 16;
    put_ = at + place.warp * kPart + in_part(lane, 0);
    take_ = at + place.warp / 4 * kPartsBytes + in_part(row % 8 * 4 + pair, row / 8 * 2 + lane / 16);
    sums_ = ptx::kept(split.sums + (static_cast<std::int64_t>(blockIdx.x) * m + column) * rows + row);
    row_ = ptx::kept(column < m ? row : kNoRow);
    if (place.busy) return;
    const float none[kColumns][4] = {};
    put(none);
    put(none);
  }

  __device__ __forceinline__ void put(const float (&total)[kColumns][4]) {
#pragma unroll
    for (int c = 0; c < kColumns; ++c) {
      unsigned char* const to = shared_ + put_ + c * kPartsBytes;
      profile_shared(to, 16);
      *reinterpret_cast<float4*>(to) = {total[c][0], total[c][1], total[c][2], total[c][3]};
    }
    put_ ^= kOther;
  }
  // Sums the parts of the warps, in order.
  __device__ __forceinline__ void sum(const StripWalk& walk) {
    if (walk.has(row_)) {
      float sum = part(0);
#pragma unroll
      for (int warp = 1; warp < kSplitWarps; ++warp) sum = __fadd_rn(sum, part(warp));
      sums_[walk.row()] = sum;
    }
    take_ ^= kOther;
  }

 private:
  static constexpr int kPart = kPartsBytes / kSplitWarps, kOther = kColumns * kPartsBytes;
  static constexpr int kNoRow = std::numeric_limits<int>::max();  // that no tile has

  __device__ __forceinline__ float part(int warp) const {
    const unsigned char* const from = shared_ + take_ + warp * kPart;
    profile_shared(from, 4);
    return *reinterpret_cast<const float*>(from);
  }
  // Accumulator j of lane 4 g + t. Lanes write 16 bytes each; those of one t, two of j and every g
  // are read together: neither conflicts.
  static __device__ __forceinline__ int in_part(int lane, int j) {
    const int g = lane / 4, t = lane % 4;
    return ((8 * t + (g ^ (2 * t))) * 4 + j) * 4;
  }

  unsigned char* shared_;
  float* sums_;  // of this lane's column, from its row on
  int put_, take_;
  int row_;
};

// Called by all threads of a block that has written its sums. True in the last block of a strip.
__device__ __forceinline__ bool arrives_last(const SplitK& split) {
  __syncthreads();  // all of the block's sums are written
  bool last = false;
  if (threadIdx.x == 0) {
    __threadfence();  // and are there for who sees the count below
    unsigned* const arrived = split.arrived + blockIdx.y;
    last = atomicAdd(arrived, 1u) + 1 == gridDim.x;
    __threadfence();
    if (last) *arrived = 0;  // for the next launch
  }
  return __syncthreads_or(last) != 0;
}

// y = the sums of the slices, in order, times `factor`, for the rows of the block's strip.
template <class T>
__device__ __forceinline__ void add_slices(const SplitK& split, std::int64_t rows, int m,
                                           float factor, T* __restrict__ y) {
  if (!arrives_last(split)) return;
  const std::int64_t slice = m * rows;
  const int row_of_tile = threadIdx.x % kTileRows;
  for (std::int64_t tile = blockIdx.y; tile * kTileRows < rows; tile += gridDim.y) {
    const std::int64_t row = tile * kTileRows + row_of_tile;
    for (int column = threadIdx.x / kTileRows; column < m; column += blockDim.x / kTileRows) {
      if (row >= rows) continue;
      const float* const sums = split.sums + column * rows + row;
      float sum = 0;
#pragma unroll 4
      for (unsigned i = 0; i < gridDim.x; ++i) sum = __fadd_rn(sum, sums[i * slice]);
      y[column * rows + row] = from_f32<T>(__fmul_rn(sum, factor));
    }
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
