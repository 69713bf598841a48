// SPDX-License-Identifier: Apache-2.0
// LLM.int8(): activations to int8, and the outlier columns that are kept (arXiv 2208.07339, section
// 3.2; bitsandbytes' CUDA kernels).
#include <algorithm>
#include <cmath>

#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {
namespace {

std::vector<std::int64_t> outlier_columns(const Matrix& values, float threshold) {
  std::vector<std::int64_t> columns;
  for (std::int64_t c = 0; c < values.cols; ++c)
    for (std::int64_t r = 0; r < values.rows; ++r)
      if (std::abs(values.row(r)[c]) >= threshold) {
        columns.push_back(c);
        break;
      }
  return columns;
}

// The absmax over the magnitudes below the threshold, whatever their column.
float inlier_absmax(const float* row, std::int64_t cols, float threshold) {
  float most = 0;
  for (std::int64_t c = 0; c < cols; ++c) {
    const float magnitude = std::abs(row[c]);
    if (magnitude < threshold) most = std::max(most, magnitude);
  }
  return most;
}

}  // namespace

Int8Activations quantize_activations(const Matrix& x, const QuantizedActivations& how) {
  Int8Activations a{.codes = {x.rows, x.cols},
                    .row_absmax = Buffer<float>(static_cast<std::size_t>(x.rows)),
                    .outliers = {},
                    .values = {x.rows, x.cols}};
  std::ranges::copy(x.values, a.values.values.begin());
  round_to(Dtype::fp16, a.values.values);
  a.outliers = outlier_columns(a.values, how.outlier_threshold);
  const auto quantize_row = [&](std::int64_t r) {
    const float absmax = inlier_absmax(a.values.row(r), x.cols, how.outlier_threshold);
    a.row_absmax[static_cast<std::size_t>(r)] = absmax;
    std::int8_t* codes = a.codes.row(r);
    for (std::int64_t c = 0; c < x.cols; ++c) {
      const float scaled = std::nearbyint(a.values.row(r)[c] * (127.0f / absmax));
      codes[c] = std::abs(scaled) <= 127.0f ? static_cast<std::int8_t>(scaled) : std::int8_t{0};
    }
    for (const std::int64_t c : a.outliers) codes[c] = 0;
  };
  parallel_parts(x.rows, std::max<std::int64_t>(1, kPart / 4 / x.cols), [&](auto begin, auto end) {
    for (std::int64_t r = begin; r < end; ++r) quantize_row(r);
  });
  return a;
}

Matrix outlier_weights(const QuantizedMatrix& weights, const std::vector<std::int64_t>& columns) {
  constexpr float kFactor = 1.0f / 127.0f;
  Matrix out(weights.rows, static_cast<std::int64_t>(columns.size()));
  const auto* codes = reinterpret_cast<const std::int8_t*>(weights.codes.data());
  const auto* absmax = reinterpret_cast<const float*>(weights.scales.numbers.data());
  for (std::int64_t r = 0; r < weights.rows; ++r)
    for (std::size_t i = 0; i < columns.size(); ++i)
      out.row(r)[i] =
          static_cast<float>(codes[r * weights.cols + columns[i]]) * absmax[r] * kFactor;
  round_to(Dtype::fp16, out.values);
  return out;
}

}  // namespace qbench::reference
