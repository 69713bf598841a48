// SPDX-License-Identifier: Apache-2.0
// LLM.int8() against a scalar model, written from its definition (facts: arXiv 2208.07339, section
// 3, and bitsandbytes' CUDA kernels) and sharing nothing with the reference.
#include <cmath>
#include <set>

#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"
#include "tests/reference/rounding.h"

namespace qbench {
namespace {

constexpr float kThreshold = 6.0f;
constexpr QuantizedActivations kHow = {.outlier_threshold = kThreshold};

float fp16(float x) { return test::rounded_to(Dtype::fp16, static_cast<double>(x)); }

// One row: absmax over magnitudes below the limit; codes of all.
struct Row {
  float absmax = 0;
  std::vector<int> codes;
};
Row quantize_row(const float* x, std::int64_t k, float limit) {
  Row row;
  for (std::int64_t j = 0; j < k; ++j)
    if (std::abs(fp16(x[j])) < limit) row.absmax = std::max(row.absmax, std::abs(fp16(x[j])));
  for (std::int64_t j = 0; j < k; ++j) {
    const float scaled = fp16(x[j]) * (127.0f / row.absmax);
    const bool kept = std::abs(fp16(x[j])) >= limit || !std::isfinite(scaled);
    row.codes.push_back(kept ? 0 : static_cast<int>(std::nearbyint(scaled)));
  }
  return row;
}

std::set<std::int64_t> outlier_columns(const Matrix& x) {
  std::set<std::int64_t> columns;
  for (std::int64_t i = 0; i < x.size(); ++i)
    if (std::abs(fp16(x.values[static_cast<std::size_t>(i)])) >= kThreshold)
      columns.insert(i % x.cols);
  return columns;
}

// Row i of the product, before its rounding to a type.
float product(const Row& a, const Row& b, const float* x, const std::set<std::int64_t>& outliers) {
  std::int64_t sum = 0;
  for (std::size_t j = 0; j < a.codes.size(); ++j)
    if (outliers.count(static_cast<std::int64_t>(j)) == 0) sum += a.codes[j] * b.codes[j];
  float kept = 0;
  for (const std::int64_t j : outliers) {
    const float code = static_cast<float>(b.codes[static_cast<std::size_t>(j)]);
    kept += fp16(x[j]) * fp16(code * b.absmax * (1.0f / 127.0f));
  }
  return static_cast<float>(sum) * a.absmax * b.absmax * (1.0f / 16129.0f) + kept;
}

void check_activations(const Matrix& x, const reference::Int8Activations& a) {
  const auto outliers = outlier_columns(x);
  CHECK(std::ranges::equal(a.outliers, outliers));
  for (std::int64_t r = 0; r < x.rows; ++r) {
    const Row row = quantize_row(x.row(r), x.cols, kThreshold);
    CHECK(a.row_absmax[static_cast<std::size_t>(r)] == row.absmax);
    for (std::int64_t j = 0; j < x.cols; ++j) {
      CAPTURE(r, j);
      CHECK(a.values.row(r)[j] == fp16(x.row(r)[j]));
      CHECK(a.codes.row(r)[j] ==
            (outliers.count(j) != 0 ? 0 : row.codes[static_cast<std::size_t>(j)]));
    }
  }
}

void check_product(const Matrix& x, const Matrix& w, Dtype dtype) {
  constexpr float kNoLimit = std::numeric_limits<float>::infinity();
  Matrix y(x.rows, w.rows);
  reference::matmul(x, reference::quantize(*find_mode("int8"), 0, w), dtype, y);
  const auto outliers = outlier_columns(x);
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::int64_t c = 0; c < w.rows; ++c) {
      CAPTURE(r, c, x.rows, w.rows, x.cols, name(dtype));
      const float exact = product(quantize_row(x.row(r), x.cols, kThreshold),
                                  quantize_row(w.row(c), w.cols, kNoLimit), x.row(r), outliers);
      CHECK(y.row(r)[c] == test::rounded_to(dtype, static_cast<double>(exact)));
    }
}

Matrix activations(std::int64_t m, std::int64_t k, float factor) {
  Matrix x = make_activations(Input::normal, m, k, 3);
  for (float& value : x.values) value *= factor;
  return x;
}

}  // namespace

TEST_CASE("int8 activations and products equal the scalar model bit for bit") {
  const std::vector<std::pair<std::int64_t, std::int64_t>> shapes = {{1, 1},   {1, 77}, {2, 64},
                                                                     {3, 130}, {5, 6},  {17, 259}};
  for (const auto& [m, k] : shapes)
    for (const float factor : {0.1f, 2.0f, 4.0f, 1000.0f}) {  // no, few, many and all outliers
      const Matrix x = activations(m, k, factor);
      CAPTURE(m, k, factor);
      check_activations(x, reference::quantize_activations(x, kHow));
      for (const Dtype dtype : {Dtype::fp32, Dtype::fp16, Dtype::bf16})
        check_product(x, make_weights(Input::student_t, 9, k, 4), dtype);
    }
}

TEST_CASE("the inputs of that test have no, some and only outlier columns") {
  CHECK(outlier_columns(activations(17, 259, 0.1f)).empty());
  CHECK(outlier_columns(activations(3, 130, 4.0f)).size() > 10);
  CHECK(outlier_columns(activations(3, 130, 4.0f)).size() < 60);
  CHECK(outlier_columns(activations(17, 259, 1000.0f)).size() == 259);
}

TEST_CASE("a magnitude of exactly 6 is an outlier, and so is what fp16 rounds to 6") {
  Matrix x(2, 5);
  std::ranges::copy(std::vector{6.0f, -5.996f, 5.9999f, -6.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 0.5f},
                    x.values.begin());
  const auto a = reference::quantize_activations(x, kHow);
  CHECK(a.outliers == std::vector<std::int64_t>{0, 2, 3});
  CHECK(a.row_absmax[0] == 5.99609375f);  // the fp16 number below 6
}

TEST_CASE("inliers in outlier columns count for the absmax of their row, but have no code") {
  Matrix x(2, 3);
  std::ranges::copy(std::vector{7.0f, 1.0f, 0.5f, 5.0f, 1.0f, 0.5f}, x.values.begin());
  const auto a = reference::quantize_activations(x, kHow);
  CHECK(a.outliers == std::vector<std::int64_t>{0});
  CHECK(a.row_absmax[1] == 5.0f);
  CHECK(a.codes.row(1)[0] == 0);
  CHECK(a.codes.row(1)[1] == 25);  // 1 / 5 * 127 = 25.4
}

TEST_CASE("rows of outliers and zeros alone have the codes 0") {
  Matrix x(3, 4);
  std::ranges::copy(
      std::vector{0.0f, 0.0f, -0.0f, 0.0f, 7.0f, -8.0f, 9.0f, 100.0f, 0.0f, 6.5f, 0.0f, 0.0f},
      x.values.begin());
  const auto a = reference::quantize_activations(x, kHow);
  CHECK(std::ranges::all_of(a.codes.values, [](std::int8_t code) { return code == 0; }));
  CHECK(std::ranges::all_of(a.row_absmax, [](float absmax) { return absmax == 0; }));
  const QuantizedMatrix zeros = reference::quantize(*find_mode("int8"), 0, Matrix(x));
  CHECK(std::ranges::all_of(std::span(zeros.codes).first(4),
                            [](auto c) { return c == std::byte{}; }));
}

TEST_CASE("sums of int8 products are exact where a float would not be") {
  constexpr std::int64_t kLength = 40001;  // 127^2 * 40001 > 2^24, and odd
  Matrix x(1, kLength), w(1, kLength), y(1, 1);
  std::ranges::fill(x.values, 1.0f);
  std::ranges::fill(w.values, 1.0f);
  w.values[5] = 1.0f / 127;
  reference::matmul(x, reference::quantize(*find_mode("int8"), 0, w), Dtype::fp32, y);
  const std::int64_t sum = (kLength - 1) * 16129 + 127;
  CHECK(y.values[0] == static_cast<float>(sum) * 1.0f * 1.0f * (1.0f / 16129.0f));
}

}  // namespace qbench
