// SPDX-License-Identifier: Apache-2.0
// A plan as config_groups of compressed-tensors: what a scheme says of weights follows from the
// Format of the mode.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "harness/model/targets/planned_model.h"
#include "reference/formats/small_floats.h"
#include "reports/json_text.h"
#include "suites/axis_values.h"
#include "suites/checkpoints/containers/parts.h"

namespace qbench {
namespace {

struct Scheme {
  std::string format;   // "pack-quantized"
  std::string weights;  // the members of "weights"
  bool operator==(const Scheme&) const = default;
};

std::optional<std::string> strategy_of(const Format& format, int block_size) {
  switch (format.granularity) {
    case Granularity::tensor:
      return R"("strategy": "tensor")";
    case Granularity::row:
      return R"("strategy": "channel")";
    case Granularity::tile:
      return fmt::format(R"("strategy": "block", "block_structure": [{}, {}])", format.tile_rows,
                         block_size);
    case Granularity::group:
      if (block_size == kWholeTensor) return R"("strategy": "tensor")";
      if (block_size == kWholeRow) return R"("strategy": "channel")";
      return fmt::format(R"("strategy": "group", "group_size": {})", block_size);
    case Granularity::block:
      break;
  }
  return std::nullopt;
}

std::string members(int bits, const char* type, bool symmetric, const std::string& strategy) {
  return fmt::format(R"("num_bits": {}, "type": "{}", "symmetric": {}, {})", bits, type, symmetric,
                     strategy);
}

bool has_plain_scale(const Format& format) {
  return !format.scale.outer && std::holds_alternative<Plain>(format.scale.storage.codec);
}
bool has_power_scale(const Format& format) {
  return !format.scale.outer && std::holds_alternative<PowerOfTwo>(format.scale.storage.codec);
}

// Zero points are integers of the width of the codes.
std::optional<Scheme> integers(const Format& format, const std::string& strategy) {
  const bool point = format.zero == Zero::point;
  const Storage code = stored::unsigned_integer(format.bits);
  if (!has_plain_scale(format) || format.qmax != 1 || format.zero == Zero::minimum ||
      (point && !(format.zero_number == GroupNumber{.storage = code})))
    return std::nullopt;
  return Scheme{"pack-quantized", members(format.bits, "int", !point, strategy)};
}

std::optional<Scheme> floats(const Format& format, const std::string& strategy) {
  const auto& codec = std::get<SmallFloat>(format.codec);
  const bool e4m3 = codec == kE4M3;
  const bool e2m1 = codec == kE2M1;
  const bool group = format.granularity == Granularity::group;
  if (e4m3 && has_plain_scale(format))
    return Scheme{"float-quantized", members(8, "float", true, strategy)};
  if (e4m3 && group && has_power_scale(format))
    return Scheme{"mxfp8-quantized", members(8, "float", true, strategy)};
  if (e2m1 && group && has_power_scale(format))
    return Scheme{"mxfp4-pack-quantized", members(4, "float", true, strategy)};
  const bool two_level = format.scale.storage == stored::e4m3 && format.scale.outer == OuterLevel{};
  if (e2m1 && group && two_level)
    return Scheme{"nvfp4-pack-quantized",
                  members(4, "float", true, R"("strategy": "tensor_group", "group_size": 16)")};
  return std::nullopt;
}

std::optional<Scheme> scheme_of(const Format& format, int block_size) {
  const auto strategy = strategy_of(format, block_size);
  if (!strategy || format.activations) return std::nullopt;
  if (std::holds_alternative<Integers>(format.codec)) return integers(format, *strategy);
  if (std::holds_alternative<SmallFloat>(format.codec)) return floats(format, *strategy);
  return std::nullopt;
}

Scheme scheme_of(const PlannedLayer& layer) {
  if (const auto scheme = scheme_of(layer.mode->format, layer.block_size)) return *scheme;
  throw std::invalid_argument(
      fmt::format("compressed-tensors has no scheme for {}, which the plan gives to {}: plan with "
                  "--modes {}",
                  layer.mode->name, layer.tensor, kCompressedTensorsModes));
}

std::string strings(const std::vector<std::string>& texts, const char* prefix) {
  std::string out;
  for (const std::string& text : texts)
    out += (out.empty() ? "" : ", ") + json_string(prefix + text);
  return out;
}

struct Group {
  Scheme scheme;
  std::vector<std::string> modules;
};

std::string text_of(const Group& group, std::size_t number) {
  return fmt::format(
      "    \"group_{}\": {{\n      \"targets\": [{}],\n      \"weights\": {{{}}},\n"
      "      \"input_activations\": null,\n      \"output_activations\": null,\n"
      "      \"format\": \"{}\"\n    }}",
      number, strings(patterns_of(group.modules), "re:"), group.scheme.weights,
      group.scheme.format);
}

}  // namespace

std::string plan_for_compressed_tensors(const PlannedModel& plan) {
  check_linear(plan, "compressed-tensors");
  std::vector<Group> groups;
  std::vector<std::string> ignored = kept_modules(plan), formats;
  for (const PlannedLayer& layer : plan.layers) {
    const std::string module = module_of(layer.tensor);
    if (!layer.mode->quantized()) {
      ignored.push_back(module);
      continue;
    }
    const Scheme scheme = scheme_of(layer);
    auto group = std::ranges::find(groups, scheme, &Group::scheme);
    if (group == groups.end()) group = groups.insert(group, Group{scheme, {}});
    group->modules.push_back(module);
    add_once(formats, scheme.format);
  }
  std::string texts;
  for (std::size_t i = 0; i < groups.size(); ++i)
    texts += (i == 0 ? "" : ",\n") + text_of(groups[i], i);
  return fmt::format(
      "{{\n  \"quant_method\": \"compressed-tensors\",\n  \"format\": \"{}\",\n"
      "  \"ignore\": [{}],\n  \"config_groups\": {{\n{}\n  }}\n}}\n",
      formats.size() == 1 ? formats.front() : "mixed-precision", strings(ignored, ""), texts);
}

}  // namespace qbench
