// SPDX-License-Identifier: Apache-2.0
// Error figures. Sums run over pieces of fixed size, added in order: the same bits at any thread
// count.
#include "reference/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "reference/panels.h"
#include "reference/reference.h"
#include "reference/runs.h"

namespace qbench {

using reference::for_each_panel;
using reference::kPart;
using reference::parallel_parts;
using reference::runs;

namespace {

void add(ErrorSums& sums, const reference::RunErrors& more) {
  sums.error += more.error;
  sums.signal += more.signal;
  sums.largest = std::isnan(sums.largest) || !(more.largest <= sums.largest)
                     ? more.largest + 0 * sums.largest
                     : sums.largest;
}

// sums(begin, end) of every part of 0 .. count - 1, added up in order.
template <class F>
ErrorSums sum_parts(std::int64_t count, const F& part_sums) {
  Buffer<ErrorSums> parts(static_cast<std::size_t>((count + kPart - 1) / kPart));
  parallel_parts(count, kPart, [&](std::int64_t begin, std::int64_t end) {
    parts[static_cast<std::size_t>(begin / kPart)] = part_sums(begin, end);
  });
  ErrorSums all;
  for (const ErrorSums& part : parts) add(all, {part.error, part.signal, part.largest});
  return all;
}

// What the rows of y are summed from: x and, panel by panel, the weights.
struct Operands {
  DoubleMatrix x;
  bool int8 = false;
  reference::Int8Activations activations;  // int8 only
};

DoubleMatrix to_double(const Matrix& x) {
  DoubleMatrix out(x.rows, x.cols);
  std::ranges::copy(x.values, out.values.begin());
  return out;
}

DoubleMatrix magnitudes(const DoubleMatrix& x) {
  DoubleMatrix out(x.rows, x.cols);
  std::ranges::transform(x.values, out.values.begin(),
                         [](double value) { return std::abs(value); });
  return out;
}

Operands operands(const Matrix& x, const Mode& mode) {
  if (!mode.activations) return {.x = to_double(x), .activations = {}};
  Operands out{.x = DoubleMatrix(x.rows, x.cols),
               .int8 = true,
               .activations = reference::quantize_activations(x, *mode.activations)};
  const auto& a = out.activations;
  for (std::int64_t r = 0; r < x.rows; ++r) {
    const double step = static_cast<double>(a.row_absmax[static_cast<std::size_t>(r)]) / 127.0;
    for (std::int64_t c = 0; c < x.cols; ++c) out.x.row(r)[c] = a.codes.row(r)[c] * step;
    for (const std::int64_t c : a.outliers)
      out.x.row(r)[c] = static_cast<double>(a.values.row(r)[c]);
  }
  return out;
}

// Rows of the weights as the product uses them. int8: codes times scales, unrounded, and fp16 in
// outlier columns.
void weight_panel(const QuantizedMatrix& w, const Operands& operands, std::int64_t first,
                  std::int64_t rows, double* panel) {
  Buffer<float> decoded(static_cast<std::size_t>(rows * w.cols));
  reference::dequantize(w, first * w.cols, rows * w.cols, decoded.data());
  std::copy(decoded.begin(), decoded.end(), panel);
  if (!operands.int8) return;
  const auto* codes = reinterpret_cast<const std::int8_t*>(w.codes.data()) + first * w.cols;
  const auto* absmax = reinterpret_cast<const float*>(w.scales.numbers.data()) + first;
  for (std::int64_t i = 0; i < rows * w.cols; ++i)
    panel[i] = codes[i] * (static_cast<double>(absmax[i / w.cols]) / 127.0);
  for (std::int64_t r = 0; r < rows; ++r)
    for (const std::int64_t c : operands.activations.outliers) {
      float value = decoded[static_cast<std::size_t>(r * w.cols + c)];
      runs().round_to(Dtype::fp16, &value, 1);
      panel[r * w.cols + c] = static_cast<double>(value);
    }
}

// Half the least positive number: what rounding may add where the type has subnormals.
double half_least(Dtype dtype) {
  return dtype == Dtype::fp16 ? 0x1p-25 : dtype == Dtype::bf16 ? 0x1p-134 : 0x1p-150;
}

// gamma(j) = j u / (1 - j u) (Higham, Accuracy and Stability of Numerical Algorithms, section
// 3.1), with j = k products and sums and the few roundings of an epilogue.
double gamma_of(std::int64_t k, double roundoff) {
  const double ju = static_cast<double>(k + 8) * roundoff;
  return ju / (1 - ju);
}

// How far the sums of |x||w| allow a result of f32 arithmetic to be off.
DoubleMatrix bounds(const DoubleMatrix& value, const DoubleMatrix& magnitude, std::int64_t k,
                    Dtype dtype) {
  DoubleMatrix out(value.rows, value.cols);
  const double gamma = gamma_of(k, 0x1p-24), u = unit_roundoff(dtype);
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    const double sum_error = gamma * magnitude.values[i];
    out.values[i] = sum_error + u * (std::abs(value.values[i]) + sum_error) + half_least(dtype);
  }
  return out;
}

// An infinite result stands for the first number beyond the range.
double finite(float y, Dtype dtype) {
  const double beyond = dtype == Dtype::fp16 ? 0x1p16 : 0x1p128;
  return std::isinf(y) ? std::copysign(beyond, y) : static_cast<double>(y);
}

double element_error(float y, double value, double bound, Dtype dtype) {
  float nearest = static_cast<float>(value);
  runs().round_to(dtype, &nearest, 1);
  if (y == nearest || (std::isnan(y) && std::isnan(nearest))) return 0;
  const double error = std::abs(finite(y, dtype) - value) / bound;
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

}  // namespace

double ErrorSums::nmse() const { return error == 0 ? 0 : error / signal; }

std::optional<double> sqnr_db(double nmse) {
  if (!(nmse > 0) || !std::isfinite(nmse)) return std::nullopt;
  return -10 * std::log10(nmse);
}

double bound_gap_db(double bits_per_param, double sqnr) {
  return 20 * std::log10(2.0) * bits_per_param - sqnr;
}

ErrorSums weight_error(const Matrix& weights, const QuantizedMatrix& quantized) {
  return sum_parts(weights.size(), [&](std::int64_t begin, std::int64_t end) {
    constexpr std::int64_t kDecoded = 8192;
    float decoded[kDecoded];
    ErrorSums sums;
    for (std::int64_t at = begin; at < end; at += kDecoded) {
      const std::int64_t count = std::min(kDecoded, end - at);
      reference::dequantize(quantized, at, count, decoded);
      add(sums,
          runs().errors(weights.values.data() + at, decoded, static_cast<std::size_t>(count)));
    }
    return sums;
  });
}

ErrorSums output_error(const DoubleMatrix& exact, const Matrix& output) {
  return sum_parts(exact.size(), [&](std::int64_t begin, std::int64_t end) {
    ErrorSums sums;
    add(sums, runs().output_errors(exact.values.data() + begin, output.values.data() + begin,
                                   static_cast<std::size_t>(end - begin)));
    return sums;
  });
}

DoubleMatrix exact_matmul(const Matrix& x, const Matrix& weights) {
  const DoubleMatrix wide = to_double(x);
  DoubleMatrix y(x.rows, weights.rows);
  for_each_panel<double>(x.rows, weights.rows, weights.cols,
                         [&](std::int64_t first, std::int64_t rows, double* panel) {
                           std::copy(weights.row(first), weights.row(first + rows), panel);
                           runs().dot_f64(wide.values.data(), x.rows, panel, rows, weights.cols,
                                          y.values.data() + first, y.cols);
                         });
  return y;
}

Expected expected_matmul(const Matrix& x, const QuantizedMatrix& w, Dtype dtype) {
  const Operands used = operands(x, *w.mode);
  const DoubleMatrix x_magnitude = magnitudes(used.x);
  DoubleMatrix value(x.rows, w.rows), magnitude(x.rows, w.rows);
  for_each_panel<double>(x.rows, w.rows, w.cols,
                         [&](std::int64_t first, std::int64_t rows, double* panel) {
                           weight_panel(w, used, first, rows, panel);
                           runs().dot_f64(used.x.values.data(), x.rows, panel, rows, w.cols,
                                          value.values.data() + first, w.rows);
                           std::transform(panel, panel + rows * w.cols, panel,
                                          [](double each) { return std::abs(each); });
                           runs().dot_f64(x_magnitude.values.data(), x.rows, panel, rows, w.cols,
                                          magnitude.values.data() + first, w.rows);
                         });
  DoubleMatrix bound = bounds(value, magnitude, w.cols, dtype);
  return {.value = std::move(value),
          .bound = std::move(bound),
          .magnitude = std::move(magnitude),
          .k = w.cols,
          .dtype = dtype};
}

double kernel_error(const Expected& expected, const Matrix& output, const Arithmetic& arithmetic) {
  const double more = (gamma_of(expected.k, arithmetic.sum_roundoff) -
                       gamma_of(expected.k, Arithmetic().sum_roundoff) +
                       arithmetic.weight_roundoffs * unit_roundoff(expected.dtype)) *
                      (1 + unit_roundoff(expected.dtype));
  double worst = 0;
  for (std::size_t i = 0; i < output.values.size(); ++i)
    worst = std::max(worst,
                     element_error(output.values[i], expected.value.values[i],
                                   expected.bound.values[i] + more * expected.magnitude.values[i],
                                   expected.dtype));
  return worst;
}

}  // namespace qbench
