// SPDX-License-Identifier: Apache-2.0
// The layer shapes of well-known models: n x k of their linear layers, each shape once, in the
// order of a forward pass. From the config.json that each model was published with.
#include "suites/names.h"
#include "suites/suite.h"

namespace qbench {

const std::vector<Model>& all_models() {
  static const std::vector<Model> models = {
      {"opt-350m",
       "facebook/opt-350m",
       {{1024, 1024}, {4096, 1024}, {1024, 4096}, {1024, 512}, {512, 1024}}},
      {"falcon-7b", "tiiuae/falcon-7b", {{4672, 4544}, {4544, 4544}, {18176, 4544}, {4544, 18176}}},
      {"llama-2-7b", "Llama-2-7B", {{4096, 4096}, {11008, 4096}, {4096, 11008}}},
      {"llama-2-13b", "Llama-2-13B", {{5120, 5120}, {13824, 5120}, {5120, 13824}}},
      {"llama-2-70b", "Llama-2-70B", {{8192, 8192}, {1024, 8192}, {28672, 8192}, {8192, 28672}}},
      {"llama-65b", "LLaMA-65B", {{8192, 8192}, {22016, 8192}, {8192, 22016}}},
      {"llama-3-8b", "Llama-3-8B", {{4096, 4096}, {1024, 4096}, {14336, 4096}, {4096, 14336}}},
      {"llama-3-70b", "Llama-3-70B", {{8192, 8192}, {1024, 8192}, {28672, 8192}, {8192, 28672}}},
      {"mistral-7b", "Mistral-7B-v0.1", {{4096, 4096}, {1024, 4096}, {14336, 4096}, {4096, 14336}}},
      {"qwen2.5-7b", "Qwen2.5-7B", {{3584, 3584}, {512, 3584}, {18944, 3584}, {3584, 18944}}},
      {"mixtral-8x7b", "Mixtral-8x7B", {{4096, 4096}, {1024, 4096}, {14336, 4096}, {4096, 14336}}},
  };
  return models;
}

const Model* find_model(std::string_view name) {
  for (const Model& model : all_models())
    if (lowered(name) == model.name || lowered(name) == lowered(model.published)) return &model;
  return nullptr;
}

}  // namespace qbench
