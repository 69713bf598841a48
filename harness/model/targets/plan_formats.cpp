// SPDX-License-Identifier: Apache-2.0
// The table of forms of a plan, and the names in them.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "harness/model/targets/planned_model.h"
#include "suites/checkpoints/containers/parts.h"

namespace qbench {
namespace {

constexpr PlanFormat kFormats[] = {
    {"json", "mode, block size, bytes and error of each layer", "", true, plan_json},
    {"llama.cpp", "a command of llama-quantize", kLlamaCppModes, true, plan_for_llama_cpp},
    {"compressed-tensors", "config_groups of quantization_config", kCompressedTensorsModes, false,
     plan_for_compressed_tensors},
    {"bitsandbytes", "settings of BitsAndBytesConfig, with the modules to skip", kBitsandbytesModes,
     false, plan_for_bitsandbytes},
};

// Every sign that regular expressions know, escaped.
std::string literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(R"(\^$.|?*+()[]{})").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// A name around its first number between dots.
struct Parts {
  std::string before, number, after;
};

Parts parts_of(const std::string& name) {
  for (std::size_t dot = 0; (dot = name.find('.', dot)) != name.npos; ++dot) {
    const std::size_t end = name.find_first_not_of("0123456789", dot + 1);
    if (end != dot + 1 && end != name.npos && name[end] == '.')
      return {name.substr(0, dot + 1), name.substr(dot + 1, end - dot - 1), name.substr(end)};
  }
  return {name, "", ""};
}

struct Numbered {
  std::string before, after;
  std::string numbers;  // "0|1"
  bool several;
};

}  // namespace

std::span<const PlanFormat> plan_formats() { return kFormats; }

const PlanFormat* find_plan_format(std::string_view name) {
  const auto found = std::ranges::find(kFormats, name, &PlanFormat::name);
  return found == std::end(kFormats) ? nullptr : found;
}

std::vector<std::string> patterns_of(std::span<const std::string> names) {
  std::vector<Numbered> groups;
  for (const std::string& name : names) {
    const Parts parts = parts_of(name);
    const auto same = std::ranges::find_if(groups, [&](const Numbered& group) {
      return !parts.number.empty() && group.before == parts.before && group.after == parts.after;
    });
    if (same == groups.end()) {
      groups.push_back({parts.before, parts.after, parts.number, false});
    } else {
      same->numbers += "|" + parts.number;
      same->several = true;
    }
  }
  std::vector<std::string> patterns;
  for (const Numbered& group : groups)
    patterns.push_back("^" + literal(group.before) +
                       (group.several ? "(" + group.numbers + ")" : group.numbers) +
                       literal(group.after) + "$");
  return patterns;
}

void check_linear(const PlannedModel& plan, std::string_view program) {
  if (plan.of_gguf)
    throw std::invalid_argument(
        fmt::format("{} quantizes checkpoints of transformers, and this plan has names of a GGUF "
                    "file: plan for the safetensors files that it was made of",
                    program));
  for (const PlannedLayer& layer : plan.layers)
    if (layer.mode->quantized() && !layer.is_linear)
      throw std::invalid_argument(
          fmt::format("{} is no matrix of a linear layer, and {} quantizes no other: plan with "
                      "--tensors transformers",
                      layer.tensor, program));
}

std::vector<std::string> kept_modules(const PlannedModel& plan) {
  std::vector<std::string> modules;
  for (const KeptTensor& kept : plan.kept)
    if (kept.is_linear) modules.push_back(module_of(kept.tensor));
  return modules;
}

}  // namespace qbench
