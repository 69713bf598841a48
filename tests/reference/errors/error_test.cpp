// SPDX-License-Identifier: Apache-2.0
// Error figures of hand-made cases, and of matrices whose sums are cut into parts.
#include "reference/errors/error.h"

#include <cmath>
#include <limits>

#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"

namespace qbench {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

Matrix matrix(std::int64_t rows, std::int64_t cols, const std::vector<float>& values) {
  Matrix out(rows, cols);
  std::ranges::copy(values, out.values.begin());
  return out;
}

ErrorSums bf16_error(const Matrix& w) {
  return weight_error(w, reference::quantize(*find_mode("bf16"), 0, w));
}

// One loop in long double.
ErrorSums naive(const Matrix& w, const Matrix& approximation) {
  long double error = 0, signal = 0;
  double largest = 0;
  for (std::size_t i = 0; i < w.values.size(); ++i) {
    const double value = static_cast<double>(w.values[i]);
    const double difference = static_cast<double>(approximation.values[i]) - value;
    error += static_cast<long double>(difference) * difference;
    signal += static_cast<long double>(value) * value;
    largest = std::max(largest, std::abs(difference));
  }
  return {static_cast<double>(error), static_cast<double>(signal), largest};
}

void check_equal(const ErrorSums& sums, const ErrorSums& wanted) {
  CHECK(sums.error == Approx(wanted.error).epsilon(1e-13));
  CHECK(sums.signal == Approx(wanted.signal).epsilon(1e-13));
  CHECK(sums.largest == wanted.largest);
}

}  // namespace

TEST_CASE("NMSE is the error over the signal") {
  CHECK(ErrorSums{.error = 1, .signal = 4, .largest = 1}.nmse() == 0.25);
  CHECK(ErrorSums{.error = 0, .signal = 4, .largest = 0}.nmse() == 0);
  CHECK(ErrorSums{.error = 0, .signal = 0, .largest = 0}.nmse() == 0);
  CHECK(ErrorSums{.error = 1, .signal = 0, .largest = 1}.nmse() == kInfinite);
  CHECK(std::isnan(ErrorSums{.error = NAN, .signal = 4, .largest = NAN}.nmse()));
}

TEST_CASE("the weight error of a hand-made case") {
  // bf16 has 8 binary digits: 257 is halfway and goes to the even 256; 259 goes to 260.
  const ErrorSums sums = bf16_error(matrix(2, 2, {257, -259, 3, 0}));
  CHECK(sums.error == 2);
  CHECK(sums.signal == 257.0 * 257 + 259.0 * 259 + 9);
  CHECK(sums.largest == 1);
}

TEST_CASE("fp32 is exact: NMSE 0 and no dB") {
  const Matrix w = make_weights(Input::normal, 30, 70, 1);
  const ErrorSums sums = weight_error(w, reference::quantize(*find_mode("fp32"), 0, w));
  CHECK(sums.nmse() == 0);
  CHECK(sums.largest == 0);
  CHECK(sums.signal > 0);
}

TEST_CASE("a tensor of zeros, a constant one and a single weight are no error") {
  for (const Mode* mode : all_modes())
    for (const std::vector<float>& values : {std::vector{0.0f}, std::vector(50, 0.0f)}) {
      CAPTURE(mode->name, values.size());
      const Matrix w = matrix(1, static_cast<std::int64_t>(values.size()), values);
      const ErrorSums sums = weight_error(w, reference::quantize(*mode, mode->block_size, w));
      CHECK(sums.nmse() == 0);
      CHECK(sums.largest == 0);
    }
  for (const char* mode : {"nf4", "fp4", "int8"}) {
    CAPTURE(mode);
    const Matrix w = matrix(1, 3, {0.75f, 0.75f, 0.75f});
    const Mode& m = *find_mode(mode);
    CHECK(weight_error(w, reference::quantize(m, m.block_size, w)).nmse() < 1e-14);
  }
}

TEST_CASE("one NaN or infinite weight makes the figures undefined, wherever it stands") {
  for (const float bad : {NAN, std::numeric_limits<float>::infinity()})
    for (const std::size_t at : {0, 65535, 65536, 140000 - 1}) {
      CAPTURE(bad, at);
      Matrix w = make_weights(Input::normal, 70, 2000, 1);
      w.values[at] = bad;
      const ErrorSums sums = bf16_error(w);
      CHECK(std::isnan(sums.nmse()));
      CHECK(std::isnan(sums.largest));
    }
}

TEST_CASE("sums over parts count every element once") {
  for (const std::int64_t size : {1, 7, 8, 9, 8191, 8192, 8193, 65535, 65536, 65537, 131073}) {
    CAPTURE(size);
    Matrix w = make_weights(Input::normal, 1, size, 1);
    w.values.back() = 1 + 0x1p-8f - 0x1p-20f;  // the largest error by far, at the very end
    Matrix rounded = w;
    reference::round_to(Dtype::bf16, rounded.values);
    check_equal(bf16_error(w), naive(w, rounded));
  }
}

TEST_CASE("the error of weights that are decoded already is that of their codes, to the bit") {
  const Matrix w = make_weights(Input::normal, 70, 2000, 1);
  for (const char* mode : {"nf4", "q4_k", "int8"}) {
    const Mode& m = *find_mode(mode);
    const QuantizedMatrix q = reference::quantize(m, m.block_size, w);
    Matrix decoded(w.rows, w.cols);
    reference::dequantize(q, decoded);
    const ErrorSums one = weight_error(w, q), other = weight_error(w, decoded);
    CHECK(one.error > 0);
    CHECK((one.error == other.error && one.signal == other.signal && one.largest == other.largest));
  }
}

TEST_CASE("the error of an output counts every element once") {
  for (const std::int64_t size : {1, 15, 65535, 65536, 65537}) {
    CAPTURE(size);
    const Matrix exact = make_weights(Input::normal, 1, size, 1);
    Matrix output = make_weights(Input::normal, 1, size, 2);
    output.values.back() = 100;
    DoubleMatrix wide(1, size);
    std::ranges::copy(exact.values, wide.values.begin());
    check_equal(output_error(wide, output), naive(exact, output));
  }
}

}  // namespace qbench
