// SPDX-License-Identifier: Apache-2.0
// Takes each tensor of a model to its bytes; finds recipes by name.
#include "harness/memory/recipe.h"

#include <algorithm>
#include <stdexcept>

#include "harness/memory/stored_bytes.h"
#include "suites/axis_values.h"
#include "suites/mode_sets.h"
#include "suites/names.h"

namespace qbench {
namespace {

// --- Bytes

class Scale {
 public:
  Scale(const ModelShape& shape, const Recipe& recipe) : shape_(shape), recipe_(recipe) {}

  ModelWeights weights() && {
    for (const Part& part : shape_.parts) add(part);
    if (shape_.tied && recipe_.runtime->own_head) add_own_head();
    return std::move(weights_);
  }

 private:
  void add(const Part& part) {
    if (is_linear(part.role)) note_largest(weights_.largest_in_layers, part);
    if (!recipe_.mode->quantized() || !is_quantized(part.role)) return add_rest(part);
    note_largest(weights_.largest, part);
    if (recipe_.mix == nullptr) return add_matrices(part, type_of(part, 0), part.count);
    for (std::int64_t layer = 0; layer < part.count; ++layer)
      add_matrices(part, type_of(part, layer), 1);
  }

  bool is_quantized(TensorRole role) const {
    const Runtime& runtime = *recipe_.runtime;
    return is_linear(role) || (role == TensorRole::head && runtime.head) ||
           (role == TensorRole::embedding && runtime.embedding);
  }

  // An embedding has the type of the head where there is no other head.
  const Mode& type_of(const Part& part, std::int64_t layer) const {
    if (recipe_.runtime != &kLlamaCpp) return *recipe_.mode;
    const bool is_head = part.role == TensorRole::head ||
                         (part.role == TensorRole::embedding && !shape_.find(TensorRole::head));
    const Mode* type = recipe_.mode;
    const Mix* mix = recipe_.mix ? recipe_.mix : find_mix(type->name);
    if (is_head)
      type = find_mode(mix ? mix->head : kHeadType);
    else if (recipe_.mix)
      type = &type_in(*recipe_.mix, shape_, part, layer);
    return fitting_type(*type, part.k);
  }

  void add_matrices(const Part& part, const Mode& type, std::int64_t count) {
    const StoredBytes bytes = stored_bytes(type, part.n, part.k);
    const std::int64_t kept = type.keeps_fp16 ? 2 * part.n * part.k : 0;
    weights_.codes += static_cast<double>((bytes.codes + kept) * count);
    weights_.scales += static_cast<double>(bytes.scales * count);
  }

  // Unquantized matrices have the mode's own dtype, or 16 bits.
  void add_rest(const Part& part) {
    const bool plain = !recipe_.mode->quantized();
    int bits = plain ? recipe_.mode->format.bits : 16;
    const bool matrix = is_linear(part.role) || part.role == TensorRole::head ||
                        part.role == TensorRole::embedding || part.role == TensorRole::other;
    if (!matrix && !(plain && recipe_.runtime != &kLlamaCpp)) bits = recipe_.runtime->vector_bits;
    const auto params = static_cast<double>(part.params());
    (plain && is_linear(part.role) ? weights_.codes : weights_.rest) += params * bits / 8;
    if (!is_linear(part.role)) weights_.rest_params += params;
  }

  void add_own_head() {
    const Part* embedding = shape_.find(TensorRole::embedding);
    if (embedding == nullptr) return;
    Part head = *embedding;
    head.role = TensorRole::head;
    head.name = "lm_head";
    add(head);
  }

  static void note_largest(Largest& largest, const Part& part) {
    if (part.n * part.k > largest.n * largest.k) largest = {part.name, part.n, part.k};
  }

  const ModelShape& shape_;
  const Recipe& recipe_;
  ModelWeights weights_;
};

// --- Names

Recipe recipe_of(const Mix& mix) {
  return {std::string(mix.name), find_mode(mix.base), &kLlamaCpp, &mix};
}

Recipe recipe_of(const Mode& mode, const ModelShape& shape) {
  const Mix* mix = mode.family == kLlamaCppFamily ? find_mix(mode.name) : nullptr;
  if (mix && why_no_mixes(shape).empty()) return recipe_of(*mix);
  return {std::string(mode.name), &mode, &runtime_of(mode), nullptr};
}

void add(std::vector<Recipe>& recipes, Recipe recipe) {
  if (std::ranges::find(recipes, recipe.name, &Recipe::name) == recipes.end())
    recipes.push_back(std::move(recipe));
}

// A file type by its name, or several by a glob.
bool add_mixes(std::vector<Recipe>& recipes, const std::string& name, const ModelShape& shape) {
  bool found = false;
  for (const Mix& mix : all_mixes())
    if (matches_name(name, mix.name)) {
      const std::string_view why = why_no_mixes(shape);
      if (!why.empty() && !find_modes(name).empty()) return false;
      if (!why.empty())
        throw std::invalid_argument(
            std::string(mix.name) +
            ": llama.cpp's choice of types is not known for this model: " + std::string(why));
      add(recipes, recipe_of(mix));
      found = true;
    }
  return found;
}

void add_modes(std::vector<Recipe>& recipes, const std::string& name, const ModelShape& shape) {
  if (find_modes(name).empty()) {
    Names known = names_of(all_mixes(), [](const Mix& mix) { return mix.name; });
    if (is_near(name, nearest_name(name, known)))
      throw std::invalid_argument(unknown_name("mode", name, known));
  }
  const std::string names[] = {name};
  for (const Mode* mode : modes_of(names)) add(recipes, recipe_of(*mode, shape));
}

std::vector<Recipe> common_recipes(const ModelShape& shape) {
  std::vector<Recipe> recipes;
  const bool mixes = why_no_mixes(shape).empty();
  for (const Mode* mode : find_modes("common"))
    if (mode->family != kLlamaCppFamily || !mixes) add(recipes, recipe_of(*mode, shape));
  for (const Mix& mix : all_mixes())
    if (mixes && mix.common) add(recipes, recipe_of(mix));
  return recipes;
}

}  // namespace

ModelWeights weigh(const ModelShape& shape, const Recipe& recipe) {
  return Scale(shape, recipe).weights();
}

std::vector<Recipe> recipes_of(std::span<const std::string> names, const ModelShape& shape) {
  if (names.empty()) return common_recipes(shape);
  std::vector<Recipe> recipes;
  for (const std::string& name : names) {
    const bool is_mode = find_mode(lowered(name)) != nullptr;
    if (is_mode || !add_mixes(recipes, name, shape)) add_modes(recipes, name, shape);
  }
  return recipes;
}

}  // namespace qbench
