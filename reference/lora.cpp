// SPDX-License-Identifier: Apache-2.0
// Low-rank adapters by the same loops as matmul.
#include "reference/lora.h"

#include "reference/products.h"
#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reference/simd/panels.h"

namespace qbench::reference {
namespace {

// x w. The columns of w are gathered a few at a time, so that each is summed as a row is.
Matrix product_of_columns(const Matrix& x, const Matrix& w) {
  Matrix y(x.rows, w.cols);
  for_each_panel<float>(x.rows, w.cols, w.rows,
                        [&](std::int64_t first, std::int64_t columns, float* panel) {
                          gather_columns(w, first, columns, panel);
                          loops().dot_f32(x.values.data(), x.rows, panel, columns, w.rows,
                                          y.values.data() + first, y.cols);
                        });
  return y;
}

// to += s more.
void add_scaled(Matrix& to, float s, const Matrix& more) {
  for (std::size_t i = 0; i < to.values.size(); ++i) to.values[i] += s * more.values[i];
}

void scale(Matrix& matrix, float s) {
  for (float& value : matrix.values) value *= s;
}

}  // namespace

void lora_forward(const Matrix& x, const QuantizedMatrix& weights, const Adapter& adapter,
                  Dtype dtype, Matrix& y) {
  matmul(x, weights, Dtype::fp32, y);
  add_scaled(y, adapter.scale, product(product(x, adapter.a), adapter.b));
  round_to(dtype, y.values);
}

LoraGradients lora_backward(const Matrix& x, const Matrix& g, const QuantizedMatrix& weights,
                            const Adapter& adapter, Dtype dtype) {
  Matrix decoded(weights.rows, weights.cols);
  dequantize(weights, decoded);
  const Matrix inner = product(g, transposed<float>(adapter.b));  // m x r: g B
  LoraGradients gradients = {
      .x = product_of_columns(g, decoded),
      .a = product(transposed<float>(inner), transposed<float>(x)),
      .b = product(transposed<float>(g), transposed<float>(product(x, adapter.a)))};
  add_scaled(gradients.x, adapter.scale, product(inner, transposed<float>(adapter.a)));
  scale(gradients.a, adapter.scale);
  scale(gradients.b, adapter.scale);
  round_to(dtype, gradients.x.values);
  return gradients;
}

}  // namespace qbench::reference
