// SPDX-License-Identifier: Apache-2.0
// Products whose k is shared out over the warps of a block, and over blocks: who takes what, and
// sums in the order of k. Warps sum a tile of 16 rows through shared memory; a block writes its
// sums to memory, and of the blocks of the same rows the one that arrives last adds them up. None
// waits for another, and no float is added by an atomic: the order is the same at every run.
#pragma once

#include "kernels/tiles/fragments.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kSplitWarps = 8;
constexpr int kPartsBytes = kSplitWarps * 16 * 8 * 4;  // f32 of a tile and 8 columns, of every warp

// Memory for the sums of parts of k: [slice][row of y][column of y, padded to whole tiles] for
// add_slices, [block][first or last of its places][accumulators][thread] for add_parts.
struct SplitK {
  float* sums;
  unsigned* arrived;  // of the parts of each strip, or place: how many are done; 0 before and after
};

// The rows of W in whole tiles.
__host__ __device__ constexpr std::int64_t in_whole_tiles(std::int64_t rows) {
  return (rows + kTileRows - 1) / kTileRows * kTileRows;
}

// The columns of a warp: tiles of them are shared out evenly to the slices, at most one to a warp.
struct SplitPlace {
  int warp;
  int column;  // its first one
  bool busy;   // true if it has any

  __device__ SplitPlace(const QuantizedView& q, int tile_columns)
      : warp(warp_of(static_cast<int>(threadIdx.x))) {
    const std::int64_t tiles = (q.cols + tile_columns - 1) / tile_columns;
    const int first = static_cast<int>(tiles * blockIdx.x / gridDim.x);
    const int past = static_cast<int>(tiles * (blockIdx.x + 1) / gridDim.x);
    column = (first + warp) * tile_columns;
    busy = first + warp < past;
  }
};

// The tiles of rows of a block, from above to below.
class StripWalk {
 public:
  __device__ explicit StripWalk(std::int64_t rows)
      : rows_(static_cast<unsigned>(rows)),
        step_(ptx::kept(static_cast<int>(gridDim.y) * kTileRows)),
        row_(blockIdx.y * kTileRows) {}
  __device__ __forceinline__ bool more() const { return row_ < rows_; }
  __device__ __forceinline__ bool follows() const { return row_ + step_ < rows_; }
  // The first row of the tile, of the one that follows, and of the one behind that.
  __device__ __forceinline__ unsigned row() const { return row_; }
  __device__ __forceinline__ unsigned next_row() const { return row_ + step_; }
  __device__ __forceinline__ unsigned row_behind_next() const { return row_ + 2 * step_; }
  __device__ __forceinline__ void advance() { row_ += step_; }

 private:
  unsigned rows_, step_, row_;
};

// How a product is shared out: so many places, of the same rows of W and of x, each so many tiles
// along k; a block takes `share` tiles.
struct Division {
  unsigned places, tiles, share;
};

// The parts of a block: its share of the tiles of all places, one place after the other. So these
// are the last tiles of a place, whole places, the first tiles of another.
class PartWalk {
 public:
  __device__ __forceinline__ explicit PartWalk(const Division& division)
      : division_(division), place_(start() / division.tiles) {}
  __device__ __forceinline__ bool more() const {
    return place_ < division_.places && place_ * division_.tiles < start() + division_.share;
  }
  __device__ __forceinline__ void advance() { ++place_; }
  __device__ __forceinline__ unsigned place() const { return place_; }
  // The tiles of the place that are this part: from `first` on to `past`.
  __device__ __forceinline__ unsigned first() const { return begin() - place_ * division_.tiles; }
  __device__ __forceinline__ unsigned past() const {
    return min(division_.tiles, start() + division_.share - place_ * division_.tiles);
  }
  __device__ __forceinline__ bool is_whole() const { return past() - first() == division_.tiles; }
  // The tiles that the block has done before.
  __device__ __forceinline__ unsigned done() const { return begin() - start(); }

  // The parts of the place: how many there are, and where the sums of each lie from `base` on. A
  // block has sums of two places at most.
  __device__ __forceinline__ unsigned base() const { return 2 * first_block(); }
  __device__ __forceinline__ unsigned count() const {
    return (place_ * division_.tiles + division_.tiles - 1) / division_.share - first_block() + 1;
  }
  __device__ __forceinline__ unsigned own() const { return at(blockIdx.x - first_block()); }
  __device__ __forceinline__ unsigned at(unsigned part) const {
    const bool second = (first_block() + part) * division_.share < place_ * division_.tiles;
    return 2 * part + (second ? 1 : 0);
  }

 private:
  __device__ __forceinline__ unsigned start() const { return blockIdx.x * division_.share; }
  // The block that has the place's first part.
  __device__ __forceinline__ unsigned first_block() const {
    return place_ * division_.tiles / division_.share;
  }
  __device__ __forceinline__ unsigned begin() const {
    return max(place_ * division_.tiles, start());
  }

  const Division& division_;
  unsigned place_;
};

// The part of a block in a grid of (places, parts of each).
struct OnlyPart {
  __device__ __forceinline__ unsigned place() const { return blockIdx.x; }
  __device__ __forceinline__ std::int64_t base() const {
    return static_cast<std::int64_t>(blockIdx.x) * gridDim.y;
  }
  __device__ __forceinline__ unsigned count() const { return gridDim.y; }
  __device__ __forceinline__ unsigned own() const { return blockIdx.y; }
  __device__ __forceinline__ unsigned at(unsigned part) const { return part; }
};

// The accumulators of the warps for a tile, in shared memory, twice: while those of one tile are
// summed, warps write those of the next. One barrier a tile, after put(), is enough.
//
// Warp w sums column w of each 8: its lanes 0 to 15 the parts of warps 0 to 3, the others those of
// warps 4 to 7, and then both. So that all these lie in different banks, warps 4 to 7 have the
// columns of each pair the other way round: row r of x is column r ^ swaps() of their products.
template <int kColumns>
class WarpParts {
 public:
  static __device__ __forceinline__ int swaps(const SplitPlace& place) { return place.warp / 4; }

  // The parts lie at byte `at` of shared memory, a multiple of what they take. The sums of tiles
  // are written whole: those of rows beyond the last are never read as such.
  __device__ WarpParts(unsigned char* shared, int at, const SplitPlace& place, std::int64_t rows,
                       int m, const SplitK& split)
      : shared_(shared), columns_(m - place.warp) {
    const int lane = threadIdx.x % 32, half = lane / 16, row = lane % 16;
    const int column = place.warp ^ half;
    put_ = at + place.warp * kPart + in_part(lane, 0);
    take_ = ptx::kept(at + half * (kSplitWarps / 2 * kPart) +
                      in_part(row % 8 * 4 + column / 2, row / 8 * 2 + column % 2));
    sums_ = ptx::kept(
        split.sums +
        (static_cast<std::int64_t>(blockIdx.x) * m + place.warp) * in_whole_tiles(rows) + row);
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
  // Sums the parts of the warps, in order. Called by whole warps.
  __device__ __forceinline__ void sum(const StripWalk& walk, std::int64_t rows) {
    const bool writes = threadIdx.x % 32 < 16;
#pragma unroll
    for (int c = 0; c < kColumns; ++c) {
      if (8 * c >= columns_) continue;
      float sum = part(c, 0);
#pragma unroll
      for (int i = 1; i < kSplitWarps / 2; ++i) sum = __fadd_rn(sum, part(c, i));
      sum = __fadd_rn(sum, __shfl_down_sync(0xffffffff, sum, 16));
      if (writes) sums_[8 * c * in_whole_tiles(rows) + walk.row()] = sum;
    }
    take_ ^= kOther;
  }

 private:
  static constexpr int kPart = kPartsBytes / kSplitWarps, kOther = kColumns * kPartsBytes;

  __device__ __forceinline__ float part(int c, int warp) const {
    const unsigned char* const from = shared_ + take_ + c * kPartsBytes + warp * kPart;
    profile_shared(from, 4);
    return *reinterpret_cast<const float*>(from);
  }
  // The byte of accumulator j of lane 4 g + t. Lanes write 16 bytes each; those of one t, every j
  // and every g are read together: neither conflicts.
  static __device__ __forceinline__ int in_part(int lane, int j) {
    const int g = lane / 4, t = lane % 4;
    return ((8 * t + (g ^ (2 * t))) * 4 + j) * 4;
  }

  unsigned char* shared_;
  float* sums_;  // of the warp's first column, from this lane's row on
  int put_, take_;
  int columns_;  // of x from the warp's first one on
};

// Called by all threads of a block that has written its sums. True in the last of `blocks` that
// count their arrivals in `arrived`; it may read the sums of them all.
//
// The barrier, a fence and the relaxed atomic of thread 0 are a release pattern; the atomic, a
// fence and the next barrier are an acquire pattern of the last block, which observes the counts of
// all others (PTX ISA, memory consistency model: release and acquire patterns, causality order). No
// two fences are ordered by anything but the counts, so none needs to be fence.sc.
__device__ __forceinline__ bool arrives_last(unsigned* arrived, unsigned blocks) {
  __syncthreads();  // all of the block's sums are written
  bool last = false;
  if (threadIdx.x == 0) {
    ptx::fence_acq_rel_gpu();  // and are there for who sees the count below
    last = atomicAdd(arrived, 1u) + 1 == blocks;
    ptx::fence_acq_rel_gpu();
    if (last) *arrived = 0;  // for the next launch
  }
  return __syncthreads_or(last) != 0;
}

__device__ __forceinline__ void add_to(float (&sum)[4], const float4& part) {
  sum[0] = __fadd_rn(sum[0], part.x);
  sum[1] = __fadd_rn(sum[1], part.y);
  sum[2] = __fadd_rn(sum[2], part.z);
  sum[3] = __fadd_rn(sum[3], part.w);
}

// total = its sums over all parts of the place, in order of k, in the block that arrives last: the
// others return false. A thread has accumulators of kTiles tiles, of whose columns the first
// `columns` are in use; split.sums has room for kRoom of 4 numbers of each part.
template <int kRoom, int kThreads, class Part, int kTiles, int kColumns>
__device__ __forceinline__ bool add_parts(const SplitK& split, const Part& part, int columns,
                                          float (&total)[kTiles][kColumns][4]) {
  static_assert(kTiles * kColumns * kThreads <= kRoom);
  const auto for_each = [&](const auto& act) {
#pragma unroll
    for (int i = 0; i < kTiles * kColumns; ++i)
      if (i % kColumns < columns) act(total[i / kColumns][i % kColumns], i * kThreads);
  };
  float4* const first = reinterpret_cast<float4*>(split.sums) + threadIdx.x +
                        static_cast<std::int64_t>(part.base()) * kRoom;
  for_each([&](float(&sum)[4], int at) {
    first[static_cast<std::int64_t>(part.own()) * kRoom + at] = {sum[0], sum[1], sum[2], sum[3]};
  });
  if (!arrives_last(split.arrived + part.place(), part.count())) return false;
  for_each([](float(&sum)[4], int) { sum[0] = sum[1] = sum[2] = sum[3] = 0; });
#pragma unroll 1
  for (unsigned i = 0; i < part.count(); ++i)
    for_each([&](float(&sum)[4], int at) {
      add_to(sum, __ldcg(&first[static_cast<std::int64_t>(part.at(i)) * kRoom + at]));
    });
  return true;
}

constexpr unsigned kSlicesAtOnce = 4;  // whose sums are under way together
constexpr int kRowsAtOnce = 4;         // of a tile: those of a thread

// y = the sums of the slices, in order, times `factor`, for the rows of the block's strip. Each 4
// threads take a column of a tile; with few columns a block takes several tiles at a time. A slice
// beyond the last adds +0, which changes no sum that begins at +0.
template <class T>
__device__ __forceinline__ void add_slices(const SplitK& split, std::int64_t rows, int m,
                                           float factor, T* __restrict__ y) {
  if (!arrives_last(split.arrived + blockIdx.y, gridDim.x)) return;
  constexpr int kThreads = kTileRows / kRowsAtOnce;  // of a column of a tile
  constexpr int kPlaces = 32 * kSplitWarps / kThreads;
  const int shift = 32 - __clz(m - 1), place = threadIdx.x / kThreads;  // a tile has 2^shift
  const int column = place & ((1 << shift) - 1);
  if (column >= m) return;
  const std::int64_t padded = in_whole_tiles(rows), slice = m * padded;
  const auto past = static_cast<unsigned>(rows), strips = gridDim.y;
  const unsigned step = (kPlaces >> shift) * strips * kTileRows;
  const float* const sums = split.sums + column * padded;
  T* const out = y + column * rows;
  for (unsigned row = (blockIdx.y + (place >> shift) * strips) * kTileRows +
                      threadIdx.x % kThreads * kRowsAtOnce;
       row < past; row += step) {
    const float* from = sums + row;
    float sum[kRowsAtOnce] = {};
#pragma unroll 1
    for (unsigned first = 0; first < gridDim.x; first += kSlicesAtOnce) {
      float4 part[kSlicesAtOnce] = {};
#pragma unroll
      for (unsigned i = 0; i < kSlicesAtOnce; ++i, from += slice)
        if (first + i < gridDim.x) part[i] = __ldcg(reinterpret_cast<const float4*>(from));
#pragma unroll
      for (const float4& of_slice : part) add_to(sum, of_slice);
    }
#pragma unroll
    for (unsigned i = 0; i < kRowsAtOnce; ++i)
      if (i < past - row) out[row + i] = from_f32<T>(__fmul_rn(sum[i], factor));
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
