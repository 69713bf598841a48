// SPDX-License-Identifier: Apache-2.0
// Layers with adapters against naive double loops over the decoded weights, and the identities that
// tie gradients to what they are gradients of.
#include "reference/lora.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"

namespace qbench {
namespace {

using reference::Adapter;

struct LoraSize {
  std::int64_t m, n, k, r;
};
const LoraSize kLoraSizes[] = {
    {1, 1, 1, 1}, {2, 3, 5, 2}, {3, 33, 130, 16}, {17, 129, 65, 8}, {5, 64, 513, 3}};

struct LoraLayer {
  Matrix x, g, weights;  // the weights as decoded
  QuantizedMatrix quantized;
  Adapter adapter;
};

LoraLayer layer_of(const LoraSize& size, const std::string& mode) {
  const Mode& of = *find_mode(mode);
  LoraLayer layer = {.x = make_activations(Input::normal, size.m, size.k, 3),
                     .g = make_activations(Input::normal, size.m, size.n, 4),
                     .weights = Matrix(size.n, size.k),
                     .quantized = reference::quantize(
                         of, of.block_size, make_weights(Input::normal, size.n, size.k, 5)),
                     .adapter = {.a = make_weights(Input::normal, size.r, size.k, 6),
                                 .b = make_weights(Input::normal, size.n, size.r, 7),
                                 .scale = 32.0f / static_cast<float>(size.r)}};
  reference::dequantize(layer.quantized, layer.weights);
  return layer;
}

using Element = std::function<double(std::int64_t, std::int64_t)>;

Element of(const Matrix& matrix) {
  return [from = &matrix](std::int64_t i, std::int64_t j) {
    return static_cast<double>(from->row(i)[j]);
  };
}

// Sum over `count` of a(i, l) b(l, j).
Element times(const Element& a, const Element& b, std::int64_t count) {
  return [=](std::int64_t i, std::int64_t j) {
    double sum = 0;
    for (std::int64_t l = 0; l < count; ++l) sum += a(i, l) * b(l, j);
    return sum;
  };
}

Element turned(const Element& a) {
  return [=](std::int64_t i, std::int64_t j) { return a(j, i); };
}

Element sum(const Element& a, double s, const Element& b) {
  return [=](std::int64_t i, std::int64_t j) { return a(i, j) + s * b(i, j); };
}

const Element kZero = [](std::int64_t, std::int64_t) { return 0.0; };

// The relative error of the whole matrix.
double error(const Matrix& got, const Element& expected) {
  double off = 0, signal = 0;
  for (std::int64_t i = 0; i < got.rows; ++i)
    for (std::int64_t j = 0; j < got.cols; ++j) {
      const double value = expected(i, j);
      off += std::pow(static_cast<double>(got.row(i)[j]) - value, 2);
      signal += value * value;
    }
  return std::sqrt(off / signal);
}

double dot_in_order(const Matrix& a, const Matrix& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    sum += static_cast<double>(a.values[i]) * static_cast<double>(b.values[i]);
  return sum;
}

constexpr double kLimit = 1e-6;

}  // namespace

TEST_CASE("a layer with an adapter is x W' + s (x A') B'") {
  for (const std::string mode : {"nf4", "nf4-dq", "bf16"})
    for (const LoraSize& size : kLoraSizes) {
      CAPTURE(mode, size.m, size.n, size.k, size.r);
      const LoraLayer l = layer_of(size, mode);
      Matrix y(size.m, size.n);
      reference::lora_forward(l.x, l.quantized, l.adapter, Dtype::fp32, y);
      const Element inner = times(of(l.x), turned(of(l.adapter.a)), size.k);
      CHECK(error(y, sum(times(of(l.x), turned(of(l.weights)), size.k),
                         static_cast<double>(l.adapter.scale),
                         times(inner, turned(of(l.adapter.b)), size.r))) < kLimit);
    }
}

TEST_CASE("gradients of x, A and B are those of the formulas") {
  for (const LoraSize& size : kLoraSizes) {
    CAPTURE(size.m, size.n, size.k, size.r);
    const LoraLayer l = layer_of(size, "nf4");
    const auto grad = reference::lora_backward(l.x, l.g, l.quantized, l.adapter, Dtype::fp32);
    const auto s = static_cast<double>(l.adapter.scale);
    const Element g_b = times(of(l.g), of(l.adapter.b), size.n);
    CHECK(error(grad.x, sum(times(of(l.g), of(l.weights), size.n), s,
                            times(g_b, of(l.adapter.a), size.r))) < kLimit);
    CHECK(error(grad.a, sum(kZero, s, times(turned(g_b), of(l.x), size.m))) < kLimit);
    const Element x_a = times(of(l.x), turned(of(l.adapter.a)), size.k);
    CHECK(error(grad.b, sum(kZero, s, times(turned(of(l.g)), x_a, size.m))) < kLimit);
  }
}

TEST_CASE("the layer is linear in x, A and B, so each gradient gives back what it is of") {
  const LoraLayer l = layer_of({17, 129, 65, 8}, "nf4");
  Matrix y(17, 129), base(17, 129);
  reference::lora_forward(l.x, l.quantized, l.adapter, Dtype::fp32, y);
  reference::matmul(l.x, l.quantized, Dtype::fp32, base);
  const auto grad = reference::lora_backward(l.x, l.g, l.quantized, l.adapter, Dtype::fp32);
  const double whole = dot_in_order(l.g, y), adapted = whole - dot_in_order(l.g, base);
  CHECK(dot_in_order(grad.x, l.x) == Approx(whole).epsilon(1e-5));
  CHECK(dot_in_order(grad.a, l.adapter.a) == Approx(adapted).epsilon(1e-5));
  CHECK(dot_in_order(grad.b, l.adapter.b) == Approx(adapted).epsilon(1e-5));
}

TEST_CASE("an adapter that begins with B = 0 changes nothing, as LoRA begins") {
  LoraLayer l = layer_of({3, 33, 130, reference::kLoraRank}, "nf4");
  std::ranges::fill(l.adapter.b.values, 0.0f);
  Matrix y(3, 33), base(3, 33);
  reference::lora_forward(l.x, l.quantized, l.adapter, Dtype::bf16, y);
  reference::matmul(l.x, l.quantized, Dtype::bf16, base);
  CHECK(std::ranges::equal(y.values, base.values));
  const auto grad = reference::lora_backward(l.x, l.g, l.quantized, l.adapter, Dtype::bf16);
  CHECK(std::ranges::all_of(grad.a.values, [](float value) { return value == 0; }));
  CHECK(std::ranges::any_of(grad.b.values, [](float value) { return value != 0; }));
  Matrix rounded = grad.x;
  reference::round_to(Dtype::bf16, rounded.values);
  CHECK(std::ranges::equal(rounded.values, grad.x.values));
}

}  // namespace qbench
