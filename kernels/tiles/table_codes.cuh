// SPDX-License-Identifier: Apache-2.0
// 4-bit codes as operand A by a table that decodes a byte, without bank conflicts. What add_segment
// (fragments.cuh) asks of codes is here and in arithmetic_codes.cuh.
#pragma once

#include "kernels/tiles/fragments.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// Entry e of lane l, at byte 256 e + 4 l, is the pair of weights of byte e without their scale.
// Each lane reads its own bank, so no look-up of a warp conflicts. An entry begins at a multiple of
// 256 bytes, so that its address is the byte above the lane's offset: one permutation makes it.
// The 128 bytes behind each entry stay free for the tiles (in_table).
constexpr int kEntryBytes = 256;
constexpr int kTableBytes = 256 * kEntryBytes;

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

// Tiles of 4-bit codes lie behind the entries of the table, a row behind each, and so need no
// shared memory of their own. Tile i < kTilesInTable begins at byte in_table(i); those of 2 i and
// 2 i + 1 differ in the bit kOtherTile.
constexpr int kTilesInTable = kTableBytes / kEntryBytes / kTileRows;
constexpr int kOtherTile = kTileRows * kEntryBytes;
__device__ __forceinline__ int in_table(int i) { return i * kOtherTile + kTileRowBytes; }

template <class Mode_, class T_>
class TableCodes {
 public:
  using Mode = Mode_;
  using T = T_;
  static constexpr int kTileStride = kEntryBytes;  // from a row of a tile to the next
  static constexpr float kGain = Mode::template kGain<T>;
  static constexpr bool kZeroFill = false;  // every byte is two numbers

  __device__ explicit TableCodes(unsigned char* table) : table_(table) {}

  // Called by all kThreads threads of the block.
  template <int kThreads>
  __device__ __forceinline__ void prepare() const {
    fill_table<Mode, T, kThreads>(table_);
  }
  // The x of a word in the order of its pairs of weights.
  template <class X>
  static __device__ __forceinline__ X arranged(X x) {
    return x;
  }
  // The weights of the low 2 kPairs codes of a word, without their scale.
  template <int kPairs>
  __device__ __forceinline__ void pairs(std::uint32_t codes, float zero,
                                        std::uint32_t (&pair)[kPairs]) const {
#pragma unroll
    for (int byte = 0; byte < kPairs; ++byte) {
      pair[byte] = look_up(table_, codes, byte, lane_);
      // All are small integers, so this is exact.
      if constexpr (Mode::kHasZero) pair[byte] = less<T>(pair[byte], zero);
    }
  }

 private:
  unsigned char* table_;
  int lane_ = ptx::kept(static_cast<int>(threadIdx.x % 32 * 4));  // in an entry
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
