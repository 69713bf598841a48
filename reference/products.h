// SPDX-License-Identifier: Apache-2.0
// Whole matrices in f32 or double: what products of activations, gradients and adapters share.
#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "reference/matrix.h"
#include "reference/simd/loops.h"
#include "reference/simd/panels.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {

template <class T>
DoubleMatrix to_double(const BasicMatrix<T>& matrix) {
  DoubleMatrix out(matrix.rows, matrix.cols);
  std::ranges::copy(matrix.values, out.values.begin());
  return out;
}

inline DoubleMatrix magnitudes(DoubleMatrix matrix) {
  for (double& value : matrix.values) value = std::abs(value);
  return matrix;
}

template <class To>
BasicMatrix<To> transposed(const Matrix& matrix) {
  BasicMatrix<To> out(matrix.cols, matrix.rows);
  for (std::int64_t i = 0; i < matrix.rows; ++i)
    for (std::int64_t j = 0; j < matrix.cols; ++j)
      out.row(j)[i] = static_cast<To>(matrix.row(i)[j]);
  return out;
}

// a b^T, in sums of T.
template <class T>
BasicMatrix<T> product(const BasicMatrix<T>& a, const BasicMatrix<T>& b) {
  BasicMatrix<T> out(a.rows, b.rows);
  const auto columns = [&](std::int64_t begin, std::int64_t end) {
    if constexpr (std::is_same_v<T, float>)
      loops().dot_f32(a.values.data(), a.rows, b.row(begin), end - begin, a.cols,
                      out.values.data() + begin, out.cols);
    else
      loops().dot_f64(a.values.data(), a.rows, b.row(begin), end - begin, a.cols,
                      out.values.data() + begin, out.cols);
  };
  parallel_parts(b.rows, kPanelRows, columns, small_product(a.rows, b.rows, a.cols));
  return out;
}

}  // namespace qbench::reference
