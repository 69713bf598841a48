// SPDX-License-Identifier: Apache-2.0
// A plan as the settings of transformers' BitsAndBytesConfig: one quantized mode a model, and
// modules that are skipped.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "harness/model/targets/bitsandbytes_settings.h"
#include "harness/model/targets/planned_model.h"
#include "reports/json_text.h"
#include "suites/axis_values.h"
#include "suites/checkpoints/containers/parts.h"

namespace qbench {
namespace {

constexpr BitsandbytesSetting kSettings[] = {
    {"nf4", R"("load_in_4bit": true, "bnb_4bit_quant_type": "nf4")", "bitsandbytes-4bit"},
    {"nf4-dq",
     R"("load_in_4bit": true, "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": true)",
     "bitsandbytes-4bit"},
    {"fp4", R"("load_in_4bit": true, "bnb_4bit_quant_type": "fp4")", "bitsandbytes-4bit"},
    {"fp4-dq",
     R"("load_in_4bit": true, "bnb_4bit_quant_type": "fp4", "bnb_4bit_use_double_quant": true)",
     "bitsandbytes-4bit"},
    {"int8", R"("load_in_8bit": true)", "bitsandbytes-int8"},
};

// The one mode of the quantized layers.
const PlannedLayer& only_mode(const PlannedModel& plan) {
  const PlannedLayer* first = nullptr;
  std::vector<std::string> modes;
  for (const PlannedLayer& layer : plan.layers) {
    if (!layer.mode->quantized()) continue;
    if (!first) first = &layer;
    add_once(modes,
             layer.block_size == first->block_size
                 ? std::string(layer.mode->name)
                 : fmt::format("{} {}", layer.mode->name, block_size_name(layer.block_size)));
  }
  if (!first)
    throw std::invalid_argument("the plan quantizes nothing: bitsandbytes has no part in it");
  if (modes.size() > 1)
    throw std::invalid_argument(
        fmt::format("bitsandbytes holds one quantized mode a model, and the plan has {}: plan with "
                    "one of them and bf16, as in --modes {},bf16",
                    fmt::join(modes, ", "), first->mode->name));
  return *first;
}

}  // namespace

std::span<const BitsandbytesSetting> bitsandbytes_settings() { return kSettings; }

const BitsandbytesSetting* find_bitsandbytes_setting(const Mode& mode) {
  const auto found = std::ranges::find_if(kSettings, [&](const BitsandbytesSetting& setting) {
    return find_mode(setting.mode)->format == mode.format;
  });
  return found == std::end(kSettings) ? nullptr : found;
}

std::string bitsandbytes_config(const BitsandbytesSetting& setting,
                                const std::vector<std::string>& skipped,
                                std::string_view more_members) {
  std::vector<std::string> names;
  for (const std::string& module : skipped) names.push_back(json_string(module));
  return fmt::format("{{{}{}, \"llm_int8_skip_modules\": [{}]}}", more_members, setting.members,
                     fmt::join(names, ", "));
}

std::string plan_for_bitsandbytes(const PlannedModel& plan) {
  check_linear(plan, "bitsandbytes");
  const PlannedLayer& layer = only_mode(plan);
  const BitsandbytesSetting* setting = find_bitsandbytes_setting(*layer.mode);
  if (setting == nullptr)
    throw std::invalid_argument(fmt::format("bitsandbytes has no {}: plan with --modes {}",
                                            layer.mode->name, kBitsandbytesModes));
  if (layer.block_size != layer.mode->block_size)
    throw std::invalid_argument(fmt::format("transformers loads {} in blocks of {} only",
                                            layer.mode->name, layer.mode->block_size));
  std::vector<std::string> skipped = kept_modules(plan);
  for (const PlannedLayer& each : plan.layers)
    if (!each.mode->quantized()) skipped.push_back(module_of(each.tensor));
  return bitsandbytes_config(*setting, skipped) + "\n";
}

}  // namespace qbench
