// SPDX-License-Identifier: Apache-2.0
// WeightStream: the weights of a warp along k, for products that take any m, decoded a step ahead.
#pragma once

#include "kernels/tiles/table_codes.cuh"
#include "kernels/tiles/tile_scales.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// A tile of a warp is 32 rows of W, 16 of which lie in the place of all, by two runs of columns.
constexpr int kWarpTiles = 2;
constexpr int kWarpRows = kWarpTiles * kTileRows;
constexpr int kStreamDepth = kTileDepth<4> / kWarpTiles;  // columns
constexpr int kRunDepth = kStreamDepth / 2;

// A step is a segment of kTogether tiles of rows: of both, or of one and then of the other. Two are
// held: one that is multiplied and the next, which is decoded meanwhile. Codes are
// copied run by run, behind the entries of the table, where each warp has room for two tiles: three
// runs are under way while one is read, which hides the latency of DRAM. Scales are loaded a tile
// ahead. Copies are waited for by their groups, one a run.
template <class Mode, class T, int kSegment, int kTogether>
class WeightStream {
 public:
  static constexpr int kSegments = kStreamDepth / kSegment, kParts = kWarpTiles / kTogether;
  static constexpr int kSteps = kSegments * kParts, kInRun = kSteps / 2;
  static constexpr int kTilesOfWarp = 2;
  using Codes = TableCodes<Mode, T>;
  using Weights = SegmentWeights<Codes, kSegment, kTogether>;
  using Scale = GroupScale[kTogether][2];
  using Stored = StoredScales<Mode, kSegment, kWarpRows>;

  // Begins to load what columns `first` to `past` need first, in kTilesOfWarp * 2 groups.
  __device__ __forceinline__ WeightStream(const QuantizedView& q, std::int64_t first_row, int warp,
                                          int first, int past, unsigned char* shared)
      : q_(q),
        decoder_(shared),
        copy_(q, first_row, static_cast<int>(q.cols) / 2, first / 2),
        rows_(q),
        whole_(q),
        row_(static_cast<unsigned>(first_row)),
        ahead_(first),
        past_(past),
        shared_(shared),
        tile_(in_table(kTilesOfWarp * warp)) {
    next_.load(q_, rows_, row_, first);
#pragma unroll
    for (int i = 0; i < kTilesOfWarp; ++i) {
      issue(0);
      issue(1);
      ahead_ += kStreamDepth;
      tile_ ^= kOtherTile;
    }
  }
  // Brings the sector of each row's scales at column k to L2: f32 of 64 weights are 512 columns.
  __device__ __forceinline__ void prefetch_scales(int k) const {
    Stored::prefetch(q_, rows_, row_, k);
  }
  // Fills the table. Called by all kThreads threads of the block, which meet before begin().
  template <int kThreads>
  __device__ __forceinline__ void prepare() const {
    decoder_.template prepare<kThreads>();
  }
  // Waits for what begin() reads, and for what was copied before.
  __device__ __forceinline__ void wait() const { ptx::cp_async_wait<kTilesOfWarp * 2 - 1>(); }
  // Decodes the first step. Before it there is none, whose scale is 0.
  __device__ __forceinline__ void begin() {
#pragma unroll
    for (GroupScale(&rows)[2] : scale_[1]) rows[0] = rows[1] = {0, 0};
    scales_ = TileScales<Mode, kSegment>(q_, whole_, next_);
    next_.load(q_, rows_, row_, ahead_ - kStreamDepth);
    fetch(0);
#pragma unroll
    for (int word = 0; word < Weights::kWords; ++word) held_[0].decode(decoder_, word, scale_[0]);
  }

  // Step p of the tile, which is decoded.
  __device__ __forceinline__ const Weights& weights(int p) const { return held_[p % 2]; }
  __device__ __forceinline__ const Scale& scale(int p) const { return scale_[p % 2]; }

  // Fetches the codes and scales of the step behind step p, for decode_behind().
  __device__ __forceinline__ void fetch_behind(int p) {
    if ((p + 1) % kInRun == 0) {
      ptx::cp_async_wait<2>();
      __syncwarp();  // every lane's copies are there, and the run of step p has been read
      issue(p / kInRun);
    }
    if (p + 1 == kSteps) turn();
    fetch((p + 1) % kSteps);
  }
  // Decodes part i of n of the step behind step p.
  __device__ __forceinline__ void decode_behind(int p, int i, int n) {
#pragma unroll
    for (int word = i * Weights::kWords / n; word < (i + 1) * Weights::kWords / n; ++word)
      held_[(p + 1) % 2].decode(decoder_, word, scale_[(p + 1) % 2]);
  }

 private:
  // Copies a run of a tile, the next along k, to the place of the tile that is read.
  __device__ __forceinline__ void issue(int run) {
    if (ahead_ < past_) copy_.issue(shared_ + tile_, run);
    ptx::cp_async_commit();
  }
  // Turns to the next tile.
  __device__ __forceinline__ void turn() {
    tile_ ^= kOtherTile;
    scales_ = TileScales<Mode, kSegment>(q_, whole_, next_);
    scales_.part_from_loaded(ahead_ >= 0);
    next_.load(q_, rows_, row_, ahead_);
    ahead_ += kStreamDepth;
  }
  __device__ __forceinline__ void fetch(int p) {
    const int segment = p / kParts, first = p % kParts * kTogether;
#pragma unroll
    for (int r = 0; r < kTogether; ++r)
#pragma unroll
      for (int i = 0; i < 2; ++i)
        scale_[p % 2][r][i] = scales_.of(i, segment + (first + r) * kSegments);
    held_[p % 2].template load<kSegments>(shared_ + tile_, lane_, segment + first * kSegments);
  }

  const QuantizedView& q_;
  const Codes decoder_;
  RunCopy<kEntryBytes> copy_;
  const ScaleRows<Mode> rows_;
  const WholeScales<Mode> whole_;
  const int lane_ = lane_place<Codes, kSegment>();
  unsigned row_;
  int ahead_, past_;  // the first column of the tile that is copied next; that behind the last tile
  unsigned char* shared_;
  int tile_;  // which is decoded: its byte of shared memory
  Weights held_[2];
  Scale scale_[2];
  TileScales<Mode, kSegment> scales_;  // of the tile that is decoded
  Stored next_;                        // of the next one
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
