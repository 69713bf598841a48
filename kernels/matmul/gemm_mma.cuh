// SPDX-License-Identifier: Apache-2.0
// gemm on tensor cores: y = x W^T for any m. A block takes 256 rows of W, 32 a warp, up to 64 rows
// of x, which its warps share, and a slice of k. Napkin: for 32 rows and 64 columns of weights and
// 64 rows of x a warp makes 64 products, and loads 32 times from the table and 8 KB of x, 64
// wavefronts: the load and store unit binds, or the tensor cores do. Slices of k fill a card that
// has more multiprocessors than W has blocks of rows; their sums are added in order.
#pragma once

#include "kernels/matmul/pipeline.cuh"
#include "kernels/matmul/split_k.cuh"
#include "kernels/matmul/table_codes.cuh"
#include "kernels/matmul/tile_scales.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kGemmMmaThreads = 256;
constexpr int kGemmMmaStages = 2;
constexpr int kWarpTiles = 2;  // of 16 rows, which lie in the place of one
constexpr int kWarpRows = kWarpTiles * kTileRows;
constexpr int kGemmMmaRows = kGemmMmaThreads / 32 * kWarpRows;  // of W
constexpr int kGemmMmaDepth = kTileDepth<4> / kWarpTiles;       // columns of a stage
static_assert(kGemmMmaThreads / 32 * kGemmMmaStages == kTilesInTable);

// Rows of x that a place has at most. Only in segments of 64 do registers suffice for 64.
template <int kSegment>
constexpr int kGemmMmaXRows = kSegment == 64 ? 64 : 32;

// Rows of x in shared memory: chunks of 16 bytes are permuted by row, so that what add_segment
// reads together (2 rows by 4 chunks, or 4 rows by 4 halves of chunks) lies in different banks.
constexpr int kXRowBytes = 2 * kGemmMmaDepth;
constexpr int kXChunks = kXRowBytes / 16;
__device__ __forceinline__ int in_x_tile(int row, int chunk) {
  return row * kXRowBytes + (chunk ^ (5 * (row & 1) + (row & 2))) * 16;
}

constexpr int kXTileBytes = kGemmMmaXRows<64> * kXRowBytes;
constexpr int kGemmMmaShared = kTableBytes + kGemmMmaStages * kXTileBytes;

// A thread's part of the copies of kRows rows of x: a chunk of every 16th row. Rows beyond m are
// left as they are: no product mixes rows of x. Columns beyond k are 0.
template <class T, int kRows>
class XCopy {
 public:
  // Begins at column `first` of row first_row.
  __device__ XCopy(const T* x, std::int64_t first_row, std::int64_t m, int k, int first)
      : from_(ptx::kept(x + (first_row + row()) * k + first + 8 * chunk())),
        step_(static_cast<std::int64_t>(kRowsAtOnce) * k),
        rows_(static_cast<int>(min(m - first_row, std::int64_t{kRows})) - row()),
        left_(k - first - 8 * chunk()) {}
  // Copies a tile and goes on by its columns.
  __device__ __forceinline__ void issue(unsigned char* tile) {
#pragma unroll
    for (int i = 0; i < kRows / kRowsAtOnce; ++i)
      if (i * kRowsAtOnce < rows_)
        ptx::cp_async_16_zfill(tile + to_ + i * kRowsAtOnce * kXRowBytes, from_ + i * step_,
                               left_ > 0 ? 16 : 0);
    from_ += kGemmMmaDepth;
    left_ -= kGemmMmaDepth;
  }

 private:
  static constexpr int kRowsAtOnce = kGemmMmaThreads / kXChunks;
  static __device__ __forceinline__ int row() { return static_cast<int>(threadIdx.x) / kXChunks; }
  static __device__ __forceinline__ int chunk() { return static_cast<int>(threadIdx.x) % kXChunks; }

  int to_ = in_x_tile(row(), chunk());
  const T* from_;
  std::int64_t step_;
  int rows_, left_;  // of x from this thread's first on; columns from its chunk on
};

// The x of a tile in shared memory that add_segment asks for.
template <class Mode, int kSegment>
class XPlace {
 public:
  using X = typename LanePart<Mode, kSegment>::X;

  __device__ __forceinline__ X word(const unsigned char* tile, int column_group, int segment,
                                    int word) const {
    const unsigned char* const at =
        tile + (place_ ^ ((segment * (kSegment / 8) + word) * 16)) + column_group * 8 * kXRowBytes;
    profile_shared(at, sizeof(X));
    return *reinterpret_cast<const X*>(at);
  }

 private:
  // The place of row g of x and the first of the columns that lane t takes, kSegment / 4 * t.
  static __device__ __forceinline__ int first() {
    const int g = threadIdx.x % 32 / 4, byte = threadIdx.x % 4 * (kSegment / 4) * 2;
    return in_x_tile(g, byte / 16) + byte % 16;
  }
  int place_ = first();
};

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
  return {static_cast<std::int64_t>(number / x_places) * kGemmMmaRows + thread / 32 * kWarpRows,
          static_cast<std::int64_t>(number % x_places) * kXRows};
}

// total = the products of columns `first` to `past` for at most 8 kColumns rows of x. The first
// tile goes to stage `stage`, which is left at that of the next one. `fills`: the table is filled.
template <class Mode, class T, int kSegment, int kColumns>
__device__ __forceinline__ void multiply_tiles(const T* __restrict__ x, const QuantizedView& q,
                                               std::int64_t m, const WarpPlace& place, int warp,
                                               int first, int past, bool fills, int& stage,
                                               unsigned char* shared,
                                               float (&total)[kWarpTiles][kColumns][4]) {
  constexpr int kApart = kGemmMmaDepth / kSegment, kXRows = 8 * kColumns;
  const int cols = static_cast<int>(q.cols);
  using Codes = TableCodes<Mode, T>;
  const Codes decoder(shared);
  const int lane = lane_place<Codes, kSegment>();
  const XPlace<Mode, kSegment> x_place;
  const ScaleRows<Mode> scale_rows(q);
  const WholeScales<Mode> whole(q);
  TileCopy<kEntryBytes, kWarpRows> codes(q, place.w_row, cols / 2, first / 2);
  XCopy<T, kXRows> x_copy(x, place.x_row, m, cols, first);

  // A stage is a tile of codes for each warp, behind the table's entries, and one of x.
  const Pipeline<kGemmMmaStages, kXTileBytes> pipeline(shared + kTableBytes);
  const auto codes_of = [&](int i) { return shared + in_table(kGemmMmaStages * warp + i); };
  const auto issue = [&](int i, bool there) {
    pipeline.issue(pipeline.stage(i), [&](unsigned char* x_tile) {
      if (!there) return;
      codes.issue(codes_of(i), kGemmMmaDepth / 2);
      x_copy.issue(x_tile);
    });
  };
  issue(stage, first < past);
  const auto w_row = static_cast<unsigned>(place.w_row);
  StoredScales<Mode, kSegment, kWarpRows> next;
  next.load(q, scale_rows, w_row, first);
  if (fills) decoder.template prepare<kGemmMmaThreads>();
#pragma unroll 1
  for (int k = first; k < past; k += kGemmMmaDepth) {
    const TileScales<Mode, kSegment> scales(q, whole, next);
    next.load(q, scale_rows, w_row, k + kGemmMmaDepth);
    pipeline.wait();
    __syncthreads();  // all copies are there, the table, and the other stage has been read
    issue(stage ^ 1, k + kGemmMmaDepth < past);
#pragma unroll
    for (int s = 0; s < kApart; ++s) {
      const GroupScale scale[kWarpTiles][2] = {
          {scales.of(0, s), scales.of(1, s)}, {scales.of(0, s + kApart), scales.of(1, s + kApart)}};
      add_segment<kSegment, kApart>(
          decoder, codes_of(stage), lane, s, scale,
          [&](int c, int word) { return x_place.word(pipeline.stage(stage), c, s, word); }, total);
    }
    stage ^= 1;
  }
  pipeline.drain();
}

// The columns of 8 rows of x at a place that are in use.
template <int kXRows>
__device__ __forceinline__ int columns_at(const WarpPlace& place, std::int64_t m) {
  return static_cast<int>(min(m - place.x_row, std::int64_t{kXRows}) + 7) / 8;
}

// A block of up to 64 rows of x takes a slice of k at one place: its accumulators leave no
// registers to go on. Grid: (places, slices of k).
template <class Mode, class T, int kSegment, int kColumns>
__device__ __forceinline__ void multiply_slice(const T* __restrict__ x, const QuantizedView& q,
                                               T* __restrict__ y, std::int64_t m,
                                               const SplitK& split, unsigned char* shared) {
  // The shuffle shows the compiler that all lanes of a warp have the same value.
  const int warp = __shfl_sync(0xffffffff, static_cast<int>(threadIdx.x) / 32, 0);
  const WarpPlace place = warp_place<64>(static_cast<int>(blockIdx.x), 32 * warp, m);
  const std::int64_t tiles = (static_cast<int>(q.cols) + kGemmMmaDepth - 1) / kGemmMmaDepth;
  const int first = static_cast<int>(tiles * blockIdx.y / gridDim.y) * kGemmMmaDepth;
  const int past = static_cast<int>(tiles * (blockIdx.y + 1) / gridDim.y) * kGemmMmaDepth;
  float total[kWarpTiles][kColumns][4] = {};
  int stage = 0;
  multiply_tiles<Mode, T, kSegment>(x, q, m, place, warp, first, past, true, stage, shared, total);
  // Computed again, which leaves registers to the loop.
  const WarpPlace out = warp_place<64>(ptx::kept(static_cast<int>(blockIdx.x)),
                                       ptx::kept(static_cast<int>(threadIdx.x)), m);
  const OnlyPart part;
  if (gridDim.y > 1 && !add_parts<kGemmMmaRows * 64 / 4, kGemmMmaThreads>(
                           split, part, columns_at<8 * kColumns>(out, m), total))
    return;
  write_columns(total, out.w_row, q.rows, out.x_row, m, 1 / TableCodes<Mode, T>::kGain, y);
}

// A block of up to 32 rows of x goes on with another place where one ends. Grid: as many blocks as
// it takes.
template <class Mode, class T, int kSegment, int kXRows, int kColumns>
__device__ __forceinline__ void multiply_part(const T* __restrict__ x, const QuantizedView& q,
                                              T* __restrict__ y, std::int64_t m,
                                              const PartWalk& walk, const SplitK& split,
                                              unsigned char* shared) {
  const int warp = __shfl_sync(0xffffffff, static_cast<int>(threadIdx.x) / 32, 0);
  const WarpPlace place = warp_place<kXRows>(static_cast<int>(walk.place()), 32 * warp, m);
  float total[kWarpTiles][kColumns][4] = {};
  int stage = static_cast<int>(walk.done() % kGemmMmaStages);
  multiply_tiles<Mode, T, kSegment>(
      x, q, m, place, warp, static_cast<int>(walk.first()) * kGemmMmaDepth,
      static_cast<int>(walk.past()) * kGemmMmaDepth, walk.done() == 0, stage, shared, total);
  const int columns = columns_at<8 * kColumns>(place, m);
  if (!walk.is_whole() &&
      !add_parts<kGemmMmaRows * kXRows / 4, kGemmMmaThreads>(split, walk, columns, total))
    return;
  write_columns(total, place.w_row, q.rows, place.x_row, m, 1 / TableCodes<Mode, T>::kGain, y);
}

// x: m x k, k a multiple of 32; y: m x n. kXRows: the rows of x of a place, 16, 32 or, in segments
// of 64, 64. `shares` are of those of 16 and 32, in tiles of kGemmMmaDepth. Dynamic shared
// memory: kGemmMmaShared.
template <class Mode, class T, int kSegment, int kXRows>
__global__ void __launch_bounds__(kGemmMmaThreads, 1)
    gemm_mma(const T* __restrict__ x, QuantizedView q, T* __restrict__ y, std::int64_t m,
             SplitK split, Shares shares) {
  QBENCH_DYNAMIC_SHARED(shared);
  if constexpr (kXRows == 64) {
    const std::int64_t x_rows = m - warp_place<64>(static_cast<int>(blockIdx.x), 0, m).x_row;
    if (x_rows > 32)
      multiply_slice<Mode, T, kSegment, 8>(x, q, y, m, split, shared);
    else
      multiply_slice<Mode, T, kSegment, 4>(x, q, y, m, split, shared);
  } else {
    PartWalk walk(shares);
#pragma unroll 1
    do {
      multiply_part<Mode, T, kSegment, kXRows, kXRows / 8>(x, q, y, m, walk, split, shared);
      walk.advance();
    } while (walk.more());
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
