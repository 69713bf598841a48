// SPDX-License-Identifier: Apache-2.0
// Reads quantization_config of transformers, AutoGPTQ's quantize_config.json and ModelOpt's
// hf_quant_config.json.
#include "suites/checkpoints/containers/quantization_config.h"

#include <re2/re2.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "reports/text/text.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/strict_json.h"
#include "suites/names.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Group = QuantizationConfig::Group;

// The member, or nullptr where it is absent or null.
const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const Json* object_in(const Json& object, const char* key) {
  const Json* found = member(object, key);
  if (found != nullptr && !found->is_object()) fail_file(in_quotes(key) + " is not an object");
  return found;
}

std::string text_of(const Json& object, const char* key) {
  const Json* found = member(object, key);
  if (found == nullptr) return "";
  if (!found->is_string()) fail_file(in_quotes(key) + " is not a text");
  return lowered(found->get<std::string>());
}

int number_of(const Json& number, const char* key) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<int>::max());
  const bool fits = number.is_number_unsigned()
                        ? number.get<std::uint64_t>() <= kMost
                        : number.is_number_integer() && number.get<std::int64_t>() == -1;
  if (!fits) fail_file(in_quotes(key) + " is not a whole number from -1 on");
  return number.get<int>();
}

int number_in(const Json& object, const char* key) {
  const Json* found = member(object, key);
  return found == nullptr ? 0 : number_of(*found, key);
}

// Rows and columns of a tile.
std::vector<std::int64_t> block_in(const Json& object, const char* key) {
  const Json* found = member(object, key);
  if (found == nullptr) return {};
  std::vector<std::int64_t> sides;
  if (found->is_array())
    for (const Json& side : *found) sides.push_back(number_of(side, key));
  if (sides.size() != 2 || sides[0] < 1 || sides[1] < 1)
    fail_file(in_quotes(key) + " is not two numbers of at least 1");
  return sides;
}

std::vector<std::string> texts_in(const Json& object, const char* key) {
  const Json* found = member(object, key);
  std::vector<std::string> texts;
  if (found == nullptr) return texts;
  if (!found->is_array()) fail_file(in_quotes(key) + " is not a list");
  for (const Json& text : *found) {
    if (!text.is_string()) fail_file(in_quotes(key) + " holds what is not a text");
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

Group group_in(const Json& json) {
  Group group = {.targets = texts_in(json, "targets"), .format = text_of(json, "format")};
  if (const Json* weights = object_in(json, "weights")) {
    // ModelOpt lists the bits of exponent and mantissa of a float.
    const Json* bits = member(*weights, "num_bits");
    group.bits = bits == nullptr || bits->is_array() ? 0 : number_of(*bits, "num_bits");
    group.group_size = number_in(*weights, "group_size");
    group.block = block_in(*weights, "block_structure");
  }
  return group;
}

std::string first_of(const Json& json, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (std::string text = text_of(json, key); !text.empty()) return text;
  return "";
}

// GPTQ's first files, and AutoAWQ's, do not name their method.
std::string method_in(const Json& json) {
  if (std::string method = first_of(json, {"quant_method", "method"}); !method.empty())
    return method;
  if (member(json, "w_bit") != nullptr) return "awq";
  return member(json, "bits") != nullptr ? "gptq" : "";
}

// AutoGPTQ's first files of Marlin's layout say so beside the method.
std::string format_in(const Json& json, const std::string& method) {
  if (const Json* marlin = member(json, "is_marlin_format"); marlin != nullptr && *marlin == true)
    return "marlin";
  return method == "awq" ? text_of(json, "version")
                         : first_of(json, {"checkpoint_format", "quant_algo", "format"});
}

// `json` is a quantization_config, or the whole quantize_config.json.
QuantizationConfig config_in(const Json& json) {
  const std::string method = method_in(json);
  QuantizationConfig config = {.method = method,
                               .format = format_in(json, method),
                               .bits = std::max(number_in(json, "bits"), number_in(json, "w_bit")),
                               .group_size = number_in(json, "group_size"),
                               .block = block_in(json, "weight_block_size")};
  if (config.group_size == 0) config.group_size = number_in(json, "q_group_size");
  if (const Json* groups = object_in(json, "config_groups"))
    for (const auto& [name, group] : groups->items()) config.groups.push_back(group_in(group));
  return config;
}

// That of a hf_quant_config.json.
QuantizationConfig modelopt_config_in(const Json& json) {
  return {.method = "modelopt",
          .format = text_of(json, "quant_algo"),
          .group_size = number_in(json, "group_size")};
}

// The members in which networks of several parts keep the settings of their language model.
const Json* quantization_in(const Json& json) {
  for (const char* key : {"quantization_config", "compression_config"})
    if (const Json* found = object_in(json, key)) return found;
  for (const char* part : {"text_config", "llm_config"})
    if (const Json* found = member(json, part); found != nullptr && found->is_object())
      if (const Json* inner = object_in(*found, "quantization_config")) return inner;
  return nullptr;
}

bool is_class(const std::string& target) {
  return !target.starts_with("re:") && target.find('.') == target.npos;
}

bool names_module(const std::string& target, std::string_view module) {
  if (!target.starts_with("re:")) return target == module;
  const RE2 pattern(target.substr(3), RE2::Quiet);
  const re2::StringPiece text(module.data(), module.size());
  return pattern.ok() && pattern.Match(text, 0, text.size(), RE2::ANCHOR_START, nullptr, 0);
}

struct RefusedLayout {
  std::string_view format, what;
};
constexpr RefusedLayout kRefused[] = {
    {"marlin", "Marlin's kernel layout"},
    {"bitblas", "BitBLAS' kernel layout"},
    {"gptq_bitblas", "BitBLAS' kernel layout"},
    {"gptq_p", "GPTQModel's planar layout"},
    {"gemv", "AWQ's layout of the kernel gemv"},
    {"gemv_fast", "AWQ's layout of the kernel gemv_fast"},
    {"llm-awq", "llm-awq's kernel layout"},
    {"marlin-24", "compressed-tensors' kernel layout marlin-24"},
    {"w4a16_awq", "ModelOpt's W4A16_AWQ"},
    {"w4a8_awq", "ModelOpt's W4A8_AWQ"},
};

std::string refusal(std::string_view format) {
  for (const RefusedLayout& refused : kRefused)
    if (refused.format == format)
      return std::string(refused.what) + " is not read: give the checkpoint that it was made from";
  if (format.starts_with("sparse-"))
    return "compressed-tensors' " + in_quotes(format) +
           " is not read: give the checkpoint that it was made from";
  return "";
}

}  // namespace

const Group* QuantizationConfig::group_of(std::string_view module) const {
  for (const Group& group : groups)
    for (const std::string& target : group.targets)
      if (names_module(target, module)) return &group;
  for (const Group& group : groups)
    if (std::any_of(group.targets.begin(), group.targets.end(), is_class)) return &group;
  return nullptr;
}

std::vector<std::int64_t> QuantizationConfig::block_of(std::string_view module) const {
  const Group* group = group_of(module);
  return group != nullptr && !group->block.empty() ? group->block : block;
}

int QuantizationConfig::group_size_of(std::string_view module) const {
  const Group* group = group_of(module);
  return group != nullptr && group->group_size != 0 ? group->group_size : group_size;
}

int QuantizationConfig::bits_of(std::string_view module) const {
  const Group* group = group_of(module);
  return group != nullptr && group->bits != 0 ? group->bits : bits;
}

std::string QuantizationConfig::refused(std::string_view module) const {
  const Group* group = group_of(module);
  if (group != nullptr && !group->format.empty()) return refusal(group->format);
  const std::string by_format = refusal(format);
  return by_format.empty() ? refusal(method) : by_format;
}

std::shared_ptr<const QuantizationConfig> parse_quantization_config(
    std::span<const std::byte> json) {
  const Json parsed =
      parse_strict_json(std::string_view(reinterpret_cast<const char*>(json.data()), json.size()));
  if (!parsed.is_object()) fail_file("is not an object");
  if (const Json* found = quantization_in(parsed))
    return std::make_shared<const QuantizationConfig>(config_in(*found));
  if (const Json* modelopt = object_in(parsed, "quantization"))
    return std::make_shared<const QuantizationConfig>(modelopt_config_in(*modelopt));
  const bool told = member(parsed, "bits") != nullptr || member(parsed, "w_bit") != nullptr;
  if (!told && member(parsed, "quant_method") == nullptr) return nullptr;
  return std::make_shared<const QuantizationConfig>(config_in(parsed));
}

std::shared_ptr<const QuantizationConfig> quantization_config_in(const fs::path& folder) {
  for (const std::string_view name : kQuantizationConfigs) {
    const fs::path file = folder / name;
    std::error_code ignored;
    if (!fs::exists(file, ignored)) continue;
    try {
      const MappedFile text(file.string());
      if (auto config = parse_quantization_config(text.bytes())) return config;
    } catch (const std::runtime_error& error) {
      fail_file(file.string() + ": " + error.what());
    }
  }
  return nullptr;
}

}  // namespace qbench
