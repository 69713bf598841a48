// SPDX-License-Identifier: Apache-2.0
// Variants of a case, axis by axis.
#include "suites/variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>

#include "suites/axis_values.h"

namespace qbench {
namespace {

using Cases = std::vector<Case>;

// A copy of the case for each value.
template <class T>
Cases with_each(const Case& c, const std::vector<T>& values, T Case::*member) {
  Cases out;
  for (const T& value : values) {
    out.push_back(c);
    out.back().*member = value;
  }
  return out;
}

}  // namespace

Cases vary_suites(const Case& c, const Sweep& sweep) {
  return with_each(c, sweep.suites, &Case::suite);
}

Cases vary_seeds(const Case& c, const Sweep& sweep) {
  return with_each(c, std::vector{sweep.seed}, &Case::seed);
}

namespace {

bool is_of_models(const Shape& shape, const Sweep& sweep) {
  return shape.m == 0 && std::ranges::any_of(sweep.models, [&](const Model* model) {
           return std::ranges::any_of(model->layers, [&](const Layer& layer) {
             return layer.n == shape.n && layer.k == shape.k;
           });
         });
}

// The first shape that none of the suites runs; nullptr: each is run by one.
const Shape* unused_shape(const Sweep& sweep) {
  if (!std::ranges::all_of(sweep.suites, &Suite::whole_model)) return nullptr;
  const auto unused = std::ranges::find_if(
      sweep.shapes, [&](const Shape& shape) { return !is_of_models(shape, sweep); });
  return unused == sweep.shapes.end() ? nullptr : &*unused;
}

Cases vary_models(const Case& c, const Sweep& sweep) {
  const auto fail = [&](const std::string& why) {
    throw std::invalid_argument(std::string(c.suite->name) + " runs all layers of a model: " + why);
  };
  if (!sweep.tensors.empty()) fail("--shapes names it, so leave out --weights");
  if (sweep.models.empty() && !sweep.shapes.empty())
    fail("--shapes must name one; see --list models");
  if (const Shape* shape = unused_shape(sweep))
    fail(fmt::format("leave the shape {}{}x{} out, or add a suite that runs it",
                     shape->m > 0 ? fmt::format("{}x", shape->m) : "", shape->n, shape->k));
  const std::vector usual = {find_model(c.suite->model)};
  return with_each(c, sweep.models.empty() ? usual : sweep.models, &Case::model);
}

}  // namespace

Cases vary_weights(const Case& c, const Sweep& sweep) {
  if (c.suite->whole_model) return vary_models(c, sweep);
  Cases out;
  const auto add = [&](const Layer& layer, const std::optional<RealTensor>& tensor) {
    out.push_back(c);
    out.back().shape = {0, layer.n, layer.k};
    out.back().tensor = tensor;
  };
  for (const RealTensor& tensor : sweep.tensors) add(tensor.shape, tensor);
  if (!out.empty()) return out;

  std::vector<Layer> layers;
  for (const Shape& shape : sweep.shapes) add_once(layers, {shape.n, shape.k});
  for (const Layer& layer : layers.empty() ? find_model(c.suite->model)->layers : layers)
    add(layer, std::nullopt);
  return out;
}

Cases vary_m(const Case& c, const Sweep& sweep) {
  if (!c.operation().has_x) return {c};
  const std::vector<std::int64_t>& usual = sweep.m.empty() ? c.suite->m : sweep.m;
  std::vector<std::int64_t> all;
  for (const Shape& shape : sweep.shapes) {
    if (c.tensor || shape.n != c.shape.n || shape.k != c.shape.k) continue;
    for (const std::int64_t m : shape.m > 0 ? std::vector{shape.m} : usual) add_once(all, m);
  }
  Cases out;
  for (const std::int64_t m : all.empty() ? usual : all) {
    out.push_back(c);
    out.back().shape.m = m;
  }
  return out;
}

Cases vary_inputs(const Case& c, const Sweep& sweep) {
  // With real weights, only products use generated input.
  if (!c.uses_input()) return {c};
  return with_each(c, sweep.inputs.empty() ? c.suite->inputs : sweep.inputs, &Case::input);
}

Cases vary_modes(const Case& c, const Sweep& sweep) {
  std::vector<const Mode*> modes = {find_mode("bf16")};
  const bool stored = c.suite->op == Op::roundtrip && c.tensor && !c.tensor->stored_as.empty();
  if (stored) modes.push_back(&kStoredMode);
  for (const Mode* mode : sweep.modes)
    if (mode != &kStoredMode) add_once(modes, mode);
  Cases out = with_each(c, modes, &Case::mode);
  for (Case& variant : out)
    variant.added = std::ranges::find(sweep.modes, variant.mode) == sweep.modes.end();
  return out;
}

Cases vary_block_sizes(const Case& c, const Sweep& sweep) {
  const bool own = c.mode->block_sizes.empty() || sweep.block_sizes.empty();
  return with_each(c, own ? std::vector{c.mode->block_size} : sweep.block_sizes, &Case::block_size);
}

Cases vary_dtypes(const Case& c, const Sweep& sweep) {
  std::vector<Dtype> dtypes = sweep.dtypes;
  if (dtypes.empty()) dtypes = {c.mode->dtype};
  if (!c.operation().has_dtype) dtypes = {Dtype::fp32};
  return with_each(c, dtypes, &Case::dtype);
}

Cases vary_ranks(const Case& c, const Sweep& sweep) {
  if (!c.operation().has_adapter) return {c};
  return with_each(c, sweep.ranks.empty() ? std::vector{reference::kLoraRank} : sweep.ranks,
                   &Case::rank);
}

}  // namespace qbench
