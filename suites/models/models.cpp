// SPDX-License-Identifier: Apache-2.0
// Well-known models, by the numbers of the config.json that each was published with, and the shapes
// of their linear layers, each once, in the order of a forward pass.
#include "suites/axis_values.h"
#include "suites/models/model_shape.h"
#include "suites/names.h"
#include "suites/suite.h"

namespace qbench {
namespace {

struct KnownModel {
  std::string_view name;
  std::string_view published;
  Architecture architecture;
};

// LLaMA's kind: RMS norms, a gated MLP, no biases, a head of its own.
constexpr Architecture llama(std::int64_t layers, std::int64_t hidden, std::int64_t intermediate,
                             std::int64_t heads, std::int64_t kv_heads, std::int64_t vocab) {
  return {.layers = layers,
          .hidden = hidden,
          .intermediate = intermediate,
          .heads = heads,
          .kv_heads = kv_heads,
          .head_dim = hidden / heads,
          .vocab = vocab};
}

// Post-norm, embeddings of 512, two positions more than the context.
constexpr Architecture opt_350m() {
  Architecture a = llama(24, 1024, 4096, 16, 16, 50272);
  a.tied = a.norm_bias = a.qkv_bias = a.output_bias = a.mlp_bias = true;
  a.gated = a.final_norm = false;
  a.positions = 2048 + 2;
  a.embedding = 512;
  return a;
}

// Attention and MLP side by side under one norm; one head of keys and values.
constexpr Architecture falcon_7b() {
  Architecture a = llama(32, 4544, 4 * 4544, 71, 1, 65024);
  a.tied = a.norm_bias = a.fused_qkv = true;
  a.gated = false;
  a.norms = 1;
  return a;
}

constexpr Architecture mistral_7b() {
  Architecture a = llama(32, 4096, 14336, 32, 8, 32000);
  a.windowed = a.layers;
  a.window = 4096;
  return a;
}

constexpr Architecture qwen2_5_7b() {
  Architecture a = llama(28, 3584, 18944, 28, 4, 152064);
  a.qkv_bias = true;
  return a;
}

constexpr Architecture mixtral_8x7b() {
  Architecture a = llama(32, 4096, 14336, 32, 8, 32000);
  a.experts = {.count = 8, .active = 2, .intermediate = 14336};
  return a;
}

constexpr KnownModel kModels[] = {
    {"opt-350m", "facebook/opt-350m", opt_350m()},
    {"falcon-7b", "tiiuae/falcon-7b", falcon_7b()},
    {"llama-2-7b", "Llama-2-7B", llama(32, 4096, 11008, 32, 32, 32000)},
    {"llama-2-13b", "Llama-2-13B", llama(40, 5120, 13824, 40, 40, 32000)},
    {"llama-2-70b", "Llama-2-70B", llama(80, 8192, 28672, 64, 8, 32000)},
    {"llama-65b", "LLaMA-65B", llama(80, 8192, 22016, 64, 64, 32000)},
    {"llama-3-8b", "Llama-3-8B", llama(32, 4096, 14336, 32, 8, 128256)},
    {"llama-3-70b", "Llama-3-70B", llama(80, 8192, 28672, 64, 8, 128256)},
    {"mistral-7b", "Mistral-7B-v0.1", mistral_7b()},
    {"qwen2.5-7b", "Qwen2.5-7B", qwen2_5_7b()},
    {"mixtral-8x7b", "Mixtral-8x7B", mixtral_8x7b()},
};

Model with_layers(const KnownModel& known) {
  const ModelShape shape = shape_of("", known.architecture);
  Model model = {known.name, known.published, {}, layers_of_token(shape)};
  for (const Part& part : shape.parts)
    if (is_linear(part.role)) add_once(model.layers, Layer{part.n, part.k});
  return model;
}

}  // namespace

const std::vector<Model>& all_models() {
  static const std::vector<Model> models = [] {
    std::vector<Model> all;
    for (const KnownModel& known : kModels) all.push_back(with_layers(known));
    return all;
  }();
  return models;
}

const Model* find_model(std::string_view name) {
  for (const Model& model : all_models())
    if (lowered(name) == model.name || lowered(name) == lowered(model.published)) return &model;
  return nullptr;
}

ModelShape shape_of(const Model& model) {
  for (const KnownModel& known : kModels)
    if (known.name == model.name) {
      ModelShape shape = shape_of(std::string(known.published), known.architecture);
      shape.source = "table of models";
      return shape;
    }
  return {};
}

}  // namespace qbench
