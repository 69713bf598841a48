// SPDX-License-Identifier: Apache-2.0
// gemm on tensor cores: y = x W^T for any m. A block takes 256 rows of W, 32 a warp, and up to 64
// rows of x, which its warps share. Napkin: for 32 rows and 64 columns of weights and 64 rows of x
// a warp makes 64 products, and loads 32 times from the table and 8 KB of x, 64 wavefronts: the
// load and store unit binds, or the tensor cores do. So a segment is decoded while the one before
// is multiplied, and the warps meet once a stage of x, not once a tile of weights. Parts of k fill
// a card that has more multiprocessors than W has blocks of rows; their sums are added in order.
#pragma once

#include "kernels/matmul/places.cuh"
#include "kernels/matmul/x_stages.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// Rows of x that a place has at most. Only in segments of 64 do registers suffice for 64.
template <int kSegment>
constexpr int kGemmMmaXRows = kSegment == 64 ? 64 : 32;
// The table, with the tiles of codes in it, and the stages of x: 96 KB, for 64 rows 128 KB.
template <int kXRows>
constexpr int kGemmMmaShared = kTableBytes + 2 * kXStageBytes<kXRows>;

// total = the products of columns `first` to `past` for at most kXRows rows of x. `fills`: the
// table is not filled yet.
template <class Mode, class T, int kSegment, int kXRows>
__device__ __forceinline__ void multiply_tiles(const T* __restrict__ x, const QuantizedView& q,
                                               std::int64_t m, const WarpPlace& place, int warp,
                                               int first, int past, bool fills,
                                               unsigned char* shared,
                                               float (&total)[kWarpTiles][kXRows / 8][4]) {
  using Stream = WeightStream<Mode, T, kSegment, kWarpTiles>;
  static_assert(kPlaceThreads / 32 * Stream::kTilesOfWarp == kTilesInTable);
  constexpr int kRunBytes = kXRows * kXRowBytes;
  constexpr int kDepth = kXTiles<kXRows> * kStreamDepth;  // of a stage
  const XPlace<Mode, kSegment> x_place;
  XCopy<T, kXRows> x_copy(x, place.x_row, m, static_cast<int>(q.cols), first, past);
  int stage = kTableBytes;  // of x
  x_copy.issue(shared + stage);
  Stream stream(q, place.w_row, warp, first, past, shared);
  stream.prefetch_scales(first + kDepth);
  if (fills) stream.template prepare<kPlaceThreads>();
  stream.wait();
  __syncthreads();  // the table is there, and the first stage of x
  stream.begin();
  // The copies of a stage are in the group of the run of codes that is issued next. The stage that
  // is read meanwhile has four runs or more: three runs later that group has been waited for.
  static_assert(kXTiles<kXRows> >= 2);
#pragma unroll 1
  for (int k = first; k < past;) {
    const unsigned char* x_tile = shared + stage;
    stage ^= kXStageBytes<kXRows>;
    x_copy.issue(shared + stage);
    stream.prefetch_scales(k + 2 * kDepth);
    const int end = min(past, k + kDepth);
#pragma unroll 1
    do {
#pragma unroll
      for (int s = 0; s < Stream::kSteps; ++s) {
        const unsigned char* const x_run = x_tile + s / Stream::kInRun * kRunBytes;
        const auto word = [&](int c, int i) {
          return x_place.word(x_run, c, s % Stream::kInRun, i);
        };
        stream.fetch_behind(s);
        multiply_segment(stream.weights(s), stream.scale(s), word, total,
                         [&](int i, int n) { stream.decode_behind(s, i, n); });
      }
      k += kStreamDepth;
      x_tile += 2 * kRunBytes;
    } while (k < end);
    __syncthreads();  // this stage has been read, and the next one is there
  }
  ptx::cp_async_wait<0>();
}

// A block of up to 32 rows of x goes on with another place where one ends. Grid: as many blocks as
// it takes.
template <class Mode, class T, int kSegment, int kXRows>
__device__ __forceinline__ void multiply_part(const T* __restrict__ x, const QuantizedView& q,
                                              T* __restrict__ y, std::int64_t m,
                                              const PartWalk& walk, const SplitK& split,
                                              unsigned char* shared) {
  const int warp = warp_of(thread_here());
  const WarpPlace place = warp_place<kXRows>(static_cast<int>(walk.place()), 32 * warp, m);
  float total[kWarpTiles][kXRows / 8][4] = {};
  multiply_tiles<Mode, T, kSegment, kXRows>(
      x, q, m, place, warp, static_cast<int>(walk.first()) * kStreamDepth,
      static_cast<int>(walk.past()) * kStreamDepth, walk.done() == 0, shared, total);
  if (!walk.is_whole() && !add_parts<kPlaceRows * kXRows / 4, kPlaceThreads>(
                              split, walk, columns_at<kXRows>(place, m), total))
    return;
  write_columns(total, place.w_row, q.rows, place.x_row, m, 1 / TableCodes<Mode, T>::kGain, y);
}

// x: m x k, k a multiple of 32; y: m x n. kXRows: the rows of x of a place, 16, 32 or, in segments
// of 64, 64. `division` is of those of 16 and 32, in tiles of kStreamDepth. Dynamic shared
// memory: kGemmMmaShared<kXRows>.
template <class Mode, class T, int kSegment, int kXRows>
__global__ void __launch_bounds__(kPlaceThreads, 1)
    gemm_mma(const T* __restrict__ x, QuantizedView q, T* __restrict__ y, std::int64_t m,
             SplitK split, Division division) {
  QBENCH_DYNAMIC_SHARED(shared);
  if constexpr (kXRows == 64) {
    const std::int64_t x_rows =
        m - warp_place<kSliceXRows>(static_cast<int>(blockIdx.x), 0, m).x_row;
    constexpr float kFactor = 1 / TableCodes<Mode, T>::kGain;
    const auto multiply = [&]<int kColumns>(const WarpPlace& place, int warp, int first, int past,
                                            float(&total)[kWarpTiles][kColumns][4]) {
      multiply_tiles<Mode, T, kSegment, 8 * kColumns>(x, q, m, place, warp, first, past, true,
                                                      shared, total);
    };
    if (x_rows > 32)
      multiply_slice<T, 64>(q, y, m, kFactor, split, multiply);
    else
      multiply_slice<T, 32>(q, y, m, kFactor, split, multiply);
  } else {
    PartWalk walk(division);
#pragma unroll 1
    do {
      multiply_part<Mode, T, kSegment, kXRows>(x, q, y, m, walk, split, shared);
      walk.advance();
    } while (walk.more());
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
