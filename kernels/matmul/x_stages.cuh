// SPDX-License-Identifier: Apache-2.0
// The x of a block of gemm-mma: copied to shared memory stage by stage, read by all its warps.
#pragma once

#include "kernels/matmul/places.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// Rows of 128 bytes, 64 columns: those of a run of weights, row by row. Chunks of 16 bytes are
// permuted by row, so that what multiply_segment reads together (2 rows by 4 chunks, or 4 rows by 4
// halves of chunks) lies in different banks.
constexpr int kXRowBytes = 2 * kRunDepth;
constexpr int kXChunks = kXRowBytes / 16;
__device__ __forceinline__ int in_x_run(int row, int chunk) {
  return row * kXRowBytes + (chunk ^ (5 * (row & 1) + (row & 2))) * 16;
}

// A stage is so many tiles of kRows rows of x: 16 KB, of 64 rows 32 KB. A block has two.
template <int kRows>
constexpr int kXTiles = kRows == 16 ? 4 : 2;
template <int kRows>
constexpr int kXStageBytes = kXTiles<kRows> * 2 * kRows* kXRowBytes;

// A thread's part of the copies of stages, one after the other along k: a chunk of every 32nd row
// of the runs. Rows beyond m are left as they are: no product mixes rows of x. What is beyond k or
// `past` is 0.
template <class T, int kRows>
class XCopy {
 public:
  // Begins at column `first` of row first_row.
  __device__ XCopy(const T* x, std::int64_t first_row, std::int64_t m, int k, int first, int past)
      : from_(ptx::kept(x + (first_row + slot() % kRows) * k + column(first))),
        k_(k),
        rows_(static_cast<int>(min(m - first_row, std::int64_t{kRows})) - slot() % kRows),
        left_(min(k, past) - column(first)) {}
  // Copies a stage and goes on by its columns.
  __device__ __forceinline__ void issue(unsigned char* stage) {
#pragma unroll
    for (int i = 0; i < kXStageBytes<kRows> / kXRowBytes / kSlots; ++i) {
      constexpr int kAtOnce = kSlots / kRows;  // runs; 0: half of one
      const int run = kAtOnce ? i * kAtOnce : i / 2, row = kAtOnce ? 0 : i % 2 * kSlots;
      if (row < rows_)
        ptx::cp_async_16_zfill_line(stage + to_ + i * kSlots * kXRowBytes,
                                    from_ + run * kRunDepth + static_cast<std::int64_t>(row) * k_,
                                    run * kRunDepth < left_ ? 16 : 0);
    }
    from_ += kXTiles<kRows> * kStreamDepth;
    left_ -= kXTiles<kRows> * kStreamDepth;
  }

 private:
  static constexpr int kSlots = kPlaceThreads / kXChunks;  // rows that are copied at once
  static_assert(kRows <= 2 * kSlots);
  static __device__ __forceinline__ int slot() { return thread_here() / kXChunks; }
  static __device__ __forceinline__ int chunk() { return thread_here() % kXChunks; }
  static __device__ __forceinline__ int column(int first) {
    return first + slot() / kRows * kRunDepth + 8 * chunk();
  }

  int to_ = in_x_run(slot(), chunk());
  const T* from_;
  int k_, rows_, left_;  // of x from this thread's first on; columns from its chunk on
};

// The x of a run in a stage that multiply_segment asks for.
template <class Mode, int kSegment>
class XPlace {
 public:
  using X = typename LanePart<Mode, kSegment>::X;

  __device__ __forceinline__ X word(const unsigned char* run, int column_group, int segment,
                                    int word) const {
    const unsigned char* const at =
        run + (place_ ^ ((segment * (kSegment / 8) + word) * 16)) + column_group * 8 * kXRowBytes;
    profile_shared(at, sizeof(X));
    return *reinterpret_cast<const X*>(at);
  }

 private:
  // The place of row g of x and the first of the columns that lane t takes, kSegment / 4 * t.
  static __device__ __forceinline__ int first() {
    const int g = threadIdx.x % 32 / 4, byte = threadIdx.x % 4 * (kSegment / 4) * 2;
    return in_x_run(g, byte / 16) + byte % 16;
  }
  int place_ = first();
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
