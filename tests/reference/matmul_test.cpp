// SPDX-License-Identifier: Apache-2.0
// y = x W^T against naive double loops over the dequantized weights, within the error that float
// sums of that length may have.
#include <cmath>

#include "reference/errors/error.h"
#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"
#include "tests/reference/rounding.h"
#include "tests/walked.h"

namespace qbench {
namespace {

struct Size {
  std::int64_t m, n, k;
};
const Size kSizes[] = {{1, 1, 1},   {1, 2, 3},     {3, 5, 7},    {16, 33, 130}, {17, 31, 257},
                       {2, 64, 64}, {5, 17, 1001}, {7, 129, 65}, {1, 130, 512}, {4, 3, 4099}};

struct Operands {
  Matrix x, w;
};
Operands operands(const Size& size, Dtype dtype) {
  Operands in = {make_activations(Input::outliers, size.m, size.k, 7),
                 make_weights(Input::student_t, size.n, size.k, 7)};
  reference::round_to(dtype, in.x.values);
  return in;
}

int smallest_block(const Mode& mode) {
  return mode.block_sizes.empty() ? 0 : mode.block_sizes.front();
}

// The decoded weights as a product uses them: int8's in columns without outliers are codes times
// scales, in the others fp16 numbers, and its activations are codes times scales too.
struct Used {
  DoubleMatrix x, w;
};

Used used_int8(const Matrix& x, const QuantizedMatrix& q, const Matrix& decoded) {
  Used used = {DoubleMatrix(x.rows, x.cols), DoubleMatrix(q.rows, q.cols)};
  const auto a = reference::quantize_activations(x, *q.format->activations);
  const auto* codes = reinterpret_cast<const std::int8_t*>(q.codes.data());
  const auto* absmax = reinterpret_cast<const float*>(q.scales.numbers.data());
  for (std::int64_t j = 0; j < x.cols; ++j) {
    const bool outlier = std::ranges::count(a.outliers, j) != 0;
    for (std::int64_t r = 0; r < x.rows; ++r)
      used.x.row(r)[j] =
          outlier ? test::fp16(static_cast<double>(x.row(r)[j]))
                  : a.codes.row(r)[j] *
                        static_cast<double>(a.row_absmax[static_cast<std::size_t>(r)]) / 127;
    for (std::int64_t c = 0; c < q.rows; ++c)
      used.w.row(c)[j] = outlier ? test::fp16(static_cast<double>(decoded.row(c)[j]))
                                 : codes[c * q.cols + j] * static_cast<double>(absmax[c]) / 127;
  }
  return used;
}

Used used_operands(const Matrix& x, const QuantizedMatrix& q) {
  Matrix decoded(q.rows, q.cols);
  reference::dequantize(q, decoded);
  if (q.format->activations) return used_int8(x, q, decoded);
  Used used = {DoubleMatrix(x.rows, x.cols), DoubleMatrix(q.rows, q.cols)};
  std::ranges::copy(x.values, used.x.values.begin());
  std::ranges::copy(decoded.values, used.w.values.begin());
  return used;
}

struct Sum {
  double value = 0, magnitude = 0;
};
Sum dot(const Used& used, std::int64_t r, std::int64_t c) {
  Sum sum;
  for (std::int64_t j = 0; j < used.x.cols; ++j) {
    const double product = used.x.row(r)[j] * used.w.row(c)[j];
    sum.value += product;
    sum.magnitude += std::abs(product);
  }
  return sum;
}

// k float products and sums in any order and an epilogue of a few roundings, then one to dtype.
double allowed(const Sum& sum, std::int64_t k, Dtype dtype) {
  const double summing = static_cast<double>(k + 8) * 0x1p-23 * sum.magnitude;
  return summing + unit_roundoff(dtype) * (std::abs(sum.value) + summing) + 0x1p-25;
}

void check_product(const Mode& mode, const Size& size, Dtype dtype) {
  const auto [x, w] = operands(size, dtype);
  const QuantizedMatrix q = reference::quantize(mode, smallest_block(mode), w);
  const Used used = used_operands(x, q);
  const Expected expected = expected_matmul(x, q, dtype);
  Matrix y(size.m, size.n);
  std::ranges::fill(y.values, NAN);
  reference::matmul(x, q, dtype, y);
  CAPTURE(mode.name, size.m, size.n, size.k, name(dtype));
  CHECK(kernel_error(expected, y).largest <= 1);
  for (std::int64_t r = 0; r < size.m; ++r)
    for (std::int64_t c = 0; c < size.n; ++c) {
      CAPTURE(r, c);
      const Sum sum = dot(used, r, c);
      CHECK(std::abs(static_cast<double>(y.row(r)[c]) - sum.value) <= allowed(sum, size.k, dtype));
      CHECK(expected.value.row(r)[c] == Approx(sum.value).margin(1e-12 * sum.magnitude));
      CHECK(expected.bound.row(r)[c] <= allowed(sum, size.k, dtype));
      CHECK(y.row(r)[c] == test::rounded_to(dtype, static_cast<double>(y.row(r)[c])));
    }
}

}  // namespace

TEST_CASE("products agree with naive sums in double, for every mode, type and odd size") {
  for (const Mode* mode : test::walked_modes())
    for (const Size& size : kSizes)
      for (const Dtype dtype : {Dtype::fp32, Dtype::fp16, Dtype::bf16})
        check_product(*mode, size, dtype);
}

TEST_CASE("products agree with naive sums for every number of tokens from 1 to 17") {
  for (const char* mode : {"fp32", "nf4", "int8"})
    for (std::int64_t m = 1; m <= 17; ++m)
      check_product(*find_mode(mode), {m, 19, 67}, Dtype::bf16);
}

TEST_CASE("products of whole numbers are exact") {
  Matrix x(3, 50), w(7, 50), y(3, 7);
  for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] = static_cast<float>(i % 11) - 5;
  for (std::size_t i = 0; i < w.values.size(); ++i) w.values[i] = static_cast<float>(i % 13) - 6;
  reference::matmul(x, reference::quantize(*find_mode("fp32"), 0, w), Dtype::fp32, y);
  const DoubleMatrix exact = exact_matmul(x, w);
  for (std::int64_t r = 0; r < 3; ++r)
    for (std::int64_t c = 0; c < 7; ++c) {
      float sum = 0;
      for (std::int64_t j = 0; j < 50; ++j) sum += x.row(r)[j] * w.row(c)[j];
      CHECK(y.row(r)[c] == sum);
      CHECK(exact.row(r)[c] == static_cast<double>(sum));
    }
}

TEST_CASE("results are rounded once, to nearest even") {
  Matrix x(1, 2), w(1, 2), y(1, 1);
  x.values[0] = x.values[1] = w.values[0] = 1;
  const auto result = [&](float more, Dtype dtype) {
    w.values[1] = more;
    reference::matmul(x, reference::quantize(*find_mode("fp32"), 0, w), dtype, y);
    return y.values[0];
  };
  CHECK(result(0x1p-8f, Dtype::bf16) == 1);                       // a tie, to the even
  CHECK(result(0x1p-8f + 0x1p-20f, Dtype::bf16) == 1 + 0x1p-7f);  // above it
  CHECK(result(3 * 0x1p-8f, Dtype::bf16) == 1 + 0x1p-6f);         // a tie, to the even above
  CHECK(result(0x1p-11f, Dtype::fp16) == 1);
  CHECK(result(0x1p-11f + 0x1p-20f, Dtype::fp16) == 1 + 0x1p-10f);
  CHECK(result(0x1p-23f, Dtype::fp32) == 1 + 0x1p-23f);
}

}  // namespace qbench
