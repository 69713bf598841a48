// SPDX-License-Identifier: Apache-2.0
// Squares of a layer's outputs and of their errors, a panel of the weights at a time.
#include <algorithm>

#include "reference/errors/error.h"
#include "reference/products.h"
#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reference/simd/panels.h"

namespace qbench {

using reference::for_each_panel;
using reference::loops;

namespace {

std::vector<double> squares_of_rows(const Matrix& y) {
  std::vector<double> squares(static_cast<std::size_t>(y.rows), 0);
  for (std::int64_t r = 0; r < y.rows; ++r)
    for (std::int64_t c = 0; c < y.cols; ++c) {
      const double value = y.row(r)[c];
      squares[static_cast<std::size_t>(r)] += value * value;
    }
  return squares;
}

// decode(first, count, out) gives the weights that stand for `count` of these.
template <class Decode>
std::vector<double> error_squares(const Matrix& x, const Matrix& weights, const Decode& decode) {
  Matrix y(x.rows, weights.rows);
  for_each_panel<float>(x.rows, weights.rows, weights.cols,
                        [&](std::int64_t first, std::int64_t rows, float* panel) {
                          const std::int64_t count = rows * weights.cols;
                          decode(first * weights.cols, count, panel);
                          const float* exact = weights.row(first);
                          for (std::int64_t i = 0; i < count; ++i) panel[i] -= exact[i];
                          loops().dot_f32(x.values.data(), x.rows, panel, rows, x.cols,
                                          y.values.data() + first, y.cols);
                        });
  return squares_of_rows(y);
}

}  // namespace

std::vector<double> output_squares(const Matrix& x, const Matrix& weights) {
  return squares_of_rows(reference::product(x, weights));
}

std::vector<double> output_error_squares(const Matrix& x, const Matrix& weights,
                                         const QuantizedMatrix& quantized) {
  return error_squares(x, weights, [&](std::int64_t first, std::int64_t count, float* panel) {
    reference::dequantize(quantized, first, count, panel);
  });
}

std::vector<double> output_error_squares(const Matrix& x, const Matrix& weights,
                                         const Matrix& decoded) {
  return error_squares(x, weights, [&](std::int64_t first, std::int64_t count, float* panel) {
    std::copy_n(decoded.values.data() + first, count, panel);
  });
}

}  // namespace qbench
