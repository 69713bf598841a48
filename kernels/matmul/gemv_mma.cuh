// SPDX-License-Identifier: Apache-2.0
// gemv on tensor cores: y = x W^T for m = 1 .. 16, at the same price for 1 and 8. x stays: a warp
// holds 256 columns of it (128 where codes have 8 bits) in registers and walks down the rows of W,
// 16 at a time, so that x is read once a block and the table is filled once a block. The 8 warps of
// a block take columns side by side, the blocks of a grid's x share out the rest of k, those of its
// y the rows. What they sum is added in the order of k, so that results are the same bits at every
// run and on any number of multiprocessors. Codes are decoded by arithmetic where that suffices,
// else by a table.
#pragma once

#include "kernels/formats/wide.cuh"
#include "kernels/matmul/split_k.cuh"
#include "kernels/tiles/arithmetic_codes.cuh"
#include "kernels/tiles/pipeline.cuh"
#include "kernels/tiles/table_codes.cuh"
#include "kernels/tiles/tile_scales.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kGemvMmaRows = 16;   // The kernel takes no more rows of x.
constexpr int kGemvMmaStages = 2;  // A warp's; one is under way: 32 KB an SM of two blocks.
static_assert(kGemvMmaStages * kSplitWarps == kTilesInTable);
// Bytes of the tiles of a block, and of the table where there is one.
template <bool kTable>
constexpr int kGemvMmaTiles = kTable ? kTableBytes : kGemvMmaStages* kSplitWarps* kTileBytes;

// Columns of 8 rows of x: the kernel is compiled for each.
constexpr int gemv_mma_columns(std::int64_t m) { return m <= 8 ? 1 : 2; }
// The blocks that registers leave room for on a multiprocessor: x takes most of them.
template <int kBits>
constexpr int gemv_mma_blocks(int columns) {
  const int held = columns * kTileDepth<kBits>;  // columns of 8 rows of x
  return held <= 128 ? 3 : held <= 256 ? 2 : 1;
}
constexpr int gemv_mma_shared(bool table, int columns) {
  return (table ? kGemvMmaTiles<true> : kGemvMmaTiles<false>)+2 * columns * kPartsBytes;
}

template <class Mode, class T>
using GemvCodes = std::conditional_t<Mode::kByTable, TableCodes<Mode, T>, ArithmeticCodes<Mode, T>>;

// This lane's part of a tile's columns of x: word(c, segment, word) and sum(c, segment, j) are what
// add_segment asks for.
template <class Codes, int kSegment, int kColumns>
class XTile {
  using T = typename Codes::T;
  using Part = LanePart<typename Codes::Mode, kSegment>;
  using X = typename Part::X;

 public:
  // From column `first` on, rows 2 i and 2 i + 1 swapped where `swaps` is 1. What is beyond m rows
  // or k columns is 0.
  __device__ XTile(const T* x, int m, int k, int first, int swaps) {
    const int g = (threadIdx.x % 32 / 4) ^ swaps, t = threadIdx.x % 4;
#pragma unroll
    for (int c = 0; c < kColumns; ++c)
#pragma unroll
      for (int s = 0; s < kSegments; ++s) {
        const int row = 8 * c + g, column = first + s * kSegment + t * (kSegment / 4);
        read(x + static_cast<std::int64_t>(row) * k + column, row < m && column < k, words_[c][s]);
#pragma unroll
        for (X& word : words_[c][s]) word = Codes::arranged(word);
      }
    if constexpr (Codes::Mode::kZeroApart) add_up();
  }
  __device__ __forceinline__ X word(int column_group, int segment, int word) const {
    return words_[column_group][segment][word];
  }
  __device__ __forceinline__ float sum(int column_group, int segment, int j) const {
    return sums_[column_group][segment][j];
  }

 private:
  static constexpr int kSegments = kTileDepth<Codes::Mode::kBits> / kSegment;
  using Words = X[Part::kWords];

  // A lane's part of a segment, zeros where it is not there. A part of 64 columns is a sector; of
  // two lanes beside each other both are there, or none, since k is a multiple of 32.
  static __device__ __forceinline__ void read(const T* from, bool there, Words& words) {
    if constexpr (sizeof(Words) == sizeof(Sector)) {
      const bool odd = threadIdx.x % 2 == 1;
      const T* const half = from - (odd ? 8 : 0);  // in the even lane's part
      const auto of_even = read_as<uint4>(half, there), of_odd = read_as<uint4>(half + 16, there);
      const Sector own = own_sector(odd, of_even, of_odd);
      memcpy(words, &own, sizeof own);
    } else {
      const auto part = read_as<std::conditional_t<sizeof(Words) == 16, uint4, uint2>>(from, there);
      memcpy(words, &part, sizeof part);
    }
  }
  template <class Access>
  static __device__ __forceinline__ Access read_as(const T* from, bool there) {
    if (!there) return {};
    profile_global(from, sizeof(Access));
    return *reinterpret_cast<const Access*>(from);
  }

  // Sums are products by ones, so that each lane has those of the columns of its accumulators.
  __device__ __forceinline__ void add_up() {
    constexpr std::uint32_t kOnes = twice(Layout16<T>::kBias << Layout16<T>::kMantissa);
    constexpr std::uint32_t kRow[4] = {kOnes, kOnes, kOnes, kOnes};
#pragma unroll
    for (int c = 0; c < kColumns; ++c)
#pragma unroll
      for (int s = 0; s < kSegments; ++s) {
        float sum[4] = {};
#pragma unroll
        for (int word = 0; word < Part::kWords; ++word) {
          const X& b = words_[c][s][word];
          multiply(T(), sum, kRow, {b.x, b.y});
          if constexpr (Part::kWeights == 8) multiply(T(), sum, kRow, {b.z, b.w});
        }
        sums_[c][s][0] = sum[0], sums_[c][s][1] = sum[1];
      }
  }

  X words_[kColumns][kSegments][Part::kWords];
  float sums_[kColumns][kSegments][2];
};

// x: m x k, m <= 8 kColumns, k a multiple of 32; y: m x n. Grid: (slices of k, strips of rows);
// dynamic shared memory: gemv_mma_shared(Mode::kByTable, kColumns).
template <class Mode, class T, int kSegment, int kColumns>
__global__ void __launch_bounds__(32 * kSplitWarps, gemv_mma_blocks<Mode::kBits>(kColumns))
    gemv_mma(const T* __restrict__ x, QuantizedView q, T* __restrict__ y, int m, SplitK split) {
  QBENCH_DYNAMIC_SHARED(shared);
  using Parts = WarpParts<kColumns>;
  using Codes = GemvCodes<Mode, T>;
  constexpr int kOther = kTileRows * Codes::kTileStride;  // between a warp's two tiles
  constexpr int kEach = 8 / Mode::kBits;                  // codes of a byte
  static_assert(!Mode::kZeroApart || (Codes::kGain == 1 && Mode::kFormatQmax == 1));
  const SplitPlace place(q, kTileDepth<Mode::kBits>);
  const TileColumn<Codes::kTileStride, Codes::kZeroFill> codes(q, static_cast<int>(q.cols) / kEach,
                                                               place.column / kEach);
  const ScaleRows<Mode> scale_rows(q);
  const WholeScales<Mode> whole(q);
  const Pipeline<kGemvMmaStages, kOther> pipeline(shared);
  const auto issue = [&](int stage, unsigned row, bool there) {
    pipeline.issue(shared + stage, [&](unsigned char* tile) {
      if (there) codes.issue(tile, row);
    });
  };

  StripWalk walk(q.rows);
  int stage = kGemvMmaStages * place.warp * kOther + (Mode::kByTable ? kTileRowBytes : 0);
  StoredScales<Mode, kSegment> next;
  issue(stage, walk.row(), place.busy);
  if (place.busy) next.load(q, scale_rows, walk.row(), place.column);
  const XTile<Codes, kSegment, kColumns> x_tile(x, place.busy ? m : 0, static_cast<int>(q.cols),
                                                place.column, Parts::swaps(place));
  Parts parts(shared, kGemvMmaTiles<Mode::kByTable>, place, q.rows, m, split);
  const Codes decoder(shared);
  decoder.template prepare<32 * kSplitWarps>();
  if (place.busy) next.prefetch(q, scale_rows, walk.next_row(), place.column);
  __syncthreads();
  int lane = lane_place<Codes, kSegment>() + stage;
#pragma unroll 1
  for (; walk.more(); walk.advance()) {
    if (place.busy) {
      const TileScales<Mode, kSegment> scales(q, whole, next);
      next.load(q, scale_rows, walk.next_row(), place.column);
      next.prefetch(q, scale_rows, walk.row_behind_next(), place.column);
      issue(stage ^ kOther, walk.next_row(), walk.follows());
      pipeline.wait_after_issue();
      __syncwarp();  // every lane's copies are there
      float total[1][kColumns][4] = {};
#pragma unroll
      for (int s = 0; s < scales.kSegments; ++s) {
        const GroupScale scale[1][2] = {{scales.of(0, s), scales.of(1, s)}};
        add_segment<kSegment>(
            decoder, shared, lane, s, scale,
            [&](int c, int word) { return x_tile.word(c, s, word); },
            [&](int c, int j) { return x_tile.sum(c, s, j); }, total);
      }
      parts.put(total[0]);
      stage ^= kOther;
      lane ^= kOther;
    }
    __syncthreads();  // the parts are there, and the stage has been read
    parts.sum(walk, q.rows);
  }
  pipeline.drain();
  add_slices(split, q.rows, m, 1 / (Codes::kGain * Mode::kFormatQmax), y);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
