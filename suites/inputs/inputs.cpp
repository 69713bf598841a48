// SPDX-License-Identifier: Apache-2.0
// Makes the inputs of cases, and counts their memory.
#include "suites/inputs/inputs.h"

#include <fmt/format.h>

#include <stdexcept>

#include "reference/reference.h"
#include "reference/simd/panels.h"
#include "suites/axes.h"
#include "suites/inputs/boundaries.h"
#include "suites/inputs/distributions.h"
#include "suites/inputs/extremes.h"

namespace qbench {
namespace {

// Weights are rounded to the case's dtype if quantizing is what is measured.
Dtype weights_dtype(const Case& c) { return c.operation().rounds_weights ? c.dtype : Dtype::fp32; }

std::string weights_key(const Case& c) { return made_from(c, Made::weights); }
std::string quantized_key(const Case& c) { return made_from(c, Made::codes) + weights_key(c); }
std::string x_key(const Case& c) { return made_from(c, Made::x); }
std::string adapter_key(const Case& c) { return weights_key(c) + x_key(c); }
std::string product_key(const Case& c) { return std::string(c.operation().name) + x_key(c); }

Matrix make_x(const Case& c) {
  Matrix x = make_activations(c.input, c.shape.m, c.shape.k, c.seed);
  reference::round_to(c.dtype, x.values);
  return x;
}

Matrix generated_weights(const Case& c) {
  switch (c.input) {
    case Input::boundaries:
      return make_boundaries(*c.mode, c.shape.n, c.shape.k);
    case Input::scales:
      return make_scales(*c.mode, c.shape.n, c.shape.k);
    case Input::specials:
      return make_specials(c.shape.n, c.shape.k);
    default:
      return make_weights(c.input, c.shape.n, c.shape.k, c.seed);
  }
}

bool has_original(const Case& c) { return c.tensor && !c.tensor->against.empty(); }

}  // namespace

const Tensor& Inputs::tensor(const Case& c) const {
  const Tensor* tensor = checkpoint_ == nullptr ? nullptr : checkpoint_->find(c.tensor->name);
  if (tensor == nullptr)
    throw std::runtime_error(fmt::format("no tensor '{}': give --weights", c.tensor->name));
  return *tensor;
}

const Matrix& Inputs::weights(const Case& c) {
  return weights_.get(weights_key(c), [&] {
    Matrix w = c.tensor ? to_matrix(tensor(c)) : generated_weights(c);
    reference::round_to(weights_dtype(c), w.values);
    return w;
  });
}

const Matrix& Inputs::original(const Case& c) {
  if (!has_original(c)) return weights(c);
  const Tensor& of = tensor(c);
  if (originals_ == nullptr)
    throw std::runtime_error(fmt::format("no original of '{}': give --against", of.name));
  const Matrix& w = weights(c);
  return original_.get(of.name, [&] {
    Matrix original = originals_->matrix(of);
    originals_->check_alike(of, qbench::weight_error(original, w));
    return original;
  });
}

StoredSize Inputs::stored_size(const Case& c) const { return qbench::stored_size(tensor(c)); }

const QuantizedMatrix& Inputs::quantized(const Case& c) {
  const Matrix& w = weights(c);
  return quantized_.get(quantized_key(c),
                        [&] { return reference::quantize(*c.mode, c.block_size, w); });
}

const ErrorSums& Inputs::weight_error(const Case& c) {
  const Matrix& exact = original(c);
  if (c.is_stored())
    return weight_error_.get(quantized_key(c),
                             [&] { return qbench::weight_error(exact, weights(c)); });
  const QuantizedMatrix& q = quantized(c);
  return weight_error_.get(quantized_key(c), [&] { return qbench::weight_error(exact, q); });
}

const Matrix& Inputs::x(const Case& c) {
  return x_.get(x_key(c), [&] { return make_x(c); });
}

const reference::Adapter& Inputs::adapter(const Case& c) {
  return adapter_.get(adapter_key(c), [&] {
    reference::Adapter made = make_adapter({c.shape.n, c.shape.k}, c.rank, c.seed);
    reference::round_to(c.dtype, made.a.values);
    reference::round_to(c.dtype, made.b.values);
    return made;
  });
}

const Matrix& Inputs::g(const Case& c) {
  return g_.get(adapter_key(c), [&] {
    Matrix made = make_gradient(c.shape.m, c.shape.n, c.seed);
    reference::round_to(c.dtype, made.values);
    return made;
  });
}

const DoubleMatrix& Inputs::exact(const Case& c) {
  const Matrix& w = original(c);
  return exact_.get(weights_key(c) + product_key(c), [&] {
    if (c.operation().makes_gradients) return exact_lora_gradient(g(c), w, adapter(c));
    return c.operation().has_adapter ? exact_lora(x(c), w, adapter(c)) : exact_matmul(x(c), w);
  });
}

const Expected& Inputs::expected(const Case& c) {
  const QuantizedMatrix& q = quantized(c);
  return expected_.get(quantized_key(c) + product_key(c), [&] {
    if (c.operation().makes_gradients) return expected_lora_gradient(g(c), q, adapter(c), c.dtype);
    return c.operation().has_adapter ? expected_lora(x(c), q, adapter(c), c.dtype)
                                     : expected_matmul(x(c), q, c.dtype);
  });
}

const ExpectedAdapter& Inputs::expected_adapter(const Case& c) {
  return expected_adapter_.get(adapter_key(c),
                               [&] { return qbench::expected_adapter(x(c), g(c), adapter(c)); });
}

Operands Inputs::operands(const Case& c) {
  quantized(c);
  Operands out{.weights = weights_.value, .x = {}, .quantized = quantized_.value, .expected = {}};
  if (c.operation().has_x) {
    x(c);
    out.x = x_.value;
  }
  if (c.operation().has_adapter) {
    adapter(c);
    out.adapter = adapter_.value;
  }
  if (c.operation().makes_gradients) {
    g(c);
    out.g = g_.value;
  }
  return out;
}

void Inputs::expect(Operands& operands, const Case& c) {
  if (c.operation().has_x) operands.expected = hold_expected(c);
  if (!c.operation().makes_gradients) return;
  expected_adapter(c);
  operands.expected_adapter = expected_adapter_.value;
}

std::shared_ptr<const Expected> Inputs::hold_expected(const Case& c) {
  expected(c);
  return expected_.value;
}

bool share_weights(const Case& a, const Case& b) {
  return a.suite == b.suite && a.shape == b.shape && a.model == b.model && a.input == b.input &&
         a.seed == b.seed && a.tensor == b.tensor;
}

namespace {

// Weights that are multiplied a panel at a time, as f32 and as doubles, in rows of that length.
double bytes_of_panels(double length) {
  return (4 + 8) * length * static_cast<double>(reference::kPanelRows) * reference::thread_count();
}

// The adapter with its gradients and what they are compared with; g and the results of the low
// rank; the decoded weights, which the gradient of x takes whole.
double bytes_of_adapter(const Case& c) {
  if (!c.operation().has_adapter) return 0;
  const auto m = static_cast<double>(c.shape.m), n = static_cast<double>(c.shape.n);
  const auto k = static_cast<double>(c.shape.k), rank = static_cast<double>(c.rank);
  const double adapter = (4 + 8 + 8) * rank * (n + k), inner = (4 + 8 + 8) * m * rank;
  if (!c.operation().makes_gradients) return adapter + inner + 2 * 8 * m * n;
  const double gradients = (4 + 4 * 8) * (rank * (n + k) + m * k), g = (4 + 8 + 8) * m * n;
  return adapter + inner + gradients + g + 4 * n * k + bytes_of_panels(n);
}

// One layer of each shape with all that it is verified with; the codes of every layer, which a GPU
// has in its own memory; results and activations, of which every layer has its own too.
double bytes_needed_by_model(const Case& c) {
  const auto m = static_cast<double>(c.shape.m);
  const double scales = c.mode->quantized() ? 1.25 : 1;
  double bytes = 0;
  for (const Layer& layer : c.model->layers) bytes += bytes_needed(c.with_layer(layer));
  for (const Layer& layer : c.model->token) {
    const auto n = static_cast<double>(layer.n), k = static_cast<double>(layer.k);
    if (c.device.kind != DeviceKind::cuda) bytes += n * k * c.mode->format.bits / 8 * scales;
    bytes += 4 * m * (n + k);
  }
  return bytes;
}

}  // namespace

double bytes_needed(const Case& c) {
  if (c.model) return bytes_needed_by_model(c);
  const auto m = static_cast<double>(c.shape.m), n = static_cast<double>(c.shape.n);
  const auto k = static_cast<double>(c.shape.k);
  // 5 / 4: scales, and the f32 that they are made from
  const double quantized = n * k * c.mode->format.bits / 8 * 5 / 4;
  const double weights = (has_original(c) ? 2 : 1) * 4 * n * k;
  if (!c.operation().has_x) return weights + 2 * quantized + 4 * n * k;
  // x as f32, double and its magnitudes; y as f32 and, exact, expected, its bound and its
  // magnitude, as doubles; where codes of 0 stand for a number, the magnitude of those, from a copy
  const double activations = (4 + 8 + 8) * m * k, results = (4 + 4 * 8) * m * n;
  const double of_zeros = c.mode->format.zero_is_apart() ? 8 * m * n + quantized : 0;
  return weights + quantized + activations + results + of_zeros + bytes_of_panels(k) +
         bytes_of_adapter(c);
}

}  // namespace qbench
