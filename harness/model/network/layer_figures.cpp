// SPDX-License-Identifier: Apache-2.0
// Quantizes a layer in each mode and records what it comes to.
#include "harness/model/network/layer_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/model/network/weight_moments.h"
#include "harness/run/figures.h"
#include "harness/run/real_weights.h"
#include "reference/reference.h"
#include "suites/axis_values.h"
#include "suites/checkpoints/containers/gguf_layouts.h"
#include "suites/inputs/distributions.h"

namespace qbench {
namespace {

// Names the cases in the record; a sweep has no such suite.
const Suite kModelSuite = {.name = "model",
                           .summary = "layers of a network, the error of the weights alone",
                           .op = Op::matmul,
                           .m = {},
                           .model = {},
                           .inputs = {}};

// The sums of the rows begin .. end - 1.
ErrorSums sums_of(const std::vector<double>& errors, const std::vector<double>& signals,
                  std::int64_t begin, std::int64_t end) {
  ErrorSums sums;
  for (auto row = static_cast<std::size_t>(begin); row < static_cast<std::size_t>(end); ++row)
    sums.add({errors[row], signals[row]});
  return sums;
}

std::vector<int> block_sizes(const Mode& mode, const Sweep& sweep) {
  if (mode.block_sizes.empty() || sweep.block_sizes.empty()) return {mode.block_size};
  std::vector<int> sizes;
  std::ranges::copy_if(sweep.block_sizes, std::back_inserter(sizes),
                       [&](int size) { return mode.allows(size); });
  return sizes;
}

}  // namespace

std::vector<Candidate> candidates_of(const Sweep& sweep, std::vector<std::string>& left_out) {
  std::vector<Candidate> candidates;
  for (const Mode* mode : sweep.modes) {
    const std::vector<int> sizes = block_sizes(*mode, sweep);
    if (sizes.empty()) left_out.emplace_back(mode->name);
    for (const int size : sizes) candidates.push_back({mode, size});
  }
  if (candidates.empty())
    throw std::invalid_argument("--block-sizes: no mode of --modes has one of these block sizes");
  return candidates;
}

std::int64_t row_block(const Candidate& candidate) {
  if (candidate.mode->family != "gguf") return 1;
  const GgufLayout* layout = find_gguf_layout(candidate.mode->format, candidate.block_size);
  return layout == nullptr ? 1 : layout->weights;
}

bool takes_rows(const Candidate& candidate, std::int64_t k) {
  return k % row_block(candidate) == 0;
}

std::string text_of(const Candidate& candidate) {
  if (candidate.block_size == candidate.mode->block_size) return std::string(candidate.mode->name);
  return fmt::format("{} {}", candidate.mode->name, block_size_name(candidate.block_size));
}

std::int64_t stored_bytes(const Candidate& candidate, std::int64_t n, std::int64_t k) {
  const QuantizedMatrix q(candidate.mode->format, candidate.block_size, n, k);
  return q.weight_bytes() + q.scale_bytes();
}

const Matrix& LayerMeter::activations(std::int64_t k) {
  const std::int64_t rows = input_.check ? 2 * input_.m : input_.m;
  if (x_.cols != k) x_ = make_activations(input_.input, rows, k, input_.seed);
  return x_;
}

Case LayerMeter::case_of(const Tensor& tensor, const Candidate& candidate) const {
  return {.suite = &kModelSuite,
          .mode = candidate.mode,
          .device = {},
          .block_size = candidate.block_size,
          .shape = {input_.m, tensor.rows(), tensor.cols()},
          .input = input_.input,
          .tensor = real_tensor(tensor, true, against_),
          .seed = input_.seed,
          .skip = {}};
}

LayerMeter::Weights LayerMeter::read(const Tensor& tensor) {
  Weights layer{tensor, to_matrix(tensor), {}, {}};
  if (originals_) layer.original = originals_->matrix(tensor);
  layer.signals = output_squares(activations(layer.weights.cols), layer.exact());
  return layer;
}

Result LayerMeter::measure(const Weights& layer, const Candidate& candidate,
                           LayerFigures& figures) {
  const QuantizedMatrix q =
      reference::quantize(*candidate.mode, candidate.block_size, layer.weights);
  Result r = describe(case_of(layer.tensor, candidate), threads_);
  set_sizes(r, q);
  set_weight_error(r, weight_error(layer.exact(), q));
  const std::vector<double> errors = output_error_squares(x_, layer.exact(), q);
  set_output_error(r, sums_of(errors, layer.signals, 0, input_.m));
  if (input_.check)
    figures.checked.push_back(sums_of(errors, layer.signals, input_.m, 2 * input_.m).nmse());
  return r;
}

Result LayerMeter::stored(const Weights& layer) {
  Result r = describe(case_of(layer.tensor, {&kStoredMode, 0}), threads_);
  set_sizes(r, stored_size(layer.tensor));
  if (!layer.original) return r;
  const ErrorSums error = weight_error(*layer.original, layer.weights);
  originals_->check_alike(layer.tensor, error);
  set_weight_error(r, error);
  set_output_error(r, sums_of(output_error_squares(x_, *layer.original, layer.weights),
                              layer.signals, 0, input_.m));
  return r;
}

LayerFigures LayerMeter::measure(const Tensor& tensor) {
  const Weights layer = read(tensor);
  const std::optional<WeightMoments> moments = moments_of(layer.weights);
  LayerFigures figures;
  figures.stored = stored(layer);
  for (const Candidate& candidate : candidates_)
    figures.rows.push_back(measure(layer, candidate, figures));
  const auto set_moments = [&](Result& r) {
    if (!moments) return;
    r.kurtosis = moments->kurtosis;
    r.outlier_share = moments->outlier_share;
  };
  set_moments(figures.stored);
  std::ranges::for_each(figures.rows, set_moments);
  return figures;
}

}  // namespace qbench
