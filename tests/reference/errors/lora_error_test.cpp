// SPDX-License-Identifier: Apache-2.0
// What layers with adapters should give, in double, and the bounds on the errors of kernels: f32 in
// any order stays within them, a fault does not.
#include "reference/errors/lora_error.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"
#include "tests/walked.h"

namespace qbench {
namespace {

using reference::Adapter;

struct LayerSize {
  std::int64_t m, n, k, r;
};
const LayerSize kLayerSizes[] = {{1, 1, 1, 1}, {3, 33, 130, 16}, {17, 129, 65, 8}, {5, 64, 513, 3}};
constexpr Dtype kDtypes[] = {Dtype::fp32, Dtype::fp16, Dtype::bf16};

Matrix rounded(Matrix matrix, Dtype dtype) {
  reference::round_to(dtype, matrix.values);
  return matrix;
}

struct DecodedLayer {
  Matrix x, g, weights, decoded;
  QuantizedMatrix quantized;
  Adapter adapter;
  Dtype dtype;

  DecodedLayer(const LayerSize& size, const char* mode, Dtype type = Dtype::fp32)
      : x(rounded(make_activations(Input::normal, size.m, size.k, 3), type)),
        g(rounded(make_gradient(size.m, size.n, 3), type)),
        weights(make_weights(Input::normal, size.n, size.k, 3)),
        decoded(size.n, size.k),
        quantized(reference::quantize(*find_mode(mode), find_mode(mode)->block_size, weights)),
        adapter(make_adapter({size.n, size.k}, size.r, 3)),
        dtype(type) {
    reference::dequantize(quantized, decoded);
    for (Matrix* matrix : {&adapter.a, &adapter.b}) reference::round_to(type, matrix->values);
  }
};

double at(const Matrix& matrix, std::int64_t i, std::int64_t j) {
  return static_cast<double>(matrix.row(i)[j]);
}

// x W^T + s (x A^T) B^T, one sum after the other.
double forward(const DecodedLayer& l, const Matrix& weights, std::int64_t i, std::int64_t j) {
  double y = 0;
  for (std::int64_t c = 0; c < weights.cols; ++c) y += at(l.x, i, c) * at(weights, j, c);
  for (std::int64_t r = 0; r < l.adapter.rank(); ++r)
    for (std::int64_t c = 0; c < weights.cols; ++c)
      y += static_cast<double>(l.adapter.scale) * at(l.x, i, c) * at(l.adapter.a, r, c) *
           at(l.adapter.b, j, r);
  return y;
}

// g W + s (g B) A.
double gradient(const DecodedLayer& l, const Matrix& weights, std::int64_t i, std::int64_t j) {
  double out = 0;
  for (std::int64_t c = 0; c < weights.rows; ++c) {
    double weight = at(weights, c, j);
    for (std::int64_t r = 0; r < l.adapter.rank(); ++r)
      weight +=
          static_cast<double>(l.adapter.scale) * at(l.adapter.b, c, r) * at(l.adapter.a, r, j);
    out += at(l.g, i, c) * weight;
  }
  return out;
}

template <class F>
void check_values(const DoubleMatrix& got, const F& expected) {
  for (std::int64_t i = 0; i < got.rows; ++i)
    for (std::int64_t j = 0; j < got.cols; ++j)
      CHECK(got.row(i)[j] == Approx(expected(i, j)).margin(1e-12));
}

}  // namespace

TEST_CASE("what layers with adapters should give is that of naive sums in double") {
  for (const LayerSize& size : {LayerSize{1, 1, 1, 1}, {3, 33, 70, 5}}) {
    const DecodedLayer l(size, "nf4");
    CAPTURE(size.m, size.n, size.k, size.r);
    const auto of = [&](auto f, const Matrix& weights) {
      return [&l, f, &weights](std::int64_t i, std::int64_t j) { return f(l, weights, i, j); };
    };
    check_values(exact_lora(l.x, l.weights, l.adapter), of(forward, l.weights));
    check_values(exact_lora_gradient(l.g, l.weights, l.adapter), of(gradient, l.weights));
    check_values(expected_lora(l.x, l.quantized, l.adapter, Dtype::fp32).value,
                 of(forward, l.decoded));
    check_values(expected_lora_gradient(l.g, l.quantized, l.adapter, Dtype::fp32).value,
                 of(gradient, l.decoded));
  }
}

TEST_CASE("a gradient of an adapter is how the exact results change with it") {
  const DecodedLayer l({3, 9, 70, 5}, "nf4");
  const auto loss = [&](const Adapter& adapter) {
    const DoubleMatrix y = exact_lora(l.x, l.weights, adapter);
    double sum = 0;
    for (std::int64_t i = 0; i < y.size(); ++i)
      sum += y.values[static_cast<std::size_t>(i)] *
             static_cast<double>(l.g.values[static_cast<std::size_t>(i)]);
    return sum;
  };
  // The loss is linear in each number of A and of B, so that a step of 1 gives the slope.
  const auto check = [&](Matrix Adapter::*of, const DoubleMatrix& gradient) {
    for (std::size_t i = 0; i < gradient.values.size(); i += 7) {
      Adapter stepped = l.adapter;
      (stepped.*of).values[i] += 1;
      const double step = static_cast<double>((stepped.*of).values[i]) -
                          static_cast<double>((l.adapter.*of).values[i]);
      CHECK((loss(stepped) - loss(l.adapter)) / step == Approx(gradient.values[i]).epsilon(1e-9));
    }
  };
  const ExpectedAdapter expected = expected_adapter(l.x, l.g, l.adapter);
  check(&Adapter::a, expected.a.value);
  check(&Adapter::b, expected.b.value);
}

TEST_CASE("the reference stays within the bounds of layers with adapters at every mode and type") {
  for (const Mode* mode : test::walked_modes())
    for (const LayerSize& size : kLayerSizes)
      for (const Dtype dtype : kDtypes) {
        CAPTURE(mode->name, size.m, size.n, size.k, size.r, name(dtype));
        const DecodedLayer l(size, mode->name.data(), dtype);
        Matrix y(size.m, size.n);
        reference::lora_forward(l.x, l.quantized, l.adapter, dtype, y);
        const auto made = reference::lora_backward(l.x, l.g, l.quantized, l.adapter, dtype);
        const ExpectedAdapter adapter = expected_adapter(l.x, l.g, l.adapter);
        CHECK(kernel_error(expected_lora(l.x, l.quantized, l.adapter, dtype), y).off == 0);
        CHECK(
            kernel_error(expected_lora_gradient(l.g, l.quantized, l.adapter, dtype), made.x).off ==
            0);
        CHECK(kernel_error(adapter.a, made.a).off == 0);
        CHECK(kernel_error(adapter.b, made.b).off == 0);
      }
}

TEST_CASE("an adapter that is left out, or scaled otherwise, is beyond the bounds") {
  for (const Dtype dtype : kDtypes) {
    CAPTURE(name(dtype));
    const DecodedLayer l({3, 33, 130, 16}, "nf4", dtype);
    const Expected y = expected_lora(l.x, l.quantized, l.adapter, dtype);
    const Expected x = expected_lora_gradient(l.g, l.quantized, l.adapter, dtype);
    const ExpectedAdapter adapter = expected_adapter(l.x, l.g, l.adapter);
    for (const float scale : {0.0f, 0.9f, 2.0f}) {
      Adapter other = l.adapter;
      other.scale *= scale;
      Matrix output(3, 33);
      reference::lora_forward(l.x, l.quantized, other, dtype, output);
      CHECK(kernel_error(y, output).off > 90);
      const auto made = reference::lora_backward(l.x, l.g, l.quantized, other, dtype);
      CHECK(kernel_error(x, made.x).off > 300);
      CHECK(kernel_error(adapter.a, made.a).off > adapter.a.value.size() - 10);
      CHECK(kernel_error(adapter.b, made.b).off > adapter.b.value.size() - 10);
    }
  }
}

TEST_CASE(
    "bounds of f32 are as many roundoffs of the magnitudes as products are summed, and at most 16 "
    "more") {
  const DecodedLayer l({5, 64, 513, 3}, "nf4");
  const ExpectedAdapter adapter = expected_adapter(l.x, l.g, l.adapter);
  const Expected y = expected_lora(l.x, l.quantized, l.adapter, Dtype::fp32),
                 x = expected_lora_gradient(l.g, l.quantized, l.adapter, Dtype::fp32);
  for (const Expected* each : {&y, &x, &adapter.a, &adapter.b})
    for (std::size_t i = 0; i < each->bound.values.size(); ++i) {
      const double unit = 0x1p-24 * each->magnitude.values[i];
      CHECK(each->bound.values[i] > static_cast<double>(each->k) * unit);
      CHECK(each->bound.values[i] < static_cast<double>(each->k + 16) * unit);
    }
}

}  // namespace qbench
