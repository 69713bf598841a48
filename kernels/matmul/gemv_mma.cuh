// SPDX-License-Identifier: Apache-2.0
// gemv on tensor cores: y = x W^T for m = 1 .. 16, at the same price for 1 and 8. x stays: a warp
// holds 256 columns of it (128 where codes have 8 bits) in registers and walks down the rows of W,
// 16 at a time, so that x is read once a block and the table is filled once a block. The 8 warps of
// a block take columns side by side, the blocks of a grid's x share out the rest of k, those of its
// y the rows. What they sum is added in the order of k, so that results are the same bits at every
// run and on any number of multiprocessors. Codes are decoded by arithmetic where that suffices,
// else by a table.
#pragma once

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

// This lane's part of a tile's columns of x: word(c, segment, word) is what add_segment asks for.
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
        const T* const from = x + static_cast<std::int64_t>(row) * k + column;
#pragma unroll
        for (int word = 0; word < Part::kWords; ++word) {
          words_[c][s][word] = {};
          if (row >= m || column >= k) continue;
          const T* const at = from + Part::kWeights * word;
          profile_global(at, sizeof(X));
          const X read = *reinterpret_cast<const X*>(at);
          words_[c][s][word] = Codes::arranged(read);
        }
      }
  }
  __device__ __forceinline__ X word(int column_group, int segment, int word) const {
    return words_[column_group][segment][word];
  }

 private:
  static constexpr int kSegments = kTileDepth<Codes::Mode::kBits> / kSegment;
  X words_[kColumns][kSegments][Part::kWords];
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
            [&](int c, int word) { return x_tile.word(c, s, word); }, total);
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
