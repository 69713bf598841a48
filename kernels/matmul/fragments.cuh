// SPDX-License-Identifier: Apache-2.0
// 4-bit weights as the A operand of tensor cores: tiles of codes in shared memory, a table that
// decodes a byte without bank conflicts, and scales that are applied to the accumulators.
//
// A product takes 16 rows of weights as A and 8 rows of x as B, so that few rows of x cost no
// padding. Along k the operands may be in any order as long as it is the same in both: lane t of a
// row takes consecutive bytes of codes, and the 8 consecutive x that belong to 4 of them.
#pragma once

#include <cstring>
#include <type_traits>

#include "kernels/formats/of.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// --- The table: entry e of lane l, at byte 256 e + 4 l, is the pair of weights of byte e without
// their scale. Each lane reads its own bank, so no look-up of a warp conflicts. An entry begins at
// a multiple of 256 bytes, so that its address is the byte above the lane's offset: one permutation
// makes it. That leaves 128 bytes free behind each entry, where the tiles lie (in_table).

constexpr int kEntryBytes = 256;
constexpr int kTableBytes = 256 * kEntryBytes;

__device__ __forceinline__ unsigned bits_of(__half x) { return __half_as_ushort(x); }
__device__ __forceinline__ unsigned bits_of(__nv_bfloat16 x) { return __bfloat16_as_ushort(x); }

// Called by all kThreads threads of the block. Eight threads write the 32 equal pairs of an entry,
// 16 bytes each; a thread's entries differ in their high code alone.
template <class Mode, class T, int kThreads>
__device__ __forceinline__ void fill_table(unsigned char* table) {
  constexpr int kEntries = kThreads / 8;  // that are written at a time
  static_assert(kEntries % 16 == 0);
  const auto raw = [](unsigned code) {
    return bits_of(from_f32<T>(__fmul_rn(Mode::value(code), Mode::template kGain<T>)));
  };
  const unsigned first = threadIdx.x / 8, low = raw(first % 16);
  unsigned char* const at = table + first * kEntryBytes + threadIdx.x % 8 * 16;
#pragma unroll
  for (int i = 0; i < 256 / kEntries; ++i) {
    const unsigned high = raw(first / 16 + i * (kEntries / 16));
    const unsigned pair = Mode::kHighFirst ? low << 16 | high : high << 16 | low;
    *reinterpret_cast<uint4*>(at + i * kEntries * kEntryBytes) = {pair, pair, pair, pair};
  }
}

// The pair of weights of byte `byte` of `codes`. The address is one permutation: the code above
// the lane's offset.
__device__ __forceinline__ std::uint32_t look_up(const unsigned char* table, std::uint32_t codes,
                                                 int byte, unsigned lane_offset) {
  const unsigned char* const entry =
      table + __byte_perm(codes, lane_offset, 0x5504u | static_cast<unsigned>(byte) << 4);
  profile_shared(entry, 4);
  return *reinterpret_cast<const std::uint32_t*>(entry);
}

// The headroom of scales that are applied to sums: sums of |x| times values of codes, 15 at the
// most, or times levels and their gain, exceed those of scaled weights by up to this factor.
constexpr int kScaledLast = 16;

// The factor that takes the gain of the levels off a sum, once all of it is there.
template <class Mode, class T>
constexpr float kPerGain = 1.0f / Mode::template kGain<T>;

// --- Tiles: 16 rows of 128 bytes of codes, which one warp copies and reads.

constexpr int kTileRows = 16;
constexpr int kTileRowBytes = 128;
constexpr int kTileBytes = kTileRows * kTileRowBytes;  // where rows lie side by side
constexpr int kTileDepth = 2 * kTileRowBytes;          // weights of 4 bits along k

// Tiles of 4-bit codes lie behind the entries of the table, a row behind each, and so need no
// shared memory of their own. Tile i < kTilesInTable begins at byte in_table(i); those of 2 i and
// 2 i + 1 differ in the bit kOtherTile.
constexpr int kTilesInTable = kTableBytes / kEntryBytes / kTileRows;
constexpr int kOtherTile = kTileRows * kEntryBytes;
__device__ __forceinline__ int in_table(int i) { return i * kOtherTile + kTileRowBytes; }

// Where a chunk of 16 bytes lies in a tile whose rows are kStride bytes apart, a multiple of 128.
// Chunks are permuted in a row so that 8 rows of one chunk, and 4 rows of two, lie in different
// banks.
template <int kStride>
__device__ __forceinline__ int in_tile(int row, int chunk) {
  return row * kStride + (chunk ^ (2 * (row & 3) + (row >> 2 & 1))) * 16;
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
    ptx::cp_async_16(tile + to_[i % 2] + i / 2 * 8 * kStride, from);
  }

 private:
  int to_[2];
};

// TileCopy: a lane's part of the copies of tiles of kRows rows, 16 or 32, one after the other along
// k. In a tile of 32 rows those from 16 on lie behind the first 16, row by row, which leaves each
// half of a row's place.
template <int kStride, int kRows = kTileRows>
class TileCopy {
 public:
  // Begins at byte `first` of the rows, which are row_bytes long.
  __device__ TileCopy(const QuantizedView& q, std::int64_t first_row, int row_bytes, int first)
      : left_(row_bytes - first - byte()) {
#pragma unroll
    for (int i = 0; i < 4; ++i)
      from_[i] = q.codes + min(first_row + row(i), q.rows - 1) * row_bytes + (row_bytes - left_);
  }
  // Copies a tile and goes on by `step` bytes.
  __device__ __forceinline__ void issue(unsigned char* tile, int step) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      if (left_ > 0) chunks_.copy(tile, i, from_[i]);
      from_[i] += step;
    }
    left_ -= step;
  }

 private:
  using Chunks = LaneChunks<kStride>;
  static constexpr int kRowBytes = kTileRowBytes * kTileRows / kRows;

  static __device__ __forceinline__ int byte() { return Chunks::byte() % kRowBytes; }
  static __device__ __forceinline__ int row(int i) {
    return Chunks::row(i) + Chunks::byte() / kRowBytes * kTileRows;
  }

  Chunks chunks_;
  int left_;  // bytes of the rows from this lane's chunk on
  const std::uint8_t* from_[4];
};

// TileColumn: the same for tiles that lie below each other.
template <int kStride>
class TileColumn {
 public:
  // The tiles begin at byte `first` of the rows.
  __device__ TileColumn(const QuantizedView& q, int row_bytes, int first)
      : from_(ptx::kept(q.codes + first + chunks_.byte())),
        row_bytes_(static_cast<unsigned>(row_bytes)),
        last_(static_cast<unsigned>(q.rows - 1)),
        inside_(first + chunks_.byte() < row_bytes) {}
  __device__ __forceinline__ void issue(unsigned char* tile, unsigned first_row) const {
    if (!inside_) return;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const unsigned row = min(first_row + static_cast<unsigned>(chunks_.row(i)), last_);
      chunks_.copy(tile, i, from_ + ptx::multiply_wide(row, row_bytes_));
    }
  }

 private:
  LaneChunks<kStride> chunks_;
  const std::uint8_t* from_;
  unsigned row_bytes_, last_;
  bool inside_;
};

// The x of a row that belong to one word of a lane's codes, or to the half word of a segment of 16.
template <int kSegment>
using XWords = std::conditional_t<kSegment == 16, uint2, uint4>;

// --- Products

__device__ __forceinline__ void multiply(__nv_bfloat16, float (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2]) {
  ptx::mma_m16n8k16_bf16(d, a, b);
}
__device__ __forceinline__ void multiply(__half, float (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2]) {
  ptx::mma_m16n8k16_f16(d, a, b);
}

// Takes the zero point off both of a pair of weights. All are small integers, so this is exact.
template <class T>
__device__ __forceinline__ std::uint32_t less_zero(std::uint32_t pair, float zero) {
  using Pair = std::conditional_t<std::is_same_v<T, __half>, __half2, __nv_bfloat162>;
  const T one = from_f32<T>(zero);
  Pair values;
  memcpy(static_cast<void*>(&values), &pair, sizeof pair);
  values = __hsub2(values, Pair(one, one));
  memcpy(&pair, &values, sizeof pair);
  return pair;
}

// The places where a lane reads.
template <int kSegment>
struct LanePlaces {
  int entry = ptx::kept(static_cast<int>(threadIdx.x % 32 * 4));  // in an entry of the table
  int codes = ptx::kept(first());  // in a tile, of its first segment and row g

  static __device__ int first() {
    const int lane = threadIdx.x % 32, byte = lane % 4 * (kSegment / 8);
    return in_tile<kEntryBytes>(lane / 4, byte / 16) + byte % 16;
  }
};

// total += the 16 x kSegment weights of a segment of each of kTiles tiles of rows, times x^T. Those
// of tile i are segment `segment` + i * kApart of the tile in shared memory. With g = lane / 4 and
// t = lane % 4, x(c, word) gives the values of x of column 8 c + g that begin at kSegment / 4 * t +
// 8 * word in the segment: 8 of them, 4 of a segment of 16. (The permutation of a tile turns the
// addition of a segment into an exclusive or.)
template <class Mode, class T, int kSegment, int kApart = 0, int kTiles, int kColumns, class X>
__device__ __forceinline__ void add_segment(const unsigned char* table, const unsigned char* tile,
                                            const LanePlaces<kSegment>& lane, int segment,
                                            const GroupScale (&scale)[kTiles][2], const X& x,
                                            float (&total)[kTiles][kColumns][4]) {
  // The words of codes of each of the lane's rows, and the bytes in use of each word.
  constexpr int kWords = kSegment == 64 ? 2 : 1, kBytes = kSegment == 16 ? 2 : 4;
  std::uint32_t codes[kTiles][2][kWords];
#pragma unroll
  for (int r = 0; r < kTiles; ++r)
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const unsigned char* const at =
          tile + (lane.codes ^ ((segment + r * kApart) * (kSegment / 2))) + i * 8 * kEntryBytes;
      profile_shared(at, kBytes * kWords);
      if constexpr (kWords == 2) {
        const uint2 both = *reinterpret_cast<const uint2*>(at);
        codes[r][i][0] = both.x;
        codes[r][i][1] = both.y;
      } else if constexpr (kBytes == 4) {
        codes[r][i][0] = *reinterpret_cast<const std::uint32_t*>(at);
      } else {
        codes[r][i][0] = *reinterpret_cast<const std::uint16_t*>(at);
      }
    }
  float sum[kTiles][kColumns][4] = {};
#pragma unroll
  for (int word = 0; word < kWords; ++word) {
    std::uint32_t pair[kTiles][2][kBytes];
#pragma unroll
    for (int r = 0; r < kTiles; ++r)
#pragma unroll
      for (int i = 0; i < 2; ++i)
#pragma unroll
        for (int byte = 0; byte < kBytes; ++byte) {
          pair[r][i][byte] = look_up(table, codes[r][i][word], byte, lane.entry);
          if constexpr (Mode::kHasZero)
            pair[r][i][byte] = less_zero<T>(pair[r][i][byte], scale[r][i].zero);
        }
#pragma unroll
    for (int c = 0; c < kColumns; ++c) {
      const XWords<kSegment> b = x(c, word);
#pragma unroll
      for (int r = 0; r < kTiles; ++r) {
        const auto& a = pair[r];
        multiply(T(), sum[r][c], {a[0][0], a[1][0], a[0][1], a[1][1]}, {b.x, b.y});
        if constexpr (kBytes == 4)
          multiply(T(), sum[r][c], {a[0][2], a[1][2], a[0][3], a[1][3]}, {b.z, b.w});
      }
    }
  }
#pragma unroll
  for (int r = 0; r < kTiles; ++r)
#pragma unroll
    for (int c = 0; c < kColumns; ++c)
#pragma unroll
      for (int j = 0; j < 4; ++j)
        total[r][c][j] = __fmaf_rn(scale[r][j / 2].factor, sum[r][c][j], total[r][c][j]);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
