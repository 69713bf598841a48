// SPDX-License-Identifier: Apache-2.0
// Recipe: which mode each tensor of a model has, and what the tensors take then.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/memory/mixes.h"
#include "harness/memory/runtime.h"
#include "suites/models/model_shape.h"

namespace qbench {

struct Recipe {
  std::string name;            // "nf4", "bnb.nf4", "Q4_K_M"
  const Mode* mode = nullptr;  // of the linear layers; of a mix its base
  const Runtime* runtime = nullptr;
  const Mix* mix = nullptr;  // of llama.cpp's file types alone
};

// The recipes that names mean: file types of llama.cpp (and globs of them), and what --modes of a
// sweep takes. A mode of GGUF is the file type of that name where llama.cpp's rules for the model
// are known, and its own type throughout otherwise. Without names those that people choose between
// first. Throws std::invalid_argument with the nearest name.
std::vector<Recipe> recipes_of(std::span<const std::string> names, const ModelShape& shape);

// The largest matrix that a recipe quantizes.
struct Largest {
  std::string name;
  std::int64_t n = 0, k = 0;

  double params() const { return static_cast<double>(n * k); }
};

// Bytes of a model's tensors in a recipe.
struct ModelWeights {
  double codes = 0;
  double scales = 0;
  double rest = 0;            // that is not quantized
  double rest_params = 0;     // numbers of the rest
  Largest largest;            // of all that is quantized
  Largest largest_in_layers;  // of the linear layers, quantized or not

  double total() const { return codes + scales + rest; }
};

ModelWeights weigh(const ModelShape& shape, const Recipe& recipe);

}  // namespace qbench
