// SPDX-License-Identifier: Apache-2.0
// A plan as arguments of llama-quantize, whose regular expressions are ECMAScript's, searched for in
// the name of a tensor; the first that matches decides.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "harness/model/targets/planned_model.h"
#include "suites/axis_values.h"
#include "suites/checkpoints/gguf/gguf_names.h"

namespace qbench {
namespace {

struct GgmlType {
  std::string_view mode, type;
};
// Modes whose types have other names; those of other modes of the family are the modes' own.
constexpr GgmlType kTypes[] = {{"fp32", "f32"},
                               {"fp16", "f16"},
                               {"bf16", "bf16"},
                               {"mxfp4-ggml", "mxfp4"},
                               {"nvfp4-1l", "nvfp4"}};

std::string type_of(const PlannedLayer& layer) {
  const auto known = std::ranges::find(kTypes, layer.mode->name, &GgmlType::mode);
  if (known != std::end(kTypes)) return std::string(known->type);
  if (layer.mode->family == "gguf") return std::string(layer.mode->name);
  throw std::invalid_argument(fmt::format(
      "llama.cpp has no type for {}, which the plan gives to {}: plan with --modes gguf,bf16",
      layer.mode->name, layer.tensor));
}

std::string name_of(const PlannedLayer& layer) {
  if (const auto name = name_in_gguf(layer.tensor)) return *name;
  throw std::invalid_argument(fmt::format(
      "{} has no name in GGUF that qbench knows: leave it alone with --exclude", layer.tensor));
}

}  // namespace

std::string plan_for_llama_cpp(const PlannedModel& plan) {
  std::vector<std::string> types;
  for (const PlannedLayer& layer : plan.layers) add_once(types, type_of(layer));
  std::string text;
  for (const std::string& type : types) {
    std::vector<std::string> names;
    for (const PlannedLayer& layer : plan.layers)
      if (type_of(layer) == type) names.push_back(name_of(layer));
    for (const std::string& pattern : patterns_of(names))
      text += fmt::format("--tensor-type '{}={}'\n", pattern, type);
  }
  return text;
}

}  // namespace qbench
