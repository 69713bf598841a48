// SPDX-License-Identifier: Apache-2.0
// The table of file types, and the rules by which tensors depart from their base.
#include "harness/memory/mixes.h"

#include <algorithm>

#include "suites/names.h"

namespace qbench {
namespace {

using enum InLayers;
using enum TensorRole;

constexpr MixRule kQ4KM[] = {{value, "q6_k", more}, {down, "q6_k", more}};
constexpr MixRule kQ4KS[] = {{value, "q5_k", first_four}, {down, "q5_k", first_eighth}};
constexpr MixRule kQ3KM[] = {{value, "q5_k", first_two},
                             {value, "q4_k"},
                             {down, "q5_k", first_sixteenth},
                             {down, "q4_k"},
                             {output, "q4_k"}};
constexpr MixRule kQ3KL[] = {{value, "q5_k"}, {down, "q5_k"}, {output, "q5_k"}};
constexpr MixRule kQ2K[] = {
    {value, "q4_k", all, 4}, {value, "q3_k"}, {down, "q3_k"}, {output, "q3_k"}};
constexpr MixRule kIq4[] = {{value, "q5_k", all, 4}, {down, "q5_k", first_eighth}};

constexpr Mix kMixes[] = {
    {.name = "F16", .base = "fp16", .head = "fp16"},
    {.name = "Q8_0", .base = "q8_0", .head = "q8_0", .common = true},
    {.name = "Q6_K", .base = "q6_k", .common = true},
    {.name = "Q5_K_M", .alias = "q5_k", .base = "q5_k", .rules = kQ4KM, .common = true},
    {.name = "Q5_K_S", .base = "q5_k"},
    {.name = "Q5_1", .base = "q5_1"},
    {.name = "Q5_0", .base = "q5_0"},
    {.name = "Q4_K_M", .alias = "q4_k", .base = "q4_k", .rules = kQ4KM, .common = true},
    {.name = "Q4_K_S", .base = "q4_k", .rules = kQ4KS, .common = true},
    {.name = "Q4_1", .base = "q4_1"},
    {.name = "Q4_0", .base = "q4_0"},
    {.name = "IQ4_NL", .base = "iq4_nl", .rules = kIq4},
    {.name = "IQ4_XS", .base = "iq4_xs", .rules = kIq4, .common = true},
    {.name = "Q3_K_L", .base = "q3_k", .rules = kQ3KL},
    {.name = "Q3_K_M", .alias = "q3_k", .base = "q3_k", .rules = kQ3KM, .common = true},
    {.name = "Q3_K_S", .base = "q3_k"},
    {.name = "Q2_K", .base = "q2_k", .rules = kQ2K, .common = true},
};

bool in_layers(InLayers layers, std::int64_t i, std::int64_t count) {
  switch (layers) {
    case more:
      return i < count / 8 || i >= 7 * count / 8 || (i - count / 8) % 3 == 2;
    case first_eighth:
      return i < count / 8;
    case first_sixteenth:
      return i < count / 16;
    case first_four:
      return i < 4;
    case first_two:
      return i < 2;
    case all:
      break;
  }
  return true;
}

// Query heads that share a head of keys and values.
std::int64_t sharing(const ModelShape& shape) {
  return shape.find(query)->n / shape.find(value)->n;
}

// LLM_TYPE_70B of llama.cpp.
bool is_70b(const ModelShape& shape) { return shape.layers == 80 && sharing(shape) > 1; }

}  // namespace

std::span<const Mix> all_mixes() { return kMixes; }

const Mix* find_mix(std::string_view name) {
  const std::string wanted = lowered(name);
  for (const Mix& mix : kMixes)
    if (lowered(mix.name) == wanted || (!mix.alias.empty() && mix.alias == wanted)) return &mix;
  return nullptr;
}

const Mode& type_in(const Mix& mix, const ModelShape& shape, const Part& part, std::int64_t layer) {
  std::string_view type = mix.base;
  const auto rule = std::ranges::find_if(mix.rules, [&](const MixRule& each) {
    return each.role == part.role && sharing(shape) >= each.least_sharing &&
           in_layers(each.layers, layer, shape.layers);
  });
  if (rule != mix.rules.end()) type = rule->type;
  if (part.role == value && is_70b(shape) && (type == "q3_k" || type == "q4_k")) type = "q5_k";
  return *find_mode(type);
}

std::string_view why_no_mixes(const ModelShape& shape) {
  if (shape.experts) return "it has experts";
  for (const TensorRole role : {query, key, value, output, gate, down}) {
    const Part* part = shape.find(role);
    if (part == nullptr || part->count != shape.layers)
      return "it is not of LLaMA's kind (q, k, v apart, gated MLP)";
  }
  return "";
}

}  // namespace qbench
