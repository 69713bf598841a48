// SPDX-License-Identifier: Apache-2.0
// Finds the family of a config.json, and reads what all families have.
#include "suites/checkpoints/models/model_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/text/text.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/models/model_families.h"
#include "suites/checkpoints/strict_json.h"
#include "suites/names.h"

namespace qbench {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestType = 40;  // of an unknown model_type in an error

const ModelFamily& family_of(const std::string& type) {
  const auto families = model_families();
  const auto found = std::ranges::find(families, type, &ModelFamily::type);
  if (found == families.end())
    fail_file(
        unknown_name("model_type", shorten(printable(type), kLongestType), known_model_types()));
  return *found;
}

std::int64_t head_dim_of(const ConfigKeys& keys, const Architecture& a) {
  if (keys.has("head_dim")) return keys.number("head_dim");
  if (a.hidden % a.heads != 0)
    fail_file("has no key 'head_dim', and its hidden size " + std::to_string(a.hidden) +
              " is no multiple of its " + std::to_string(a.heads) + " heads");
  return a.hidden / a.heads;
}

// A list of the layers' kinds overrides what other keys say of windows.
void set_layer_types(const ConfigKeys& keys, Architecture& a) {
  const std::int64_t windowed = keys.occurrences("layer_types", "sliding_attention");
  if (windowed < 0) return;
  if (windowed > a.layers) fail_file("key 'layer_types' has more layers than the model");
  a.windowed = windowed;
  if (windowed > 0) a.window = keys.number("sliding_window");
}

Architecture architecture_of(const ModelFamily& family, const ConfigKeys& keys) {
  Architecture a = family.base;
  a.layers = keys.number(family.keys.layers);
  a.hidden = keys.number(family.keys.hidden);
  if (family.keys.intermediate) a.intermediate = keys.number(family.keys.intermediate);
  a.heads = keys.number(family.keys.heads);
  a.kv_heads = keys.number("num_key_value_heads", a.heads);
  a.head_dim = head_dim_of(keys, a);
  a.vocab = keys.number("vocab_size");
  a.tied = keys.flag("tie_word_embeddings", a.tied);
  if (family.refine) family.refine(keys, a);
  set_layer_types(keys, a);
  return a;
}

// Sizes beyond this are no model's, and their sums would not fit.
void check_size(const ModelShape& shape) {
  constexpr double kMostParams = 1e15;
  double params = 0;
  for (const Part& part : shape.parts)
    params +=
        static_cast<double>(part.n) * static_cast<double>(part.k) * static_cast<double>(part.count);
  if (!(params <= kMostParams)) fail_file("describes a model of more than 10^15 parameters");
}

}  // namespace

std::vector<std::string> known_model_types() {
  return names_of(model_families(), [](const ModelFamily& family) { return family.type; });
}

ModelShape shape_of_config(std::string_view json, const std::string& name) {
  const Json whole = parse_strict_json(json);
  if (!whole.is_object()) fail_file("is no object: it is no config.json of transformers");
  const auto text = whole.find("text_config");
  const bool nested = text != whole.end() && text->is_object();
  const ConfigKeys keys(nested ? *text : whole);
  ModelShape shape = shape_of(name, architecture_of(family_of(keys.text("model_type")), keys));
  check_size(shape);
  shape.source = "config.json";
  if (nested) shape.left_out = "all that is not the language model (text_config)";
  if (keys.has("num_nextn_predict_layers"))
    shape.left_out += std::string(nested ? ", and " : "") +
                      "the layers that predict further tokens (num_nextn_predict_layers)";
  return shape;
}

}  // namespace qbench
