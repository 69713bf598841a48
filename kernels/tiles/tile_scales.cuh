// SPDX-License-Identifier: Apache-2.0
// The scales of a tile of weights (fragments.cuh): loaded as they are stored, a round before
// they are decoded, and shared among the lanes of a warp by shuffles.
//
// A segment is a run of weights along k that has one scale: 64 where blocks are multiples of 64
// and rows are too or, in gemv-mma, groups begin anew in each row, else 32, or 16 where blocks are
// no larger.
#pragma once

#include "kernels/formats/stored_scale.cuh"
#include "kernels/tiles/fragments.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// The groups of the rows of a matrix. Places are counted in runs of 16 weights, which no group is
// shorter than, in 32 bits.
constexpr int kPlace = 16;
constexpr std::int64_t kMostPlaces = std::int64_t{1} << 32;

template <class Mode>
class ScaleRows {
 public:
  __device__ explicit ScaleRows(const QuantizedView& q) : last_(static_cast<unsigned>(q.rows - 1)) {
    if constexpr (requires { Mode::Groups::stride(q); }) {
      stride_ = static_cast<unsigned>(Mode::Groups::stride(q) / kPlace);
      shift_ = log2_of(q.block_size) - log2_of(kPlace);
    } else {  // rows, or all of them, are one group
      shift_ = log2_of(static_cast<int>(q.cols)) + 1 - log2_of(kPlace);
      stride_ = std::is_same_v<typename Mode::Groups, Rows> ? 1u << shift_ : 0;
    }
    if constexpr (kUnits)
      units_ = static_cast<unsigned>(Mode::Groups::per_row(q) + Mode::kGroupsAUnit - 1) /
               Mode::kGroupsAUnit;
  }
  // The group of column k and its unit. A row beyond the last is the last.
  __device__ __forceinline__ GroupPlace at(unsigned row, int k) const {
    const unsigned in = min(row, last_), column = static_cast<unsigned>(k);
    GroupPlace place{(in * stride_ + column / kPlace) >> shift_, 0};
    if constexpr (kUnits) {
      static_assert(Mode::kLeastBlock == Mode::kMostBlock);
      place.unit = in * units_ + column / (Mode::kLeastBlock * Mode::kGroupsAUnit);
    }
    return place;
  }

 private:
  static constexpr bool kUnits = Mode::kOuter == Outer::units;

  unsigned units_;   // of a row
  unsigned stride_;  // in places, from a row to the next
  unsigned last_;
  int shift_;  // a group is 2^shift places
};

// The scales of a tile that lane l holds: those of rows l / 4 + 8 i and segments l % 4 + 4 j, of
// which some lanes hold the same where there are fewer. In a tile of 32 rows (RunCopy) the second
// half of the segments are those of rows from 16 on. Columns beyond the last have the last one's.
template <class Mode, int kSegment, int kRows = kTileRows>
struct StoredScales {
  static constexpr int kSegments = kTileDepth<Mode::kBits> / kSegment;
  static constexpr int kLanes = kSegments < 4 ? kSegments : 4;
  static constexpr int kCount = 2 * kSegments / kLanes;
  static constexpr unsigned kInRow = kSegments * kTileRows / kRows;
  StoredScale<Mode> held[kCount];

  // Brings those of the tile at first_row and column k to L2, so that load() waits for no more: the
  // sector of each row's first one and, of 16 rows, of its last.
  static __device__ __forceinline__ void prefetch(const QuantizedView& q,
                                                  const ScaleRows<Mode>& rows, unsigned first_row,
                                                  int k) {
    const unsigned lane = threadIdx.x % 32;
    const int column = k + static_cast<int>(lane / kRows) * (kTileDepth<Mode::kBits> - 1);
    StoredScale<Mode>::prefetch(
        q, rows.at(first_row + lane % kRows, min(column, static_cast<int>(q.cols) - 1)));
  }
  // Those of the tile at first_row and column k.
  __device__ __forceinline__ void load(const QuantizedView& q, const ScaleRows<Mode>& rows,
                                       unsigned first_row, int k) {
#pragma unroll
    for (int i = 0; i < kCount; ++i) {
      const unsigned segment = threadIdx.x % kLanes + i / 2 * 4;
      const unsigned row =
          first_row + threadIdx.x % 32 / 4 + i % 2 * 8 + segment / kInRow * kTileRows;
      const int column = k + static_cast<int>(segment % kInRow) * kSegment;
      held[i] = StoredScale<Mode>::load(q, rows.at(row, min(column, static_cast<int>(q.cols) - 1)));
    }
  }
};

template <class Mode, int kSegment>
class TileScales {
 public:
  using Stored = StoredScales<Mode, kSegment>;
  static constexpr int kSegments = Stored::kSegments;

  TileScales() = default;
  template <int kRows>
  __device__ __forceinline__ TileScales(const QuantizedView& q, const WholeScales<Mode>& whole,
                                        const StoredScales<Mode, kSegment, kRows>& stored) {
#pragma unroll
    for (int i = 0; i < Stored::kCount; ++i) held_[i] = stored.held[i].decoded(q, whole);
  }
  // A selection by what is always true. Where a scale is what was loaded, the assembler would take
  // one register for both, load the next scale to a third, and move that at the end of the turn:
  // it would wait for it there.
  __device__ __forceinline__ void part_from_loaded(bool always) {
#pragma unroll
    for (GroupScale& scale : held_) scale.factor = always ? scale.factor : 0;
  }
  // The scale of row l / 4 + 8 i and a segment. Called by the whole warp.
  __device__ __forceinline__ GroupScale of(int i, int segment) const {
    const GroupScale& held = held_[segment / 4 * 2 + i];
    GroupScale scale{__shfl_sync(0xffffffff, held.factor, segment % 4, 4), 0};
    if constexpr (StoredScale<Mode>::kZero)
      scale.zero = __shfl_sync(0xffffffff, held.zero, segment % 4, 4);
    return scale;
  }

 private:
  GroupScale held_[Stored::kCount];
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
