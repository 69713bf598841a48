// SPDX-License-Identifier: Apache-2.0
// Layers with adapters in double. Every result but the adapter's own gradients is a product with
// the weights plus s times a product of three matrices; those gradients are the second term alone.
#include "reference/errors/lora_error.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reference/products.h"
#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reference/simd/panels.h"

namespace qbench {

using reference::Adapter;
using reference::for_each_panel;
using reference::loops;
using reference::magnitudes;
using reference::product;
using reference::to_double;
using reference::transposed;

namespace {

// f(first, columns, panel) for the columns of w, a few at a time, each a row of the panel.
template <class F>
void for_each_column_panel(std::int64_t rows, const Matrix& w, const F& f) {
  for_each_panel<double>(rows, w.cols, w.rows,
                         [&](std::int64_t first, std::int64_t columns, double* panel) {
                           reference::gather_columns(w, first, columns, panel);
                           f(first, columns, panel);
                         });
}

// A factor of a product: a matrix, or a product of two, which kernels round.
struct Factor {
  DoubleMatrix value;
  DoubleMatrix magnitude;    // the same of magnitudes
  std::int64_t rounded = 0;  // products a sum; 0 of a matrix
};

Factor factor(DoubleMatrix value) {
  DoubleMatrix magnitude = magnitudes(value);
  return {.value = std::move(value), .magnitude = std::move(magnitude)};
}

// a b^T.
Factor factor(const DoubleMatrix& a, const DoubleMatrix& b) {
  return {.value = product(a, b),
          .magnitude = product(magnitudes(a), magnitudes(b)),
          .rounded = a.cols};
}

// to += s a b^T.
void add_scaled(DoubleMatrix& to, double s, const DoubleMatrix& a, const DoubleMatrix& b) {
  const DoubleMatrix more = product(a, b);
  for (std::size_t i = 0; i < to.values.size(); ++i) to.values[i] += s * more.values[i];
}

double sum_of_row(const DoubleMatrix& matrix, std::int64_t row) {
  return std::accumulate(matrix.row(row), matrix.row(row) + matrix.cols, 0.0);
}

// Adds s a b^T to what is expected. An error of a factor is multiplied by the other one: relative
// errors then count as more products a sum, losses by underflow as larger weights.
void add_scaled(Expected& to, double s, const Factor& a, const Factor& b) {
  add_scaled(to.value, s, a.value, b.value);
  add_scaled(to.magnitude, std::abs(s), a.magnitude, b.magnitude);
  to.k += a.rounded + b.rounded + a.value.cols;
  double most = 0;
  for (std::int64_t row = 0; row < a.value.rows; ++row) {
    const double sum = sum_of_row(a.magnitude, row);
    double& x_sum = to.x_sums[static_cast<std::size_t>(row)];
    x_sum = std::max(x_sum, sum);
    most = std::max(most, sum);
  }
  for (std::int64_t row = 0; row < b.value.rows; ++row)
    to.largest_weights[static_cast<std::size_t>(row)] +=
        std::abs(s) * (1 + sum_of_row(b.magnitude, row) + (b.rounded > 0 ? most : 0));
}

Expected nothing(std::int64_t rows, std::int64_t cols, Dtype dtype) {
  Expected out{.value = {rows, cols},
               .bound = {rows, cols},
               .magnitude = {rows, cols},
               .x_sums = Buffer<double>(static_cast<std::size_t>(rows)),
               .largest_weights = Buffer<double>(static_cast<std::size_t>(cols)),
               .k = 0,
               .dtype = dtype};
  for (Buffer<double>* all :
       {&out.value.values, &out.magnitude.values, &out.x_sums, &out.largest_weights})
    std::ranges::fill(*all, 0.0);
  return out;
}

// What g W should be. The largest weight of a column is the largest that is decoded, as g W sums
// over rows, whose scales differ.
Expected expected_gradient_of_weights(const Matrix& g, const QuantizedMatrix& weights,
                                      Dtype dtype) {
  Matrix decoded(weights.rows, weights.cols);
  reference::dequantize(weights, decoded);
  const DoubleMatrix left = to_double(g), magnitude = magnitudes(left);
  Expected out = nothing(g.rows, weights.cols, dtype);
  out.k = weights.rows;
  for (std::int64_t row = 0; row < g.rows; ++row)
    out.x_sums[static_cast<std::size_t>(row)] = sum_of_row(magnitude, row);
  for_each_column_panel(
      g.rows, decoded, [&](std::int64_t first, std::int64_t columns, double* panel) {
        const std::int64_t count = columns * weights.rows;
        loops().dot_f64(left.values.data(), g.rows, panel, columns, weights.rows,
                        out.value.values.data() + first, weights.cols);
        std::transform(panel, panel + count, panel, [](double each) { return std::abs(each); });
        loops().dot_f64(magnitude.values.data(), g.rows, panel, columns, weights.rows,
                        out.magnitude.values.data() + first, weights.cols);
        for (std::int64_t c = 0; c < columns; ++c)
          out.largest_weights[static_cast<std::size_t>(first + c)] =
              std::accumulate(panel + c * weights.rows, panel + (c + 1) * weights.rows, 0.0,
                              [](double most, double each) { return std::max(most, each); });
      });
  return out;
}

}  // namespace

DoubleMatrix exact_lora(const Matrix& x, const Matrix& weights, const Adapter& adapter) {
  DoubleMatrix y = exact_matmul(x, weights);
  add_scaled(y, static_cast<double>(adapter.scale), product(to_double(x), to_double(adapter.a)),
             to_double(adapter.b));
  return y;
}

DoubleMatrix exact_lora_gradient(const Matrix& g, const Matrix& weights, const Adapter& adapter) {
  const DoubleMatrix left = to_double(g);
  DoubleMatrix out(g.rows, weights.cols);
  for_each_column_panel(g.rows, weights,
                        [&](std::int64_t first, std::int64_t columns, double* panel) {
                          loops().dot_f64(left.values.data(), g.rows, panel, columns, weights.rows,
                                          out.values.data() + first, weights.cols);
                        });
  add_scaled(out, static_cast<double>(adapter.scale), product(left, transposed<double>(adapter.b)),
             transposed<double>(adapter.a));
  return out;
}

Expected expected_lora(const Matrix& x, const QuantizedMatrix& weights, const Adapter& adapter,
                       Dtype dtype) {
  Expected out = expected_matmul(x, weights, dtype);
  add_scaled(out, static_cast<double>(adapter.scale), factor(to_double(x), to_double(adapter.a)),
             factor(to_double(adapter.b)));
  set_bounds(out);
  return out;
}

Expected expected_lora_gradient(const Matrix& g, const QuantizedMatrix& weights,
                                const Adapter& adapter, Dtype dtype) {
  Expected out = expected_gradient_of_weights(g, weights, dtype);
  add_scaled(out, static_cast<double>(adapter.scale),
             factor(to_double(g), transposed<double>(adapter.b)),
             factor(transposed<double>(adapter.a)));
  set_bounds(out);
  return out;
}

ExpectedAdapter expected_adapter(const Matrix& x, const Matrix& g, const Adapter& adapter) {
  const auto s = static_cast<double>(adapter.scale);
  const std::int64_t r = adapter.rank();
  ExpectedAdapter out{.a = nothing(r, x.cols, Dtype::fp32), .b = nothing(g.cols, r, Dtype::fp32)};
  add_scaled(out.a, s, factor(transposed<double>(adapter.b), to_double(g)),
             factor(transposed<double>(x)));
  add_scaled(out.b, s, factor(transposed<double>(g)), factor(to_double(adapter.a), to_double(x)));
  set_bounds(out.a);
  set_bounds(out.b);
  return out;
}

}  // namespace qbench
