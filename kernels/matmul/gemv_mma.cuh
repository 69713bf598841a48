// SPDX-License-Identifier: Apache-2.0
// gemv on tensor cores: y = x W^T for m = 1 .. 16, at the same price for 1 and 8. x stays: a warp
// holds 256 columns of it in registers and walks down the rows of W, 16 at a time, so that x is
// read once a block and the table is filled once a block. The 8 warps of a block take columns side
// by side, the blocks of a grid's x share out the rest of k, those of its y the rows. What they sum
// is added in the order of k, so that results are the same bits at every run and on any number of
// multiprocessors. Napkin: 1.9 instructions a weight, most of them for decoding and products (a
// lane's 16 bytes of codes are 16 permutations, 16 loads from the table and 4 products of the warp).
#pragma once

#include "kernels/matmul/pipeline.cuh"
#include "kernels/matmul/split_k.cuh"
#include "kernels/matmul/tile_scales.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kGemvMmaRows = 16;   // The kernel takes no more rows of x.
constexpr int kGemvMmaStages = 2;  // A warp's; one is under way: 32 KB an SM of two blocks.
static_assert(kGemvMmaStages * kSplitWarps == kTilesInTable);

// Columns of 8 rows of x: the kernel is compiled for each.
constexpr int gemv_mma_columns(std::int64_t m) { return m <= 8 ? 1 : 2; }
// The blocks that registers leave room for on a multiprocessor.
constexpr int gemv_mma_blocks(int columns) { return columns == 1 ? 2 : 1; }
constexpr int gemv_mma_shared(int columns) { return kTableBytes + 2 * columns * kPartsBytes; }

// This lane's part of 256 columns of x: word(c, segment, word) is what add_segment asks for.
template <class T, int kSegment, int kColumns>
class XTile {
 public:
  // From column `first` on, rows 2 i and 2 i + 1 swapped where `swaps` is 1. What is beyond m rows
  // or k columns is 0.
  __device__ XTile(const T* x, int m, int k, int first, int swaps) {
    const int g = (threadIdx.x % 32 / 4) ^ swaps, t = threadIdx.x % 4;
#pragma unroll
    for (int c = 0; c < kColumns; ++c)
#pragma unroll
      for (int s = 0; s < kSegments; ++s) {
        const int row = 8 * c + g, column = first + s * kSegment;
        const T* const from = x + static_cast<std::int64_t>(row) * k + column + t * (kSegment / 4);
#pragma unroll
        for (int word = 0; word < kWords; ++word) {
          words_[c][s][word] = {};
          if (row >= m || column >= k) continue;
          profile_global(from + 8 * word, sizeof(XWords<kSegment>));
          words_[c][s][word] = *reinterpret_cast<const XWords<kSegment>*>(from + 8 * word);
        }
      }
  }
  __device__ __forceinline__ XWords<kSegment> word(int column_group, int segment, int word) const {
    return words_[column_group][segment][word];
  }

 private:
  static constexpr int kSegments = kTileDepth / kSegment, kWords = kSegment == 64 ? 2 : 1;
  XWords<kSegment> words_[kColumns][kSegments][kWords];
};

// x: m x k, m <= 8 kColumns, k a multiple of 32; y: m x n. Grid: (slices of k, strips of rows);
// dynamic shared memory: gemv_mma_shared(kColumns).
template <class Mode, class T, int kSegment, int kColumns>
__global__ void __launch_bounds__(32 * kSplitWarps, gemv_mma_blocks(kColumns))
    gemv_mma(const T* __restrict__ x, QuantizedView q, T* __restrict__ y, int m, SplitK split) {
  QBENCH_DYNAMIC_SHARED(shared);
  using Parts = WarpParts<kColumns>;
  const SplitPlace place(q, kTileDepth);
  LanePlaces<kSegment> lane;
  const TileColumn<kEntryBytes> codes(q, static_cast<int>(q.cols) / 2, place.column / 2);
  const ScaleRows<Mode> scale_rows(q);
  const WholeScales<Mode> whole(q);
  const Pipeline<kGemvMmaStages, kOtherTile> pipeline(shared);
  const auto issue = [&](int stage, unsigned row, bool there) {
    pipeline.issue(shared + stage, [&](unsigned char* tile) {
      if (there) codes.issue(tile, row);
    });
  };

  StripWalk walk(q.rows);
  int stage = in_table(kGemvMmaStages * place.warp);
  StoredScales<Mode, kSegment> next;
  issue(stage, walk.row(), place.busy);
  if (place.busy) next.load(q, scale_rows, walk.row(), place.column);
  const XTile<T, kSegment, kColumns> x_tile(x, place.busy ? m : 0, static_cast<int>(q.cols),
                                            place.column, Parts::swaps(place));
  Parts parts(shared, kTableBytes, place, q.rows, m, split);
  fill_table<Mode, T, 32 * kSplitWarps>(shared);
  __syncthreads();
  lane.codes += stage;
#pragma unroll 1
  for (; walk.more(); walk.advance()) {
    if (place.busy) {
      const TileScales<Mode, kSegment> scales(q, whole, next);
      next.load(q, scale_rows, walk.next_row(), place.column);
      issue(stage ^ kOtherTile, walk.next_row(), walk.follows());
      pipeline.wait_after_issue();
      __syncwarp();  // every lane's copies are there
      float total[1][kColumns][4] = {};
#pragma unroll
      for (int s = 0; s < scales.kSegments; ++s) {
        const GroupScale scale[1][2] = {{scales.of(0, s), scales.of(1, s)}};
        add_segment<Mode, T, kSegment>(
            shared, shared, lane, s, scale,
            [&](int c, int word) { return x_tile.word(c, s, word); }, total);
      }
      parts.put(total[0]);
      stage ^= kOtherTile;
      lane.codes ^= kOtherTile;
    }
    __syncthreads();  // the parts are there, and the stage has been read
    parts.sum(walk, q.rows);
  }
  pipeline.drain();
  add_slices(split, q.rows, m, kPerGain<Mode, T>, y);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
