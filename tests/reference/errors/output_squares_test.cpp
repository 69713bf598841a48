// SPDX-License-Identifier: Apache-2.0
// The weights' part of the output error against products in double.
#include <cmath>

#include "reference/errors/error.h"
#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"

namespace qbench {
namespace {

// Squares of x W^T, a row of x at a time.
std::vector<double> naive_squares(const Matrix& x, const Matrix& w) {
  std::vector<double> squares;
  const DoubleMatrix y = exact_matmul(x, w);
  for (std::int64_t r = 0; r < y.rows; ++r) {
    squares.push_back(0);
    for (std::int64_t c = 0; c < y.cols; ++c) squares.back() += y.row(r)[c] * y.row(r)[c];
  }
  return squares;
}

void check_close(const std::vector<double>& found, const std::vector<double>& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t r = 0; r < found.size(); ++r) CHECK(found[r] == Approx(wanted[r]).epsilon(1e-5));
}

}  // namespace

TEST_CASE("squares of outputs and of their errors are those of products in double") {
  for (const auto& [m, n, k] : {std::tuple{3, 37, 200}, std::tuple{16, 300, 512}}) {
    const Matrix w = make_weights(Input::normal, n, k, 1),
                 x = make_activations(Input::outliers, m, k, 2);
    const QuantizedMatrix q = reference::quantize(*find_mode("nf4"), 64, w);
    Matrix error(n, k);
    reference::dequantize(q, error);
    CHECK(output_error_squares(x, w, error) == output_error_squares(x, w, q));
    for (std::int64_t i = 0; i < error.size(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      error.values[at] -= w.values[at];
    }
    check_close(output_squares(x, w), naive_squares(x, w));
    check_close(output_error_squares(x, w, q), naive_squares(x, error));
  }
}

}  // namespace qbench
