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
// their scale. Each lane reads its own bank.

constexpr int kTableBytes = 256 * 256;

__device__ __forceinline__ unsigned bits_of(__half x) { return __half_as_ushort(x); }
__device__ __forceinline__ unsigned bits_of(__nv_bfloat16 x) { return __bfloat16_as_ushort(x); }

// Called by all threads of the block.
template <class Mode, class T>
__device__ __forceinline__ void fill_table(unsigned char* table) {
  const auto raw = [](unsigned code) {
    return bits_of(from_f32<T>(__fmul_rn(Mode::value(code), Mode::template kGain<T>)));
  };
  for (unsigned e = threadIdx.x / 32; e < 256; e += blockDim.x / 32) {
    const unsigned high = raw(e >> 4), low = raw(e & 15);
    *reinterpret_cast<std::uint32_t*>(table + 256 * e + threadIdx.x % 32 * 4) =
        Mode::kHighFirst ? low << 16 | high : high << 16 | low;
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
// most, and scales divided by a gain exceed those of scaled weights by up to this factor.
constexpr int kScaledLast = 16;

// --- Tiles: 16 rows of 128 bytes of codes, which one warp copies and reads.

constexpr int kTileRows = 16;
constexpr int kTileRowBytes = 128;
constexpr int kTileBytes = kTileRows * kTileRowBytes;
constexpr int kTileDepth = 2 * kTileRowBytes;  // weights of 4 bits along k

// Chunks of 16 bytes are permuted in a row so that 8 rows of one chunk, and 4 rows of two, lie in
// different banks.
__device__ __forceinline__ int in_tile(int row, int chunk) {
  return row * kTileRowBytes + (chunk ^ (2 * (row & 3) + (row >> 2 & 1))) * 16;
}

// TileCopy: a lane's part of the copies of tiles of 16 rows, one after the other along k, 4 chunks
// of each. Rows beyond the last are the last again.
class TileCopy {
 public:
  // Begins at byte `first` of the rows, which are row_bytes long.
  __device__ TileCopy(const QuantizedView& q, std::int64_t first_row, int row_bytes, int first)
      : left_(row_bytes - first - 16 * static_cast<int>(threadIdx.x % 8)) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const int row = static_cast<int>(threadIdx.x % 32 / 8) + 4 * i;
      from_[i] = q.codes + min(first_row + row, q.rows - 1) * row_bytes + (row_bytes - left_);
      if (i < 2) to_[i] = ptx::kept(in_tile(row, static_cast<int>(threadIdx.x % 8)));
    }
  }
  // Copies a tile and goes on by `step` bytes; what is beyond the rows is not copied.
  __device__ __forceinline__ void issue(unsigned char* tile, int step) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      if (left_ > 0) ptx::cp_async_16(tile + to_[i % 2] + i / 2 * 8 * kTileRowBytes, from_[i]);
      from_[i] += step;
    }
    left_ -= step;
  }

 private:
  int left_;  // bytes of the rows from this lane's chunk on
  const std::uint8_t* from_[4];
  int to_[2];
};

// --- Scales. A segment is a run of weights along k that has one scale: 64 where blocks and rows
// are multiples of 64, else 32, or 16 where blocks are no larger.

// The x of a row that belong to one word of a lane's codes, or to the half word of a segment of 16.
template <int kSegment>
using XWords = std::conditional_t<kSegment == 16, uint2, uint4>;

// The places of the scales that a lane reads for tiles of 16 rows.
template <class Mode>
struct ScaleRows {
  std::int64_t start[2];  // of the rows l / 4 and l / 4 + 8
  int shift;              // block_size is 2^shift

  __device__ ScaleRows(const QuantizedView& q, std::int64_t first_row)
      : shift(log2_of(q.block_size)) {
    for (int i = 0; i < 2; ++i) {
      const std::int64_t row = first_row + threadIdx.x % 32 / 4 + 8 * i;
      start[i] = Mode::Groups::start(q, min(row, q.rows - 1));
    }
  }
};

// The scales of a tile that lane l holds: those of rows l / 4 + 8 i and segments l % 4 + 4 j.
template <class Mode, class T, int kSegment>
class TileScales {
 public:
  static constexpr int kSegments = kTileDepth / kSegment;

  __device__ __forceinline__ void load(const QuantizedView& q, const ScaleRows<Mode>& rows, int k) {
    constexpr float kPerGain = 1.0f / Mode::template kGain<T>;
#pragma unroll
    for (int i = 0; i < kCount; ++i) {
      const int column = k + (threadIdx.x % 4 + i / 2 * 4) * kSegment;
      const std::int64_t g = Mode::Groups::in_row(
          rows.start[i % 2], min(column, static_cast<int>(q.cols) - 1), rows.shift);
      held_[i] = Mode::group(q, g);
      held_[i].factor = __fmul_rn(held_[i].factor, kPerGain);
    }
  }
  // The scale of row l / 4 + 8 i and a segment. Called by the whole warp.
  __device__ __forceinline__ GroupScale of(int i, int segment) const {
    const GroupScale& held = held_[segment / 4 * 2 + i];
    GroupScale scale{__shfl_sync(0xffffffff, held.factor, segment % 4, 4), 0};
    if constexpr (Mode::kHasZero) scale.zero = __shfl_sync(0xffffffff, held.zero, segment % 4, 4);
    return scale;
  }

 private:
  static constexpr int kCount = kSegments / 2;
  GroupScale held_[kCount];
};

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

// The places where a lane reads, constant over a kernel.
template <int kSegment>
struct LanePlaces {
  int entry = ptx::kept(static_cast<int>(threadIdx.x % 32 * 4));  // in an entry of the table
  int codes = ptx::kept(first());  // in a tile, of its first segment and row g

  static __device__ int first() {
    const int lane = threadIdx.x % 32, byte = lane % 4 * (kSegment / 8);
    return in_tile(lane / 4, byte / 16) + byte % 16;
  }
};

// total += the 16 x kSegment weights of a segment of a tile, times x^T. With g = lane / 4 and
// t = lane % 4, x(c, word) gives the values of x of column 8 c + g that begin at kSegment / 4 * t +
// 8 * word in the segment: 8 of them, 4 of a segment of 16. (The permutation of a tile turns the
// addition of a segment into an exclusive or.)
template <class Mode, class T, int kSegment, int kColumns, class X>
__device__ __forceinline__ void add_segment(const unsigned char* table, const unsigned char* tile,
                                            const LanePlaces<kSegment>& lane, int segment,
                                            const GroupScale (&scale)[2], const X& x,
                                            float (&total)[kColumns][4]) {
  // The words of codes of each of the lane's two rows, and the bytes in use of each word.
  constexpr int kWords = kSegment == 64 ? 2 : 1, kBytes = kSegment == 16 ? 2 : 4;
  std::uint32_t codes[2][kWords];
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const unsigned char* const at =
        tile + (lane.codes ^ (segment * (kSegment / 2))) + i * 8 * kTileRowBytes;
    profile_shared(at, kBytes * kWords);
    if constexpr (kWords == 2) {
      const uint2 both = *reinterpret_cast<const uint2*>(at);
      codes[i][0] = both.x;
      codes[i][1] = both.y;
    } else if constexpr (kBytes == 4) {
      codes[i][0] = *reinterpret_cast<const std::uint32_t*>(at);
    } else {
      codes[i][0] = *reinterpret_cast<const std::uint16_t*>(at);
    }
  }
  float sum[kColumns][4] = {};
#pragma unroll
  for (int word = 0; word < kWords; ++word) {
    std::uint32_t pair[2][kBytes];
#pragma unroll
    for (int i = 0; i < 2; ++i)
#pragma unroll
      for (int byte = 0; byte < kBytes; ++byte) {
        pair[i][byte] = look_up(table, codes[i][word], byte, lane.entry);
        if constexpr (Mode::kHasZero) pair[i][byte] = less_zero<T>(pair[i][byte], scale[i].zero);
      }
#pragma unroll
    for (int c = 0; c < kColumns; ++c) {
      const XWords<kSegment> b = x(c, word);
      multiply(T(), sum[c], {pair[0][0], pair[1][0], pair[0][1], pair[1][1]}, {b.x, b.y});
      if constexpr (kBytes == 4)
        multiply(T(), sum[c], {pair[0][2], pair[1][2], pair[0][3], pair[1][3]}, {b.z, b.w});
    }
  }
#pragma unroll
  for (int c = 0; c < kColumns; ++c)
#pragma unroll
    for (int j = 0; j < 4; ++j)
      total[c][j] = __fmaf_rn(scale[j / 2].factor, sum[c][j], total[c][j]);
}

// The index of a row and column in the accumulators of a warp, laid out as [column group][4][lane].
__device__ __forceinline__ int in_parts(int row, int column) {
  return (column / 8 * 4 + row / 8 * 2 + column % 2) * 32 + row % 8 * 4 + column % 8 / 2;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
