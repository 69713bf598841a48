// SPDX-License-Identifier: Apache-2.0
// A plan as a command of llama-quantize, whose regular expressions are ECMAScript's, searched for
// in the name of a tensor; the first that matches decides. Token embedding and head have options of
// their own, which come first, and q8_0 is what all else gets that llama.cpp quantizes: it looks at
// no option where the type of the file is a float's.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "harness/model/targets/planned_model.h"
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

// Names of GGUF by the types that they get, in order.
class Types {
 public:
  void add(const std::string& type, const std::string& name) {
    auto found = std::ranges::find(types_, type, &Type::type);
    if (found == types_.end()) found = types_.insert(found, Type{type, {}});
    found->names.push_back(name);
  }

  std::string options() const {
    std::string text;
    for (const Type& type : types_)
      for (const std::string& pattern : patterns_of(type.names))
        text += option("tensor-type", fmt::format("'{}={}'", pattern, type.type));
    return text;
  }

  static std::string option(std::string_view name, std::string_view value) {
    return fmt::format("  --{} {} \\\n", name, value);
  }

 private:
  struct Type {
    std::string type;
    std::vector<std::string> names;
  };
  std::vector<Type> types_;
};

std::string type_of(const PlannedLayer& layer) {
  const auto known = std::ranges::find(kTypes, layer.mode->name, &GgmlType::mode);
  if (known != std::end(kTypes)) return std::string(known->type);
  if (layer.mode->family == "gguf") return std::string(layer.mode->name);
  throw std::invalid_argument(
      fmt::format("llama.cpp has no type for {}, which the plan gives to {}: plan with --modes {}",
                  layer.mode->name, layer.tensor, kLlamaCppModes));
}

std::string name_of(const PlannedLayer& layer) {
  if (const auto name = name_in_gguf(layer.tensor)) return *name;
  throw std::invalid_argument(fmt::format(
      "{} has no name in GGUF that qbench knows: leave it alone with --exclude", layer.tensor));
}

}  // namespace

std::string plan_for_llama_cpp(const PlannedModel& plan) {
  Types types;
  std::string own;
  for (const PlannedLayer& layer : plan.layers) types.add(type_of(layer), name_of(layer));
  for (const KeptTensor& kept : plan.kept) {
    const std::string name = name_in_gguf(kept.tensor).value_or("");
    const std::string type = kept.type.empty() ? "f16" : kept.type;
    if (name == "token_embd.weight")
      own += Types::option("token-embedding-type", type);
    else if (name == "output.weight")
      own += Types::option("output-tensor-type", type);
    else if (kept.is_linear && !name.empty())
      types.add(type, name);
  }
  return fmt::format("llama-quantize \\\n{}{}  MODEL-F16.gguf MODEL-PLAN.gguf Q8_0\n", own,
                     types.options());
}

}  // namespace qbench
