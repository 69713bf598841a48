// SPDX-License-Identifier: Apache-2.0
// The layers of a model: their inputs, the trial that runs them all, and its verification.
#include "harness/run/model_layers.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/figures.h"

namespace qbench {
namespace {

std::size_t bytes_of(const QuantizedMatrix& q) {
  return static_cast<std::size_t>(q.weight_bytes() + q.scale_bytes());
}

// The first fault and the first doubt, with the layer; the largest error.
void add(Verdict& all, const Verdict& one, const std::string& layer) {
  if (all.wrong.empty() && !one.wrong.empty()) all.wrong = layer + ": " + one.wrong;
  if (all.unproven.empty() && !one.unproven.empty()) all.unproven = layer + ": " + one.unproven;
  if (one.kernel_error)
    all.kernel_error = std::max(all.kernel_error.value_or(0), *one.kernel_error);
  all.elements += one.elements;
  all.not_judged += one.not_judged;
}

}  // namespace

ModelLayers::ModelLayers(const Case& c, Inputs& inputs) : c_(c) {
  for (const Layer& layer : c.model->layers) {
    Shape shape{.c = c.with_layer(layer), .operands = {}, .weight_error = {}};
    shape.operands = inputs.operands(shape.c);
    shape.weight_error = inputs.weight_error(shape.c);
    shape.operands.expected = inputs.hold_expected(shape.c);
    shapes_.push_back(std::move(shape));
  }
  for (const Layer& layer : c.model->token) add_to_sums(shape_of(layer));
}

const ModelLayers::Shape& ModelLayers::shape_of(const Layer& layer) const {
  return *std::ranges::find(shapes_, layer, [](const Shape& s) {
    return Layer{s.c.shape.n, s.c.shape.k};
  });
}

Problem ModelLayers::problem_of(const Shape& shape, const QuantizedMatrix& codes) const {
  return qbench::problem_of(shape.c, shape.operands, codes);
}

void ModelLayers::add_to_sums(const Shape& shape) {
  const QuantizedMatrix& q = *shape.operands.quantized;
  const Work work = work_of(shape.c, q);
  sums_.params += static_cast<double>(q.size());
  sums_.weight_bytes += static_cast<double>(q.weight_bytes());
  sums_.scale_bytes += static_cast<double>(q.scale_bytes());
  sums_.work.bytes += work.bytes;
  sums_.work.flops = sums_.work.flops.value_or(0) + work.flops.value_or(0);
  sums_.weight_error.add(shape.weight_error);
}

std::string ModelLayers::unsupported() const {
  for (const Shape& shape : shapes_)
    if (const std::string why =
            c_.kernel->unsupported(problem_of(shape, *shape.operands.quantized));
        !why.empty())
      return fmt::format("layer {}x{}: {}", shape.c.shape.n, shape.c.shape.k, why);
  return {};
}

std::string ModelLayers::proves_nothing() const {
  for (const Shape& shape : shapes_)
    if (const std::string why = qbench::proves_nothing(*shape.operands.expected); !why.empty())
      return fmt::format("layer {}x{}: {}", shape.c.shape.n, shape.c.shape.k, why);
  return {};
}

// Kernels of a device copy the codes to its memory themselves.
std::unique_ptr<TrialSequence> ModelLayers::prepare() {
  auto trial = std::make_unique<TrialSequence>();
  copies_.clear();
  for (const Layer& layer : c_.model->token) {
    const Shape& shape = shape_of(layer);
    const QuantizedMatrix* codes = shape.operands.quantized.get();
    if (c_.kernel->device == DeviceKind::cpu) {
      copies_.push_back(std::make_unique<const QuantizedMatrix>(*codes));
      codes = copies_.back().get();
    }
    trial->add(c_.kernel->prepare(problem_of(shape, *codes)), bytes_of(*codes));
  }
  return trial;
}

Verdict ModelLayers::verify(TrialSequence& trial) const {
  Verdict all;
  for (std::size_t i = 0; i < trial.size(); ++i) {
    const Layer& layer = c_.model->token[i];
    const Verdict one =
        verify_matmul(*shape_of(layer).operands.expected, trial[i].output(), c_.kernel->arithmetic);
    add(all, one, fmt::format("layer {} of {} ({}x{})", i + 1, trial.size(), layer.n, layer.k));
  }
  return all;
}

}  // namespace qbench
