// SPDX-License-Identifier: Apache-2.0
// The scales of a tile of 4-bit weights (fragments.cuh): loaded as they are stored, a round before
// they are decoded, and shared among the lanes of a warp by shuffles.
//
// A segment is a run of weights along k that has one scale: 64 where blocks and rows are multiples
// of 64, else 32, or 16 where blocks are no larger.
#pragma once

#include "kernels/matmul/fragments.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// The groups of two rows of a matrix: those of rows first_row + l / 4 + 8 i of lane l. Places are
// counted in runs of 16 weights, which no group is shorter than, in 32 bits.
constexpr int kPlace = 16;
constexpr std::int64_t kMostPlaces = std::int64_t{1} << 32;

template <class Mode>
class ScaleRows {
 public:
  __device__ ScaleRows(const QuantizedView& q, std::int64_t first_row)
      : stride_(static_cast<unsigned>(Mode::Groups::stride(q) / kPlace)),
        shift_(log2_of(q.block_size) - log2_of(kPlace)) {
    for (int i = 0; i < 2; ++i) {
      const std::int64_t row = first_row + threadIdx.x % 32 / 4 + 8 * i;
      start_[i] = static_cast<unsigned>(min(row, q.rows - 1)) * stride_;
    }
  }
  // The group of column k, a multiple of 16, `row` rows further down.
  __device__ __forceinline__ unsigned group(int i, unsigned row, int k) const {
    return (row * stride_ + start_[i] + static_cast<unsigned>(k) / kPlace) >> shift_;
  }

 private:
  unsigned stride_;  // in places
  int shift_;        // a group is 2^shift places
  unsigned start_[2];
};

// The scales of a tile that lane l holds: those of rows l / 4 + 8 i and segments l % 4 + 4 j. Those
// of columns beyond the last are 0 or as little, so that they may be multiplied by sums that are 0.
template <class Mode, int kSegment>
struct StoredScales {
  static constexpr int kCount = kTileDepth / kSegment / 2;
  typename Mode::Stored held[kCount] = {};

  // Those of the tile at column k, `row` rows below the first.
  __device__ __forceinline__ void load(const QuantizedView& q, const ScaleRows<Mode>& rows,
                                       unsigned row, int k) {
#pragma unroll
    for (int i = 0; i < kCount; ++i) {
      const int column = k + (static_cast<int>(threadIdx.x) % 4 + i / 2 * 4) * kSegment;
      if (column < static_cast<int>(q.cols))
        held[i] = Mode::stored(q, rows.group(i % 2, row, column));
    }
  }
};

template <class Mode, int kSegment>
class TileScales {
 public:
  static constexpr int kSegments = kTileDepth / kSegment;

  __device__ __forceinline__ TileScales(const QuantizedView& q, const typename Mode::Whole& whole,
                                        const StoredScales<Mode, kSegment>& stored) {
#pragma unroll
    for (int i = 0; i < kSegments / 2; ++i) held_[i] = Mode::group(q, whole, stored.held[i]);
  }
  // The scale of row l / 4 + 8 i and a segment. Called by the whole warp.
  __device__ __forceinline__ GroupScale of(int i, int segment) const {
    const GroupScale& held = held_[segment / 4 * 2 + i];
    GroupScale scale{__shfl_sync(0xffffffff, held.factor, segment % 4, 4), 0};
    if constexpr (Mode::kHasZero) scale.zero = __shfl_sync(0xffffffff, held.zero, segment % 4, 4);
    return scale;
  }

 private:
  GroupScale held_[kSegments / 2];
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
