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
#include "kernels/tiles/pairs.cuh"
#include "kernels/tiles/tiles.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

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

__device__ __forceinline__ void multiply(__nv_bfloat16, float (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2]) {
  ptx::mma_m16n8k16_bf16(d, a, b);
}
__device__ __forceinline__ void multiply(__half, float (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2]) {
  ptx::mma_m16n8k16_f16(d, a, b);
}

// A lane's part of a segment of each of kTiles tiles of rows: codes as they lie in shared memory,
// and the pairs of weights that they become, word by word.
template <class Codes, int kSegment, int kTiles>
class SegmentWeights {
  using Part = LanePart<typename Codes::Mode, kSegment>;

 public:
  static constexpr int kWords = kTiles * 2 * Part::kWords, kPairs = Part::kWeights / 2;
  std::uint32_t pair[kTiles][2][Part::kWords][kPairs];

  // Loads segment `segment` of the first tile, segment + i * kApart of tile i. `place` is
  // lane_place(). (The permutation of a tile turns the addition of a segment into an exclusive or.)
  template <int kApart>
  __device__ __forceinline__ void load(const unsigned char* tile, int place, int segment) {
#pragma unroll
    for (int r = 0; r < kTiles; ++r)
#pragma unroll
      for (int i = 0; i < 2; ++i)
        load_part<Part::kBytes>(tile + (place ^ ((segment + r * kApart) * 4 * Part::kBytes)) +
                                    i * 8 * Codes::kTileStride,
                                codes_[r][i]);
  }
  __device__ __forceinline__ void decode(const Codes& decoder, int word,
                                         const GroupScale (&scale)[kTiles][2]) {
    const int w = word % Part::kWords, i = word / Part::kWords % 2, r = word / Part::kWords / 2;
    const float zero = Codes::Mode::kZeroApart ? 0 : scale[r][i].zero;
    decoder.pairs(codes_[r][i][w], zero, pair[r][i][w]);
  }

 private:
  std::uint32_t codes_[kTiles][2][Part::kWords];
};

// total += the 16 x kSegment weights of a segment of each of kTiles tiles of rows, times x^T. With
// g = lane / 4 and t = lane % 4, x(c, word) gives the values of x of column 8 c + g that belong to
// a word of the lane's part, from kSegment / 4 * t in the segment on, in the order of Codes.
// meanwhile(i, n) is called behind the products of each word and column, the i-th of n: work that
// fills what the tensor cores leave of the other units.
template <class Codes, int kSegment, int kTiles, int kColumns, class X, class Meanwhile>
__device__ __forceinline__ void multiply_segment(
    const SegmentWeights<Codes, kSegment, kTiles>& weights, const GroupScale (&scale)[kTiles][2],
    const X& x, float (&total)[kTiles][kColumns][4], const Meanwhile& meanwhile) {
  using T = typename Codes::T;
  using Part = LanePart<typename Codes::Mode, kSegment>;
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
          const auto &low = weights.pair[r][0][word], &high = weights.pair[r][1][word];
          multiply(T(), sum[r][c], {low[0], high[0], low[1], high[1]}, {b.x, b.y});
          if constexpr (Part::kWeights == 8)
            multiply(T(), sum[r][c], {low[2], high[2], low[3], high[3]}, {b.z, b.w});
        }
        meanwhile(first * Part::kWords + word * kTogether + c, kColumns * Part::kWords);
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

// The same of one tile, decoded before the first product. Where zeros are apart, sum_of_x(c, j) is
// the sum of the segment's x of column 8 c + 2 t + j.
template <int kSegment, class Codes, int kColumns, class X, class SumOfX>
__device__ __forceinline__ void add_segment(const Codes& decoder, const unsigned char* tile,
                                            int place, int segment, const GroupScale (&scale)[1][2],
                                            const X& x, const SumOfX& sum_of_x,
                                            float (&total)[1][kColumns][4]) {
  SegmentWeights<Codes, kSegment, 1> weights;
  weights.template load<0>(tile, place, segment);
#pragma unroll
  for (int word = 0; word < weights.kWords; ++word) weights.decode(decoder, word, scale);
  multiply_segment(weights, scale, x, total, [](int, int) {});
  if constexpr (Codes::Mode::kZeroApart) {
#pragma unroll
    for (int c = 0; c < kColumns; ++c)
#pragma unroll
      for (int j = 0; j < 4; ++j)
        total[0][c][j] = __fmaf_rn(scale[0][j / 2].zero, sum_of_x(c, j % 2), total[0][c][j]);
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
