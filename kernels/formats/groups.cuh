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
  // The group of column k is in_row(start(q, row), k, shift), where block_size is 2^shift.
  static __device__ std::int64_t start(const QuantizedView& q, std::int64_t row) {
    return row * q.cols;
  }
  static __device__ std::int64_t in_row(std::int64_t start, int k, int shift) {
    return (start + k) >> shift;
  }
  static std::int64_t count(const QuantizedView& q) {
    return (q.rows * q.cols + q.block_size - 1) / q.block_size;
  }
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
  static __device__ std::int64_t start(const QuantizedView& q, std::int64_t row) {
    return row * per_row(q);
  }
  static __device__ std::int64_t in_row(std::int64_t start, int k, int shift) {
    return start + (k >> shift);
  }
  static std::int64_t count(const QuantizedView& q) { return q.rows * per_row(q); }
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
  static std::int64_t count(const QuantizedView& q) { return q.rows; }
};

struct WholeTensor {
  static __device__ std::int64_t of(const QuantizedView&, std::int64_t) { return 0; }
  static __device__ std::int64_t begin(const QuantizedView&, std::int64_t) { return 0; }
  static __device__ std::int64_t end(const QuantizedView& q, std::int64_t) {
    return q.rows * q.cols;
  }
  static std::int64_t count(const QuantizedView&) { return 1; }
};

template <Granularity kGranularity>
struct GroupsFor;
template <>
struct GroupsFor<Granularity::block> {
  using Type = Blocks;
};
template <>
struct GroupsFor<Granularity::group> {
  using Type = RowGroups;
};
template <>
struct GroupsFor<Granularity::row> {
  using Type = Rows;
};
template <>
struct GroupsFor<Granularity::tensor> {
  using Type = WholeTensor;
};
template <Granularity kGranularity>
using GroupsOf = typename GroupsFor<kGranularity>::Type;

}  // namespace qbench::QBENCH_SIMT_DEVICE
