// SPDX-License-Identifier: Apache-2.0
// matmul: y = x W^T with decoded weights, or as LLM.int8() does it.
#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reference/simd/panels.h"

namespace qbench::reference {
namespace {

void weight_only(const Matrix& x, const QuantizedMatrix& w, Matrix& y) {
  for_each_panel<float>(x.rows, w.rows, w.cols,
                        [&](std::int64_t first, std::int64_t rows, float* panel) {
                          dequantize(w, first * w.cols, rows * w.cols, panel);
                          loops().dot_f32(x.values.data(), x.rows, panel, rows, w.cols,
                                          y.values.data() + first, y.cols);
                        });
}

// y = acc * row absmax * column absmax / 127^2 in f32, plus the products of the outlier columns in
// ascending order; their weights are fp16 numbers, as bitsandbytes dequantizes them.
void int8(const Matrix& x, const QuantizedMatrix& w, const QuantizedActivations& how, Matrix& y) {
  constexpr float kPerSquare = 1.0f / 16129.0f;
  const Int8Activations a = quantize_activations(x, how);
  const auto* codes = reinterpret_cast<const std::int8_t*>(w.codes.data());
  const auto* absmax = reinterpret_cast<const float*>(w.scales.numbers.data());
  const Matrix outliers = outlier_weights(w, a.outliers);
  BasicMatrix<std::int32_t> sums(x.rows, w.rows);
  const auto panel = [&](std::int64_t begin, std::int64_t end) {
    loops().dot_s8(a.codes.values.data(), x.rows, codes + begin * w.cols, end - begin, w.cols,
                   sums.values.data() + begin, w.rows);
    for (std::int64_t r = 0; r < x.rows; ++r)
      for (std::int64_t c = begin; c < end; ++c) {
        float kept = 0;
        for (std::size_t i = 0; i < a.outliers.size(); ++i)
          kept += a.values.row(r)[a.outliers[i]] * outliers.row(c)[i];
        const float product =
            static_cast<float>(sums.row(r)[c]) * a.row_absmax[static_cast<std::size_t>(r)];
        y.row(r)[c] = product * absmax[c] * kPerSquare + kept;
      }
  };
  parallel_parts(w.rows, kPanelRows, panel, small_product(x.rows, w.rows, w.cols));
}

}  // namespace

void matmul(const Matrix& x, const QuantizedMatrix& weights, Dtype dtype, Matrix& y) {
  if (weights.format->activations)
    int8(x, weights, *weights.format->activations, y);
  else
    weight_only(x, weights, y);
  round_to(dtype, y.values);
}

}  // namespace qbench::reference
