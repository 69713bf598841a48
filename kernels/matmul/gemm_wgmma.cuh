// SPDX-License-Identifier: Apache-2.0
// gemm by wgmma, on sm_90a: y = x W^T for any m, in places of 256 rows of W and 64 rows of x. The
// products are those of gemm-mma, four warps' at a time: weights are operand A, out of registers,
// and x is operand B, which the tensor cores read from shared memory themselves. They are assumed
// to multiply at 1.6 times the rate of mma.sync, behind the back of a warp, which decodes its next
// step meanwhile.
//
// Napkin: for 64 rows and 16 columns of weights and 64 rows of x tensor cores take 32 clocks, and
// shared memory has 16 wavefronts of the table, 16 of x, 8 to copy and read codes and 4 to copy x:
// it binds.
#pragma once

#include "kernels/emulator/ptx_sm90.h"
#include "kernels/matmul/places.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kWgmmaRunBytes = kSliceXRows * ptx::kWgmmaRowBytes;  // the x of a run of weights
constexpr int kWgmmaRuns = 4;                                      // of a stage
constexpr int kWgmmaStageBytes = kWgmmaRuns * kWgmmaRunBytes;
constexpr int kGemmWgmmaShared = kTableBytes + 2 * kWgmmaStageBytes;

// A thread's part of the copies of stages of x, one after the other along k: a pair of columns of
// every eighth row. A lane t of a fragment of A has consecutive columns of weights, where B has
// pairs of a lane behind pairs of another: chunk c of a run of x takes pair c of each lane, 4 bytes
// from each of four places. Rows beyond m are left as they are: no product mixes rows of x. What is
// beyond k or `past` is 0.
template <class T, int kSegment>
class PairCopy {
 public:
  // Begins at column `first` of row first_row.
  __device__ PairCopy(const T* x, std::int64_t first_row, std::int64_t m, int k, int first,
                      int past)
      : to_(row() * ptx::kWgmmaRowBytes + ptx::in_wgmma_row(row(), chunk()) + lane() % 4 * 4),
        from_(ptx::kept(x + (first_row + row()) * k + first + column())),
        step_(std::int64_t{kRowsAtOnce} * k),
        rows_(static_cast<int>(min(m - first_row, std::int64_t{kSliceXRows})) - row()),
        left_(min(k, past) - first - column()) {}
  // Copies a stage and goes on by its columns.
  __device__ __forceinline__ void issue(unsigned char* stage) {
    const T* from = from_;
#pragma unroll
    for (int i = 0; i < kSliceXRows; i += kRowsAtOnce) {
#pragma unroll
      for (int run = 0; run < kWgmmaRuns; ++run)
        if (i < rows_)
          ptx::cp_async_4_zfill(stage + to_ + run * kWgmmaRunBytes + i * ptx::kWgmmaRowBytes,
                                from + run * kRunDepth, run * kRunDepth < left_);
      // As addresses of all rows would take registers.
      from = ptx::kept(from + step_);
    }
    from_ += kWgmmaRuns * kRunDepth;
    left_ -= kWgmmaRuns * kRunDepth;
  }

 private:
  static constexpr int kRowsAtOnce = kPlaceThreads / 32;
  static constexpr int kPairs = kSegment / 8;  // of a lane of a fragment, in a segment
  static __device__ __forceinline__ int lane() { return thread_here() % 32; }
  static __device__ __forceinline__ int row() { return thread_here() / 32; }
  static __device__ __forceinline__ int chunk() { return lane() / 4; }
  // The first of the pair, in a run.
  static __device__ __forceinline__ int column() {
    return chunk() / kPairs * kSegment + 2 * (lane() % 4 * kPairs + chunk() % kPairs);
  }

  int to_;
  const T* from_;
  std::int64_t step_;  // from a row to the eighth behind it
  int rows_, left_;    // of x from this thread's first on; columns from its pair on
};

template <bool kAdds>
__device__ __forceinline__ void multiply(__nv_bfloat16, float (&d)[8][4], const std::uint32_t& a0,
                                         const std::uint32_t& a1, const std::uint32_t& a2,
                                         const std::uint32_t& a3, const unsigned char* b) {
  ptx::wgmma_m64n64k16_bf16<kAdds>(d, a0, a1, a2, a3, b);
}
template <bool kAdds>
__device__ __forceinline__ void multiply(__half, float (&d)[8][4], const std::uint32_t& a0,
                                         const std::uint32_t& a1, const std::uint32_t& a2,
                                         const std::uint32_t& a3, const unsigned char* b) {
  ptx::wgmma_m64n64k16_f16<kAdds>(d, a0, a1, a2, a3, b);
}

// Begins sum = the products of a segment of a tile's weights and its x, whose first row begins at
// `x`: a product takes 16 columns, 32 bytes. They are one group.
template <class Codes, int kSegment>
__device__ __forceinline__ void begin_products(const SegmentWeights<Codes, kSegment, 1>& weights,
                                               const unsigned char* x, float (&sum)[8][4]) {
  using T = typename Codes::T;
  constexpr int kSlices = kSegment / 16, kOfWord = SegmentWeights<Codes, kSegment, 1>::kPairs / 2;
  ptx::wgmma_fence();
#pragma unroll
  for (int i = 0; i < kSlices; ++i) {
    const auto& low = weights.pair[0][0][i / kOfWord];
    const auto& high = weights.pair[0][1][i / kOfWord];
    const int j = i % kOfWord * 2;
    if (i == 0)
      multiply<false>(T(), sum, low[j], high[j], low[j + 1], high[j + 1], x);
    else
      multiply<true>(T(), sum, low[j], high[j], low[j + 1], high[j + 1], x + 32 * i);
  }
  ptx::wgmma_commit();
}

__device__ __forceinline__ void add_scaled(const float (&sum)[8][4], const GroupScale (&scale)[2],
                                           float (&total)[8][4]) {
#pragma unroll
  for (int c = 0; c < 8; ++c)
#pragma unroll
    for (int j = 0; j < 4; ++j)
      total[c][j] = __fmaf_rn(scale[j / 2].factor, sum[c][j], total[c][j]);
}

// total = the products of columns `first` to `past`. A step is a segment of one of a warp's two
// tiles of rows, in turn, whose sums are scaled while the products of the next step run. Those of a
// stage are waited for at its end, where they read x no more: ptxas would put all products in a row
// if some were under way from one turn to the next.
template <class Mode, class T, int kSegment>
__device__ __forceinline__ void multiply_stages(const T* __restrict__ x, const QuantizedView& q,
                                                std::int64_t m, const WarpPlace& place, int warp,
                                                int first, int past, unsigned char* shared,
                                                float (&total)[kWarpTiles][8][4]) {
  using Stream = WeightStream<Mode, T, kSegment, 1>;
  static_assert(kPlaceThreads / 32 * Stream::kTilesOfWarp == kTilesInTable);
  constexpr int kDepth = kWgmmaRuns * kRunDepth;  // of a stage
  constexpr int kSteps = kDepth / kStreamDepth * Stream::kSteps;
  PairCopy<T, kSegment> x_copy(x, place.x_row, m, static_cast<int>(q.cols), first, past);
  int stage = kTableBytes;  // of x
  x_copy.issue(shared + stage);
  Stream stream(q, place.w_row, warp, first, past, shared);
  stream.prefetch_scales(first + kDepth);
  stream.template prepare<kPlaceThreads>();
  stream.wait();
  ptx::fence_proxy_async();
  __syncthreads();  // the table is there, and the first stage of x
  stream.begin();
  float sum[kWarpTiles][8][4];
  // The copies of a stage are in the group of the run of codes that is issued next, which has been
  // waited for three runs later: before the stage that is read meanwhile ends.
  static_assert(kWgmmaRuns >= 4);
#pragma unroll 1
  for (int k = first; k < past; k += kDepth) {
    const unsigned char* const x_stage = shared + stage;
    stage ^= kWgmmaStageBytes;
    x_copy.issue(shared + stage);
    stream.prefetch_scales(k + 2 * kDepth);
#pragma unroll
    for (int i = 0; i < kSteps; ++i) {
      const int p = i % Stream::kSteps, column = i / kWarpTiles * kSegment;
      const unsigned char* const x_run = x_stage + column / kRunDepth * kWgmmaRunBytes;
      begin_products(stream.weights(p), x_run + column % kRunDepth * 2, sum[i % 2]);
      const GroupScale before[2] = {stream.scale(p + 1)[0][0], stream.scale(p + 1)[0][1]};
      stream.fetch_behind(p);  // in place of the scale before
      if (i > 0) {
        ptx::wgmma_wait<1>();
        ptx::wgmma_waited_for(sum[(i + 1) % 2]);
        add_scaled(sum[(i + 1) % 2], before, total[(i + 1) % 2]);
      }
      stream.decode_behind(p, 0, 1);  // in place of the weights before
    }
    ptx::wgmma_wait<0>();
    ptx::wgmma_waited_for(sum[1]);
    add_scaled(sum[1], stream.scale(1)[0], total[1]);
    ptx::fence_proxy_async();
    __syncthreads();  // this stage has been read, and the next one is there
  }
  ptx::cp_async_wait<0>();
}

// x: m x k, k a multiple of 32; y: m x n. Grid: (places, slices of k). Dynamic shared memory:
// kGemmWgmmaShared. Empty where there is no wgmma.
template <class Mode, class T, int kSegment>
__global__ void __launch_bounds__(kPlaceThreads, 1)
    gemm_wgmma(const T* __restrict__ x, QuantizedView q, T* __restrict__ y, std::int64_t m,
               SplitK split) {
  QBENCH_DYNAMIC_SHARED(shared);
  if constexpr (ptx::kHasWgmma)
    multiply_slice<T, kSliceXRows>(
        q, y, m, 1 / TableCodes<Mode, T>::kGain, split,
        [&](const WarpPlace& place, int warp, int first, int past, auto& total) {
          multiply_stages<Mode, T, kSegment>(x, q, m, place, warp, first, past, shared, total);
        });
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
