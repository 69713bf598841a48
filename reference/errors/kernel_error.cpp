// SPDX-License-Identifier: Apache-2.0
// The right value of each element of a product, and the bound on its error from arithmetic alone.
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include "reference/errors/error.h"
#include "reference/planes/codec.h"
#include "reference/planes/stored_numbers.h"
#include "reference/products.h"
#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reference/simd/panels.h"

namespace qbench {

using reference::for_each_panel;
using reference::loops;
using reference::magnitudes;
using reference::to_double;

namespace {

// The operands that the rows of y are summed from: x and, panel by panel, the weights.
struct Operands {
  DoubleMatrix x;
  bool int8 = false;
  reference::Int8Activations activations;  // int8 only
};

Operands operands(const Matrix& x, const Format& format) {
  if (!format.activations) return {.x = to_double(x), .activations = {}};
  Operands out{.x = DoubleMatrix(x.rows, x.cols),
               .int8 = true,
               .activations = reference::quantize_activations(x, *format.activations)};
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
      loops().round_to(Dtype::fp16, &value, 1);
      panel[r * w.cols + c] = static_cast<double>(value);
    }
}

QuantizedMatrix with_codes_of_0(QuantizedMatrix w) {
  std::ranges::fill(w.codes, std::byte{0});
  return w;
}

// out += |x| times the magnitudes of a panel of weights, whose signs are lost.
void add_magnitudes(const DoubleMatrix& x_magnitude, std::int64_t first, std::int64_t rows,
                    double* panel, DoubleMatrix& out) {
  std::transform(panel, panel + rows * x_magnitude.cols, panel,
                 [](double each) { return std::abs(each); });
  loops().dot_f64(x_magnitude.values.data(), x_magnitude.rows, panel, rows, x_magnitude.cols,
                  out.values.data() + first, out.cols);
}

// The largest number that a code stands for, or difference of two where there are zero points.
double largest_value(const Format& format) {
  const auto table = reference::decode_table(format.codec, format.bits);
  float low = 0, high = 0;
  for (const float value : std::span(table).first(std::size_t{1} << format.bits)) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const double least = static_cast<double>(low), most = static_cast<double>(high);
  return format.zero == Zero::point ? most - least : std::max(-least, most);
}

// The largest magnitude that the scales of a row allow a weight, scales that it shares with other
// rows included; a plain mode's largest weight. NaN is passed over.
double largest_weight(const QuantizedMatrix& w, std::int64_t row, const double* weights) {
  double most = 0;
  if (!w.format->quantized()) {
    for (std::int64_t c = 0; c < w.cols; ++c) most = std::max(most, std::abs(weights[c]));
    return most;
  }
  Partition groups = w.groups();
  groups.order = nullptr;  // which column is of which group does not matter here
  const std::int64_t first = groups.group_of(row * w.cols);
  const std::int64_t count = groups.group_of((row + 1) * w.cols - 1) - first + 1;
  Buffer<float> scales(static_cast<std::size_t>(count));
  reference::load(w.scales, w.format->scale, groups, first, count, scales.data());
  for (const float scale : scales) most = std::max(most, std::abs(static_cast<double>(scale)));
  return most * largest_value(*w.format) / static_cast<double>(w.format->qmax);
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

// One element of a product.
struct Element {
  const Expected& of;
  std::int64_t row, col;

  std::size_t at() const { return static_cast<std::size_t>(row * of.value.cols + col); }
  double value() const { return of.value.values[at()]; }
  double magnitude() const { return of.magnitude.values[at()]; }
  // What sum |x||code times scale| + sum |x||zero| may be more than the magnitude.
  double apart() const { return of.of_zeros.values.empty() ? 0 : 2 * of.of_zeros.values[at()]; }
  double x_sum() const { return of.x_sums[static_cast<std::size_t>(row)]; }
  double largest_weight() const { return of.largest_weights[static_cast<std::size_t>(col)]; }

  // The change of the element by underflow, in units of the loss of one product, sum or weight:
  // k products, k sums and the epilogue, each before it is multiplied by a scale or after; a
  // weight, and the scale that a kernel divides by its gain, times |x|. A scale divided by a gain
  // is at most twice the largest weight.
  double underflows() const {
    const auto operations = static_cast<double>(2 * of.k + 8);
    return operations * (1 + 2 * largest_weight()) + 2 * x_sum();
  }
};

// The bound on the error from f32 arithmetic.
double bound_of(const Element& e) {
  const double u = unit_roundoff(e.of.dtype);
  const double sum_error = gamma_of(e.of.k, Arithmetic().sum_roundoff) * e.magnitude() +
                           Arithmetic().underflow * e.underflows();
  return sum_error + u * (std::abs(e.value()) + sum_error) + half_least(e.of.dtype);
}

// The growth of the bound under another arithmetic.
double more_of(const Element& e, const Arithmetic& arithmetic) {
  const Arithmetic f32;
  const double u = unit_roundoff(e.of.dtype);
  const double relative = gamma_of(e.of.k, arithmetic.sum_roundoff) -
                          gamma_of(e.of.k, f32.sum_roundoff) + arithmetic.weight_roundoffs * u;
  double more = relative * e.magnitude() + (arithmetic.underflow - f32.underflow) * e.underflows();
  if (arithmetic.weights_of_dtype) more += half_least(e.of.dtype) * e.x_sum();
  if (arithmetic.zeros_apart) more += gamma_of(e.of.k, arithmetic.sum_roundoff) * e.apart();
  return more * (1 + u);
}

double largest_number(Dtype dtype) {
  return dtype == Dtype::fp16 ? 65504 : dtype == Dtype::bf16 ? 0x1.fep127 : double{FLT_MAX};
}

// True where an intermediate result may exceed the range of f32 (a weight: that of its type) though
// the stored numbers are all finite.
bool may_overflow(const Element& e, const Arithmetic& arithmetic) {
  const auto beyond = [&](double largest, double limit) {
    return std::isfinite(largest) && arithmetic.headroom * largest > limit;
  };
  const double weights = largest_number(arithmetic.weights_of_dtype ? e.of.dtype : Dtype::fp32);
  const double apart = arithmetic.zeros_apart ? e.apart() : 0;
  return beyond(e.largest_weight(), weights) || beyond(e.x_sum(), double{FLT_MAX}) ||
         beyond(e.magnitude() + apart + e.of.bound.values[e.at()], double{FLT_MAX});
}

// An infinite result stands for the first number beyond the range.
double finite(float y, Dtype dtype) {
  const double beyond = dtype == Dtype::fp16 ? 0x1p16 : 0x1p128;
  return std::isinf(y) ? std::copysign(beyond, y) : static_cast<double>(y);
}

double error_of(const Element& e, float y, double bound) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (!std::isfinite(e.value())) return std::isfinite(y) ? kInfinity : 0;
  auto nearest = static_cast<float>(e.value());
  loops().round_to(e.of.dtype, &nearest, 1);
  if (y == nearest) return 0;
  const double error = std::abs(finite(y, e.of.dtype) - e.value()) / bound;
  return std::isnan(error) ? kInfinity : error;
}

template <class F>
void for_each_element(const Expected& expected, const F& f) {
  for (std::int64_t row = 0; row < expected.value.rows; ++row)
    for (std::int64_t col = 0; col < expected.value.cols; ++col)
      f(Element{.of = expected, .row = row, .col = col});
}

}  // namespace

Expected expected_matmul(const Matrix& x, const QuantizedMatrix& w, Dtype dtype) {
  const Operands used = operands(x, *w.format);
  const DoubleMatrix x_magnitude = magnitudes(used.x);
  Expected out{.value = {x.rows, w.rows},
               .bound = {x.rows, w.rows},
               .magnitude = {x.rows, w.rows},
               .x_sums = Buffer<double>(static_cast<std::size_t>(x.rows)),
               .largest_weights = Buffer<double>(static_cast<std::size_t>(w.rows)),
               .k = w.cols,
               .dtype = dtype};
  for (std::int64_t r = 0; r < x.rows; ++r)
    out.x_sums[static_cast<std::size_t>(r)] =
        std::accumulate(x_magnitude.row(r), x_magnitude.row(r) + x.cols, 0.0);
  for_each_panel<double>(x.rows, w.rows, w.cols,
                         [&](std::int64_t first, std::int64_t rows, double* panel) {
                           weight_panel(w, used, first, rows, panel);
                           for (std::int64_t r = 0; r < rows; ++r)
                             out.largest_weights[static_cast<std::size_t>(first + r)] =
                                 largest_weight(w, first + r, panel + r * w.cols);
                           loops().dot_f64(used.x.values.data(), x.rows, panel, rows, w.cols,
                                           out.value.values.data() + first, w.rows);
                           add_magnitudes(x_magnitude, first, rows, panel, out.magnitude);
                         });
  if (w.format->zero_is_apart()) {
    const QuantizedMatrix zeros = with_codes_of_0(w);
    out.of_zeros = {x.rows, w.rows};
    for_each_panel<double>(x.rows, w.rows, w.cols,
                           [&](std::int64_t first, std::int64_t rows, double* panel) {
                             weight_panel(zeros, used, first, rows, panel);
                             add_magnitudes(x_magnitude, first, rows, panel, out.of_zeros);
                           });
  }
  set_bounds(out);
  return out;
}

void set_bounds(Expected& expected) {
  for_each_element(expected,
                   [&](const Element& e) { expected.bound.values[e.at()] = bound_of(e); });
}

KernelError kernel_error(const Expected& expected, const Matrix& output,
                         const Arithmetic& arithmetic) {
  KernelError out;
  for_each_element(expected, [&](const Element& e) {
    if (may_overflow(e, arithmetic)) {
      ++out.not_judged;
      return;
    }
    out.numbers += std::isfinite(e.value());
    const double bound = expected.bound.values[e.at()] + more_of(e, arithmetic);
    const double error = error_of(e, output.values[e.at()], bound);
    out.off += !(error <= 1);
    if (!(error > out.largest)) return;
    out.largest = error;
    out.worst = static_cast<std::int64_t>(e.at());
  });
  return out;
}

}  // namespace qbench
