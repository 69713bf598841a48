// SPDX-License-Identifier: Apache-2.0
// A plan as the settings of transformers' BitsAndBytesConfig: one quantized mode a model, and
// modules that are skipped.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "harness/model/targets/planned_model.h"
#include "reports/json_text.h"
#include "suites/axis_values.h"

namespace qbench {
namespace {

struct Setting {
  std::string_view mode, members;
};
constexpr Setting kSettings[] = {
    {"nf4", R"("load_in_4bit": true, "bnb_4bit_quant_type": "nf4")"},
    {"nf4-dq",
     R"("load_in_4bit": true, "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": true)"},
    {"fp4", R"("load_in_4bit": true, "bnb_4bit_quant_type": "fp4")"},
    {"fp4-dq",
     R"("load_in_4bit": true, "bnb_4bit_quant_type": "fp4", "bnb_4bit_use_double_quant": true)"},
    {"int8", R"("load_in_8bit": true)"},
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

std::string plan_for_bitsandbytes(const PlannedModel& plan) {
  const PlannedLayer& layer = only_mode(plan);
  const auto setting = std::ranges::find(kSettings, layer.mode->name, &Setting::mode);
  if (setting == std::end(kSettings))
    throw std::invalid_argument(
        fmt::format("bitsandbytes has no {}: plan with --modes nf4,bf16", layer.mode->name));
  if (layer.block_size != layer.mode->block_size)
    throw std::invalid_argument(fmt::format("transformers loads {} in blocks of {} only",
                                            layer.mode->name, layer.mode->block_size));
  std::vector<std::string> skipped;
  for (const std::string& tensor : plan.kept_linears)
    skipped.push_back(json_string(module_of(tensor)));
  for (const PlannedLayer& each : plan.layers)
    if (!each.mode->quantized()) skipped.push_back(json_string(module_of(each.tensor)));
  return fmt::format("{{{}, \"llm_int8_skip_modules\": [{}]}}\n", setting->members,
                     fmt::join(skipped, ", "));
}

}  // namespace qbench
