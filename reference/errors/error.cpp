// SPDX-License-Identifier: Apache-2.0
// Quantization error. Sums run over pieces of fixed size, added in order: the same bits at any
// thread count.
#include "reference/errors/error.h"

#include <algorithm>
#include <cmath>

#include "reference/products.h"
#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reference/simd/panels.h"

namespace qbench {

using reference::for_each_panel;
using reference::kPart;
using reference::loops;
using reference::parallel_parts;
using reference::to_double;

namespace {

ErrorSums sums_of(const reference::StretchErrors& of) { return {of.error, of.signal, of.largest}; }

// sums(begin, end) of every part of 0 .. count - 1, added up in order.
template <class F>
ErrorSums sum_parts(std::int64_t count, const F& part_sums) {
  Buffer<ErrorSums> parts(static_cast<std::size_t>((count + kPart - 1) / kPart));
  parallel_parts(count, kPart, [&](std::int64_t begin, std::int64_t end) {
    parts[static_cast<std::size_t>(begin / kPart)] = part_sums(begin, end);
  });
  ErrorSums all;
  for (const ErrorSums& part : parts) all.add(part);
  return all;
}

// decode(first, count, out) gives the weights that stand for `count` of these.
template <class Decode>
ErrorSums weight_errors(const Matrix& weights, const Decode& decode) {
  return sum_parts(weights.size(), [&](std::int64_t begin, std::int64_t end) {
    constexpr std::int64_t kDecoded = 8192;
    float decoded[kDecoded];
    ErrorSums sums;
    for (std::int64_t at = begin; at < end; at += kDecoded) {
      const std::int64_t count = std::min(kDecoded, end - at);
      decode(at, count, decoded);
      sums.add(sums_of(
          loops().errors(weights.values.data() + at, decoded, static_cast<std::size_t>(count))));
    }
    return sums;
  });
}

}  // namespace

void ErrorSums::add(const ErrorSums& more) {
  error += more.error;
  signal += more.signal;
  largest =
      std::isnan(largest) || !(more.largest <= largest) ? more.largest + 0 * largest : largest;
}

double ErrorSums::nmse() const { return error == 0 ? 0 : error / signal; }

ErrorSums weight_error(const Matrix& weights, const QuantizedMatrix& quantized) {
  return weight_errors(weights, [&](std::int64_t first, std::int64_t count, float* decoded) {
    reference::dequantize(quantized, first, count, decoded);
  });
}

ErrorSums weight_error(const Matrix& weights, const Matrix& decoded) {
  return weight_errors(weights, [&](std::int64_t first, std::int64_t count, float* piece) {
    std::copy_n(decoded.values.data() + first, count, piece);
  });
}

ErrorSums output_error(const DoubleMatrix& exact, const Matrix& output) {
  return sum_parts(exact.size(), [&](std::int64_t begin, std::int64_t end) {
    return sums_of(loops().output_errors(exact.values.data() + begin, output.values.data() + begin,
                                         static_cast<std::size_t>(end - begin)));
  });
}

DoubleMatrix exact_matmul(const Matrix& x, const Matrix& weights) {
  const DoubleMatrix wide = to_double(x);
  DoubleMatrix y(x.rows, weights.rows);
  for_each_panel<double>(x.rows, weights.rows, weights.cols,
                         [&](std::int64_t first, std::int64_t rows, double* panel) {
                           std::copy(weights.row(first), weights.row(first + rows), panel);
                           loops().dot_f64(wide.values.data(), x.rows, panel, rows, weights.cols,
                                           y.values.data() + first, y.cols);
                         });
  return y;
}

}  // namespace qbench
