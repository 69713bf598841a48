// SPDX-License-Identifier: Apache-2.0
// Writes JSON as Hugging Face's libraries do: indented by two, a line break at the end.
#include "suites/checkpoints/written_json.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "suites/checkpoints/safetensors/safetensors_header.h"

namespace qbench {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string text_of(const OrderedJson& json) {
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

OrderedJson object_of(std::string_view text) {
  try {
    OrderedJson json = OrderedJson::parse(text);
    if (json.is_object()) return json;
  } catch (const OrderedJson::exception& error) {
    throw std::runtime_error(json_problem(error.what()));
  }
  throw std::runtime_error("is no JSON object");
}

}  // namespace

std::string with_quantization_config(std::string_view config,
                                     std::string_view quantization_config) {
  OrderedJson json = object_of(config);
  json.erase("quantization_config");
  if (!quantization_config.empty())
    json["quantization_config"] = OrderedJson::parse(quantization_config);
  return text_of(json);
}

std::string index_text(const WeightMap& weight_map, std::int64_t bytes) {
  OrderedJson json;
  json["metadata"]["total_size"] = bytes;
  json["weight_map"] = weight_map;
  return text_of(json);
}

}  // namespace qbench
