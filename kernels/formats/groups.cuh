// SPDX-License-Identifier: Apache-2.0
// The groups of weights that share a scale, on a device: the twin of Partition
// (reference/planes/quantized_matrix.h).
#pragma once

#include "kernels/device/quantized_view.h"
#include "kernels/emulator/simt.h"
#include "reference/formats/format.h"

namespace qbench::QBENCH_SIMT_DEVICE {

// The logarithm of a power of two.
__device__ __forceinline__ int log2_of(int n) { return 31 - __clz(n); }

// Runs of block_size weights of the flattened matrix.
struct Blocks {
  static __device__ std::int64_t of(const QuantizedView& q, std::int64_t i) {
    return i / q.block_size;
  }
  static __device__ std::int64_t begin(const QuantizedView& q, std::int64_t g) {
    return g * q.block_size;
  }
  static __device__ std::int64_t end(const QuantizedView& q, std::int64_t g) {
    return min(begin(q, g) + q.block_size, q.rows * q.cols);
  }
  // The group of column k is (row * stride(q) + k) / block_size.
  static __device__ std::int64_t stride(const QuantizedView& q) { return q.cols; }
};

// Runs of block_size weights along k, the last of a row perhaps short.
struct RowGroups {
  static __device__ std::int64_t of(const QuantizedView& q, std::int64_t i) {
    return i / q.cols * per_row(q) + i % q.cols / q.block_size;
  }
  static __device__ std::int64_t begin(const QuantizedView& q, std::int64_t g) {
    return g / per_row(q) * q.cols + g % per_row(q) * q.block_size;
  }
  static __device__ std::int64_t end(const QuantizedView& q, std::int64_t g) {
    return min(begin(q, g) + q.block_size, (g / per_row(q) + 1) * q.cols);
  }
  static __device__ std::int64_t stride(const QuantizedView& q) {
    return per_row(q) * q.block_size;
  }
  static __host__ __device__ std::int64_t per_row(const QuantizedView& q) {
    return (q.cols + q.block_size - 1) / q.block_size;
  }
};

struct Rows {
  static __device__ std::int64_t of(const QuantizedView& q, std::int64_t i) { return i / q.cols; }
  static __device__ std::int64_t begin(const QuantizedView& q, std::int64_t g) {
    return g * q.cols;
  }
  static __device__ std::int64_t end(const QuantizedView& q, std::int64_t g) {
    return (g + 1) * q.cols;
  }
};

struct WholeTensor {
  static __device__ std::int64_t of(const QuantizedView&, std::int64_t) { return 0; }
  static __device__ std::int64_t begin(const QuantizedView&, std::int64_t) { return 0; }
  static __device__ std::int64_t end(const QuantizedView& q, std::int64_t) {
    return q.rows * q.cols;
  }
};

// Tiles of kRows x block_size weights; those at the edges of the matrix have what is left.
template <int kRows>
struct Tiles {
  static __device__ std::int64_t of(const QuantizedView& q, std::int64_t i) {
    return i / q.cols / kRows * per_row(q) + i % q.cols / q.block_size;
  }
  // begin() and end() are those of the first line of the tile.
  static __device__ std::int64_t begin(const QuantizedView& q, std::int64_t g) {
    return g / per_row(q) * kRows * q.cols + g % per_row(q) * q.block_size;
  }
  static __device__ std::int64_t end(const QuantizedView& q, std::int64_t g) {
    return min(begin(q, g) + q.block_size, (g / per_row(q) * kRows + 1) * q.cols);
  }
  static __device__ std::int64_t lines(const QuantizedView& q, std::int64_t g) {
    return min(static_cast<std::int64_t>(kRows), q.rows - g / per_row(q) * kRows);
  }
  static __host__ __device__ std::int64_t per_row(const QuantizedView& q) {
    return RowGroups::per_row(q);
  }
};

template <Granularity kGranularity, int kTileRows>
struct GroupsFor;
template <int kTileRows>
struct GroupsFor<Granularity::block, kTileRows> {
  using Type = Blocks;
};
template <int kTileRows>
struct GroupsFor<Granularity::group, kTileRows> {
  using Type = RowGroups;
};
template <int kTileRows>
struct GroupsFor<Granularity::tile, kTileRows> {
  using Type = Tiles<kTileRows>;
};
template <int kTileRows>
struct GroupsFor<Granularity::row, kTileRows> {
  using Type = Rows;
};
template <int kTileRows>
struct GroupsFor<Granularity::tensor, kTileRows> {
  using Type = WholeTensor;
};
template <Granularity kGranularity, int kTileRows>
using GroupsOf = typename GroupsFor<kGranularity, kTileRows>::Type;

// Calls use(i) for the weights of a group, from `first` on, `step` apart in each of its lines.
template <class Groups, class Use>
__device__ __forceinline__ void for_group(const QuantizedView& q, std::int64_t g, int first,
                                          int step, const Use& use) {
  const std::int64_t end = Groups::end(q, g);
  if constexpr (requires { Groups::lines(q, g); }) {
    const std::int64_t past = Groups::lines(q, g) * q.cols;
    for (std::int64_t line = 0; line < past; line += q.cols)
      for (std::int64_t i = Groups::begin(q, g) + first; i < end; i += step) use(line + i);
  } else {
    for (std::int64_t i = Groups::begin(q, g) + first; i < end; i += step) use(i);
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
