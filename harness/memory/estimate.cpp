// SPDX-License-Identifier: Apache-2.0
// Adds up what is alive when a model is loaded, reads a prompt, speaks, or is trained.
#include "harness/memory/estimate.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace qbench {
namespace {

double real(std::int64_t number) { return static_cast<double>(number); }

// Bytes of an activation.
double activation_bytes(const Recipe& recipe) {
  return recipe.mode->quantized() ? 2 : recipe.mode->format.bits / 8.0;
}

// Values that one token has inside one layer: the residual and its normalized copy, and the larger
// of the MLP's (gate, up and their product) and of attention's (q, k, v and the result).
double values_in_layer(const ModelShape& shape) {
  const double mlp = real((shape.gated ? 3 : 2) * shape.intermediate);
  const double attention = real(2 * shape.hidden + shape.cache.elements);
  return 2 * real(shape.hidden) + std::max(mlp, attention);
}

class Adder {
 public:
  Adder(const ModelShape& shape, const Recipe& recipe, const Use& use)
      : shape_(shape), recipe_(recipe), runtime_(*recipe.runtime), use_(use) {
    result_.weights = weigh(shape, recipe);
  }

  Estimate inference() && {
    result_.cache = cache_bytes(shape_.cache, use_);
    result_.resident = result_.weights.total() + result_.cache;
    add_load();
    const std::int64_t piece = runtime_.chunk ? runtime_.chunk : use_.context;
    const double tokens = real(use_.batch * std::min(piece, use_.context));
    add_product("prompt", "activations of one layer",
                tokens * values_in_layer(shape_) * activation_bytes(recipe_));
    add_logits("logits", "logits", real(use_.batch) * 4);
    return std::move(result_);
  }

  // Activations are recomputed layer by layer (gradient checkpointing): a layer holds its values
  // and their gradients. What is not quantized is f32 then (peft's
  // prepare_model_for_kbit_training).
  Estimate training() && {
    ModelWeights& weights = result_.weights;
    if (recipe_.mode->quantized()) weights.rest = 4 * weights.rest_params;
    result_.training = training_of(shape_, use_);
    result_.resident = weights.total() + result_.training.total(use_.optimizer);
    add_load();
    const double tokens = real(use_.batch * use_.context);
    const double kept = result_.training.checkpoints;
    add_product("backward", "inputs of all layers, values and gradients of one",
                kept + 2 * tokens * values_in_layer(shape_) * activation_bytes(recipe_));
    add_logits("logits",
               "inputs of all layers, all logits in 16 bit and f32, their gradient in f32",
               tokens * (2 + 4 + 4), kept);
    return std::move(result_);
  }

 private:
  bool takes_int8() const { return recipe_.mode->format.activations.has_value(); }

  void add(std::string name, std::string alive, double before, double beside) {
    result_.moments.push_back({std::move(name), std::move(alive), before + beside, beside});
  }

  // The cache is not there yet while weights are loaded.
  void add_load() {
    const Copies& copies = takes_int8() ? runtime_.loading_int8 : runtime_.loading;
    const Largest& largest = result_.weights.largest;
    if (!recipe_.mode->quantized() || copies.bytes == 0 || largest.n == 0) return;
    add("load", described(copies, largest), result_.weights.total(),
        copies.bytes * largest.params());
  }

  static std::string described(const Copies& copies, const Largest& largest) {
    return fmt::format("{} {}x{} {}", largest.name, largest.n, largest.k, copies.cause);
  }

  // A matrix of a layer may have copies while it is multiplied.
  void add_product(const char* name, const std::string& what, double bytes) {
    const Largest& largest = result_.weights.largest_in_layers;
    if (!copies_at_products() || largest.n == 0) return add(name, what, result_.resident, bytes);
    add(name, what + "; " + described(runtime_.product, largest), result_.resident,
        bytes + runtime_.product.bytes * largest.params());
  }

  // The head may be quantized, too.
  void add_logits(const char* name, const std::string& what, double bytes_a_row, double more = 0) {
    const double head = real(shape_.vocab * shape_.hidden);
    const double bytes = more + bytes_a_row * real(shape_.vocab);
    if (!copies_at_products() || !runtime_.head) return add(name, what, result_.resident, bytes);
    add(name, fmt::format("{}; lm_head {}", what, runtime_.product.cause), result_.resident,
        bytes + runtime_.product.bytes * head);
  }

  bool copies_at_products() const {
    return recipe_.mode->quantized() && !takes_int8() && runtime_.product.bytes > 0;
  }

  const ModelShape& shape_;
  const Recipe& recipe_;
  const Runtime& runtime_;
  const Use& use_;
  Estimate result_;
};

}  // namespace

const Moment& Estimate::peak() const {
  return *std::ranges::max_element(moments, {}, &Moment::bytes);
}

double cache_bytes(const CacheShape& cache, const Use& use) {
  const double windowed = real(cache.windowed) * real(std::min(cache.window, use.context));
  const double whole = real(cache.layers - cache.windowed) * real(use.context);
  return (windowed + whole) * real(cache.elements) * real(use.batch) * use.cache.bits / 8;
}

Training training_of(const ModelShape& shape, const Use& use) {
  Training training;
  for (const Part& part : shape.parts)
    if (is_linear(part.role))
      training.params += real(use.lora_rank) * real((part.n + part.k) * part.count);
  training.adapters = training.gradients = 4 * training.params;
  training.state = use.optimizer.state_bytes * training.params;
  training.checkpoints = 2 * real(use.batch * use.context) * real(shape.layers * shape.hidden);
  return training;
}

Estimate estimate(const ModelShape& shape, const Recipe& recipe, const Use& use) {
  Adder adder(shape, recipe, use);
  return use.lora_rank ? std::move(adder).training() : std::move(adder).inference();
}

double bits_per_weight(const ModelShape& shape, const ModelWeights& weights) {
  return 8 * weights.total() / real(shape.params());
}

const Card* smallest_card(double bytes) {
  for (const Card& card : kCards)
    if (bytes <= card.gigabytes * 1e9) return &card;
  return nullptr;
}

}  // namespace qbench
