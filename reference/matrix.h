// SPDX-License-Identifier: Apache-2.0
// Matrix: the currency between the folders, and the number types that weights and results come in.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "reference/buffer.h"

namespace qbench {

// Number types of weights, activations and results.
enum class Dtype { fp32, fp16, bf16 };

inline constexpr std::string_view kDtypeNames[] = {"fp32", "fp16", "bf16"};

constexpr std::string_view name(Dtype dtype) { return kDtypeNames[static_cast<int>(dtype)]; }
constexpr int bytes_of(Dtype dtype) { return dtype == Dtype::fp32 ? 4 : 2; }

// Unit roundoff: half the distance from 1 to the next number.
constexpr double unit_roundoff(Dtype dtype) {
  return dtype == Dtype::fp32 ? 0x1p-24 : dtype == Dtype::fp16 ? 0x1p-11 : 0x1p-8;
}

// rows x cols, row-major and without gaps. Weights are n x k, activations m x k, results m x n.
template <class T>
struct BasicMatrix {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  Buffer<T> values;

  BasicMatrix() = default;
  BasicMatrix(std::int64_t r, std::int64_t c)
      : rows(r), cols(c), values(static_cast<std::size_t>(r * c)) {}

  std::int64_t size() const { return rows * cols; }
  T* row(std::int64_t r) { return values.data() + r * cols; }
  const T* row(std::int64_t r) const { return values.data() + r * cols; }
};

using Matrix = BasicMatrix<float>;
using DoubleMatrix = BasicMatrix<double>;

}  // namespace qbench
