// SPDX-License-Identifier: Apache-2.0
// Weights of 4 and 8 bits as the A operand of tensor cores: tiles of codes in shared memory, and
// scales that are applied to the accumulators. How codes become numbers is a parameter, `Codes`:
// table_codes.cuh and arithmetic_codes.cuh.
//
// A product takes 16 rows of weights as A and 8 rows of x as B, so that few rows of x cost no
// padding. Along k the operands may be in any order as long as it is the same in both: lane t of a
// row takes consecutive bytes of codes, and the consecutive x that belong to 4 of them.
#pragma once

#include "kernels/formats/of.cuh"
#include "kernels/matmul/pairs.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// --- Tiles: 16 rows of 128 bytes of codes, which one warp copies and reads.

constexpr int kTileRows = 16;
constexpr int kTileRowBytes = 128;
constexpr int kTileBytes = kTileRows * kTileRowBytes;  // where rows lie side by side
// Weights along k.
template <int kBits>
constexpr int kTileDepth = 8 * kTileRowBytes / kBits;

// Where a chunk of 16 bytes lies in a tile whose rows are kStride bytes apart, a multiple of 128.
// Chunks are permuted in a row, by the bits of the row in reverse, so that 8 rows of one chunk, 4
// rows of two and 2 rows of four lie in different banks.
template <int kStride>
__device__ __forceinline__ int in_tile(int row, int chunk) {
  return row * kStride + (chunk ^ ((row & 1) * 4 + (row & 2) + (row >> 2 & 1))) * 16;
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
    ptx::cp_async_16(at(tile, i), from);
  }
  __device__ __forceinline__ unsigned char* at(unsigned char* tile, int i) const {
    return tile + to_[i % 2] + i / 2 * 8 * kStride;
  }

 private:
  int to_[2];
};

// TileCopy: a lane's part of the copies of tiles of kRows rows, 16 or 32, one after the other along
// k. In a tile of 32 rows those from 16 on lie behind the first 16, row by row, which leaves each
// half of a row's place. Rows beyond the last are left as they are: no product mixes rows of codes.
template <int kStride, int kRows = kTileRows>
class TileCopy {
 public:
  // Begins at byte `first` of the rows, which are row_bytes long.
  __device__ TileCopy(const QuantizedView& q, std::int64_t first_row, int row_bytes, int first)
      : from_(q.codes + (first_row + row()) * row_bytes + first + byte()),
        step_(std::int64_t{4} * row_bytes),
        rows_(static_cast<int>(min(q.rows - first_row, std::int64_t{kRows})) - row()),
        left_(row_bytes - first - byte()) {}
  // Copies a tile and goes on by `step` bytes.
  __device__ __forceinline__ void issue(unsigned char* tile, int step) {
#pragma unroll
    for (int i = 0; i < 4; ++i)
      if (left_ > 0 && 4 * i < rows_) chunks_.copy(tile, i, from_ + i * step_);
    from_ += step;
    left_ -= step;
  }

 private:
  using Chunks = LaneChunks<kStride>;
  static constexpr int kRowBytes = kTileRowBytes * kTileRows / kRows;

  static __device__ __forceinline__ int byte() { return Chunks::byte() % kRowBytes; }
  static __device__ __forceinline__ int row() {
    return Chunks::row(0) + Chunks::byte() / kRowBytes * kTileRows;
  }

  Chunks chunks_;
  const std::uint8_t* from_;
  std::int64_t step_;  // from a row to the fourth behind it
  int rows_, left_;    // from this lane's first on; bytes of them from its chunk on
};

// TileColumn: the same for tiles that lie below each other. With kZeroFill what is beyond the end
// of the rows is zero.
template <int kStride, bool kZeroFill>
class TileColumn {
 public:
  // The tiles begin at byte `first` of the rows.
  __device__ TileColumn(const QuantizedView& q, int row_bytes, int first)
      : from_(ptx::kept(q.codes + first + chunks_.byte())),
        row_bytes_(static_cast<unsigned>(row_bytes)),
        last_(static_cast<unsigned>(q.rows - 1)),
        inside_(first + chunks_.byte() < row_bytes) {}
  __device__ __forceinline__ void issue(unsigned char* tile, unsigned first_row) const {
    if (!kZeroFill && !inside_) return;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const unsigned row = min(first_row + static_cast<unsigned>(chunks_.row(i)), last_);
      const std::uint8_t* const from = from_ + ptx::multiply_wide(row, row_bytes_);
      if constexpr (kZeroFill)
        ptx::cp_async_16_zfill(chunks_.at(tile, i), from, inside_ ? 16 : 0);
      else
        chunks_.copy(tile, i, from);
    }
  }

 private:
  LaneChunks<kStride> chunks_;
  const std::uint8_t* from_;
  unsigned row_bytes_, last_;
  bool inside_;
};

// What a lane takes of a row in a segment: bytes of codes, in words or half of one, and the x of
// each word.
template <class Mode, int kSegment>
struct LanePart {
  static constexpr int kBytes = kSegment / 4 * Mode::kBits / 8;
  static constexpr int kWords = kBytes < 4 ? 1 : kBytes / 4;
  static constexpr int kWeights = kSegment / 4 / kWords;  // of a word
  using X = std::conditional_t<kWeights == 8, uint4, uint2>;
};

// The place in a tile where a lane reads: its part of the first segment of row l / 4.
template <class Codes, int kSegment>
__device__ __forceinline__ int lane_place() {
  const int lane = threadIdx.x % 32;
  const int byte = lane % 4 * LanePart<typename Codes::Mode, kSegment>::kBytes;
  return ptx::kept(in_tile<Codes::kTileStride>(lane / 4, byte / 16) + byte % 16);
}

// Loads the words of a lane's part.
template <int kBytes, int kWords>
__device__ __forceinline__ void load_part(const unsigned char* at, std::uint32_t (&words)[kWords]) {
  profile_shared(at, kBytes);
  if constexpr (kBytes == 2) {
    words[0] = *reinterpret_cast<const std::uint16_t*>(at);
  } else {
    using Part = std::conditional_t<kBytes == 16, uint4,
                                    std::conditional_t<kBytes == 8, uint2, std::uint32_t>>;
    const Part part = *reinterpret_cast<const Part*>(at);
    memcpy(words, &part, sizeof part);
  }
}

// --- Products

__device__ __forceinline__ void multiply(__nv_bfloat16, float (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2]) {
  ptx::mma_m16n8k16_bf16(d, a, b);
}
__device__ __forceinline__ void multiply(__half, float (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2]) {
  ptx::mma_m16n8k16_f16(d, a, b);
}

// total += the 16 x kSegment weights of a segment of each of kTiles tiles of rows, times x^T. Those
// of tile i are segment `segment` + i * kApart of the tile in shared memory. With g = lane / 4 and
// t = lane % 4, x(c, word) gives the values of x of column 8 c + g that belong to a word of the
// lane's part, from kSegment / 4 * t in the segment on, in the order of Codes. `place` is
// lane_place(). (The permutation of a tile turns the addition of a segment into an exclusive or.)
// All words are decoded before the first is multiplied: where there are many columns, their pairs
// take fewer registers than sums that are not scaled yet.
template <int kSegment, int kApart = 0, class Codes, int kTiles, int kColumns, class X>
__device__ __forceinline__ void add_segment(const Codes& decoder, const unsigned char* tile,
                                            int place, int segment,
                                            const GroupScale (&scale)[kTiles][2], const X& x,
                                            float (&total)[kTiles][kColumns][4]) {
  using T = typename Codes::T;
  using Part = LanePart<typename Codes::Mode, kSegment>;
  constexpr int kPairs = Part::kWeights / 2;
  std::uint32_t pair[kTiles][2][Part::kWords][kPairs];
#pragma unroll
  for (int r = 0; r < kTiles; ++r)
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      std::uint32_t codes[Part::kWords];
      load_part<Part::kBytes>(
          tile + (place ^ ((segment + r * kApart) * 4 * Part::kBytes)) + i * 8 * Codes::kTileStride,
          codes);
#pragma unroll
      for (int word = 0; word < Part::kWords; ++word)
        decoder.pairs(codes[word], scale[r][i].zero, pair[r][i][word]);
    }
  constexpr int kTogether = kColumns <= 4 ? kColumns : 1;  // columns whose sums are not scaled yet
#pragma unroll
  for (int first = 0; first < kColumns; first += kTogether) {
    float sum[kTiles][kTogether][4] = {};
#pragma unroll
    for (int word = 0; word < Part::kWords; ++word)
#pragma unroll
      for (int c = 0; c < kTogether; ++c) {
        const typename Part::X b = x(first + c, word);
#pragma unroll
        for (int r = 0; r < kTiles; ++r) {
          const auto &low = pair[r][0][word], &high = pair[r][1][word];
          multiply(T(), sum[r][c], {low[0], high[0], low[1], high[1]}, {b.x, b.y});
          if constexpr (kPairs == 4)
            multiply(T(), sum[r][c], {low[2], high[2], low[3], high[3]}, {b.z, b.w});
        }
      }
#pragma unroll
    for (int r = 0; r < kTiles; ++r)
#pragma unroll
      for (int c = 0; c < kTogether; ++c)
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          float& to = total[r][first + c][j];
          to = __fmaf_rn(scale[r][j / 2].factor, sum[r][c][j], to);
        }
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
