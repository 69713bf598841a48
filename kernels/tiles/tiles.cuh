// SPDX-License-Identifier: Apache-2.0
// Tiles of codes in shared memory, each copied and read by one warp: where they lie, and the lanes'
// parts of the copies.
#pragma once

#include "kernels/device/quantized_view.h"
#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

// threadIdx.x as a value that is not hoisted out of a loop: what follows from it would take
// registers in all of that loop.
__device__ __forceinline__ int thread_here() { return ptx::kept(static_cast<int>(threadIdx.x)); }

// The warp of a thread. The shuffle shows the compiler that all its lanes have the same value.
template <class Index>  // unsigned ones are divided in one instruction
__device__ __forceinline__ int warp_of(Index thread) {
  return __shfl_sync(0xffffffff, thread / 32, 0);
}

// A tile is 16 rows of 128 bytes of codes.
constexpr int kTileRows = 16;
constexpr int kTileRowBytes = 128;
constexpr int kTileBytes = kTileRows * kTileRowBytes;  // where rows lie side by side
// Weights along k.
template <int kBits>
constexpr int kTileDepth = 8 * kTileRowBytes / kBits;

// Where a chunk of 16 bytes lies in a tile whose rows are kStride bytes apart, a multiple of 128.
// Chunks are permuted in a row, by the bits of the row in reverse, so that 8 rows of one chunk, 4
// rows of two and 2 rows of four lie in different banks.
template <int kStride>
__device__ __forceinline__ int in_tile(int row, int chunk) {
  return row * kStride + (chunk ^ ((row & 1) * 4 + (row & 2) + (row >> 2 & 1))) * 16;
}

// The chunks of 16 bytes of a tile that a lane copies: one of every fourth row, in rows that are
// kStride bytes apart. Rows beyond the last are the last again; what is beyond the end of the rows
// is not copied.
template <int kStride>
class LaneChunks {
 public:
  __device__ LaneChunks() {
#pragma unroll
    for (int i = 0; i < 2; ++i)
      to_[i] = ptx::kept(in_tile<kStride>(row(i), static_cast<int>(threadIdx.x % 8)));
  }
  static __device__ __forceinline__ int byte() { return static_cast<int>(threadIdx.x % 8) * 16; }
  static __device__ __forceinline__ int row(int i) {
    return static_cast<int>(threadIdx.x % 32 / 8) + 4 * i;
  }
  __device__ __forceinline__ void copy(unsigned char* tile, int i, const std::uint8_t* from) const {
    ptx::cp_async_16(at(tile, i), from);
  }
  __device__ __forceinline__ unsigned char* at(unsigned char* tile, int i) const {
    return tile + to_[i % 2] + i / 2 * 8 * kStride;
  }

 private:
  int to_[2];
};

// TileCopy: a lane's part of the copies of tiles, one after the other along k. Rows beyond the last
// are left as they are: no product mixes rows of codes.
template <int kStride>
class TileCopy {
 public:
  // Begins at byte `first` of the rows, which are row_bytes long.
  __device__ TileCopy(const QuantizedView& q, std::int64_t first_row, int row_bytes, int first)
      : from_(q.codes + (first_row + Chunks::row(0)) * row_bytes + first + Chunks::byte()),
        step_(std::int64_t{4} * row_bytes),
        rows_(static_cast<int>(min(q.rows - first_row, std::int64_t{kTileRows})) - Chunks::row(0)),
        left_(row_bytes - first - Chunks::byte()) {}
  // Copies a tile and goes on by `step` bytes.
  __device__ __forceinline__ void issue(unsigned char* tile, int step) {
#pragma unroll
    for (int i = 0; i < 4; ++i)
      if (left_ > 0 && 4 * i < rows_) chunks_.copy(tile, i, from_ + i * step_);
    from_ += step;
    left_ -= step;
  }

 private:
  using Chunks = LaneChunks<kStride>;

  Chunks chunks_;
  const std::uint8_t* from_;
  std::int64_t step_;  // from a row to the fourth behind it
  int rows_, left_;    // from this lane's first on; bytes of them from its chunk on
};

// RunCopy: a lane's part of the copies of runs of 32 bytes of 32 rows, one after the other along k.
// Two lie in a tile: rows from 16 on behind the first 16, row by row, each run in its half of both.
// Rows beyond the last are left as they are.
template <int kStride>
class RunCopy {
 public:
  static constexpr int kBytes = 32;

  // Begins at byte `first` of the rows, which are row_bytes long.
  __device__ RunCopy(const QuantizedView& q, std::int64_t first_row, int row_bytes, int first)
      : from_(ptx::kept(q.codes + (first_row + row()) * row_bytes + first + 16 * chunk())),
        step_(kTileRows * row_bytes),
        rows_(static_cast<int>(min(q.rows - first_row, std::int64_t{2 * kTileRows})) - row()),
        left_(row_bytes - first - 16 * chunk()) {}
  // Copies run 0 or 1 of a tile and goes on to the next.
  __device__ __forceinline__ void issue(unsigned char* tile, int run) {
#pragma unroll
    for (int i = 0; i < 2; ++i)
      if (left_ > 0 && i * kTileRows < rows_)
        ptx::cp_async_16(tile + (to_ ^ (i * kTileRowBytes / 2 + run * kBytes)), from_ + i * step_);
    from_ += kBytes;
    left_ -= kBytes;
  }

 private:
  static __device__ __forceinline__ int row() { return thread_here() % 32 / 2; }
  static __device__ __forceinline__ int chunk() { return thread_here() % 2; }

  int to_ = ptx::kept(in_tile<kStride>(row(), chunk()));
  const std::uint8_t* from_;
  std::int64_t step_;  // from a row to the 16th behind it
  int rows_, left_;    // from this lane's first on; bytes of them from its chunk on
};

// TileColumn: the same for tiles that lie below each other. With kZeroFill what is beyond the end
// of the rows is zero.
template <int kStride, bool kZeroFill>
class TileColumn {
 public:
  // The tiles begin at byte `first` of the rows.
  __device__ TileColumn(const QuantizedView& q, int row_bytes, int first)
      : from_(ptx::kept(q.codes + first + chunks_.byte())),
        row_bytes_(static_cast<unsigned>(row_bytes)),
        last_(static_cast<unsigned>(q.rows - 1)),
        inside_(first + chunks_.byte() < row_bytes) {}
  __device__ __forceinline__ void issue(unsigned char* tile, unsigned first_row) const {
    if (!kZeroFill && !inside_) return;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const unsigned row = min(first_row + static_cast<unsigned>(chunks_.row(i)), last_);
      const std::uint8_t* const from = from_ + ptx::multiply_wide(row, row_bytes_);
      if constexpr (kZeroFill)
        ptx::cp_async_16_zfill(chunks_.at(tile, i), from, inside_ ? 16 : 0);
      else
        chunks_.copy(tile, i, from);
    }
  }

 private:
  LaneChunks<kStride> chunks_;
  const std::uint8_t* from_;
  unsigned row_bytes_, last_;
  bool inside_;
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
