// SPDX-License-Identifier: Apache-2.0
// Dot products in fixed lanes with Eigen: element j of a row always adds to lane j % lanes, and the
// lanes add up as one tree. So the bits do not depend on the instruction set, as those of Eigen's
// own products do.
#include "reference/simd/dot.h"

#include <Eigen/Core>

namespace qbench::reference::QBENCH_ISA {
namespace {

template <class T, int Lanes>
T add_lanes(const Eigen::Array<T, Lanes, 1>& lanes) {
  if constexpr (Lanes == 1) {
    return lanes[0];
  } else {
    const Eigen::Array<T, Lanes / 2, 1> halves =
        lanes.template head<Lanes / 2>() + lanes.template tail<Lanes / 2>();
    return add_lanes<T, Lanes / 2>(halves);
  }
}

// A tile of Rows x Cols dot products: every loaded value is used Rows or Cols times.
template <class T, int Lanes, int Rows, int Cols>
void dot_tile(const T* x, const T* w, std::int64_t k, T* y, std::int64_t stride) {
  using Vector = Eigen::Array<T, Lanes, 1>;
  using Load = Eigen::Map<const Vector>;
  Vector sum[Rows][Cols];
  for (auto& row : sum)
    for (Vector& lanes : row) lanes.setZero();
  const std::int64_t whole = k / Lanes * Lanes;
  for (std::int64_t j = 0; j < whole; j += Lanes)
    for (int r = 0; r < Rows; ++r) {
      const Vector values = Load(x + r * k + j);
      for (int c = 0; c < Cols; ++c) sum[r][c] += values * Load(w + c * k + j);
    }
  for (int r = 0; r < Rows; ++r)
    for (int c = 0; c < Cols; ++c) {
      for (std::int64_t j = whole; j < k; ++j) sum[r][c][j - whole] += x[r * k + j] * w[c * k + j];
      y[r * stride + c] = add_lanes<T, Lanes>(sum[r][c]);
    }
}

template <class T, int Lanes, int Cols>
void dot_rows(const T* x, std::int64_t rows, const T* w, std::int64_t k, T* y,
              std::int64_t stride) {
  std::int64_t r = 0;
  for (; r + 4 <= rows; r += 4)
    dot_tile<T, Lanes, 4, Cols>(x + r * k, w, k, y + r * stride, stride);
  for (; r < rows; ++r) dot_tile<T, Lanes, 1, Cols>(x + r * k, w, k, y + r * stride, stride);
}

template <class T, int Lanes>
void dot(const T* x, std::int64_t rows, const T* w, std::int64_t cols, std::int64_t k, T* y,
         std::int64_t stride) {
  std::int64_t c = 0;
  for (; c + 4 <= cols; c += 4) dot_rows<T, Lanes, 4>(x, rows, w + c * k, k, y + c, stride);
  for (; c < cols; ++c) dot_rows<T, Lanes, 1>(x, rows, w + c * k, k, y + c, stride);
}

}  // namespace

void dot_f32(const float* x, std::int64_t rows, const float* w, std::int64_t cols, std::int64_t k,
             float* y, std::int64_t stride) {
  dot<float, 16>(x, rows, w, cols, k, y, stride);
}

void dot_f64(const double* x, std::int64_t rows, const double* w, std::int64_t cols, std::int64_t k,
             double* y, std::int64_t stride) {
  dot<double, 8>(x, rows, w, cols, k, y, stride);
}

void dot_s8(const std::int8_t* x, std::int64_t rows, const std::int8_t* w, std::int64_t cols,
            std::int64_t k, std::int32_t* y, std::int64_t stride) {
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < cols; ++c) {
      std::int32_t sum = 0;
      for (std::int64_t j = 0; j < k; ++j)
        sum += static_cast<std::int16_t>(x[r * k + j]) * static_cast<std::int16_t>(w[c * k + j]);
      y[r * stride + c] = sum;
    }
}

}  // namespace qbench::reference::QBENCH_ISA
