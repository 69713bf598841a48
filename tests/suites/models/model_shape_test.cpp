// SPDX-License-Identifier: Apache-2.0
// The tensors of known models, against what was published.
#include "suites/models/model_shape.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/tree.h"

namespace qbench {
namespace {

ModelShape shape(const char* name) { return shape_of(*find_model(name)); }

std::int64_t layer_named(const ModelShape& shape, const std::string& name) {
  std::int64_t sum = 0;
  for (const Part& part : shape.parts)
    if (part.name == name) sum += part.params();
  return sum;
}

std::int64_t in_role(const ModelShape& shape, TensorRole role) {
  std::int64_t sum = 0;
  for (const Part& part : shape.parts)
    if (part.role == role) sum += part.params();
  return sum;
}

}  // namespace

TEST_CASE("models of the table have the published counts of parameters, by kinds of tensors") {
  const std::string path = test::in_tree("../shared/facts/model_shapes.json");
  if (!std::filesystem::exists(path)) QBENCH_SKIP("no " << path);
  std::ifstream file(path);
  const auto published = nlohmann::json::parse(file);
  for (const auto& [name, model] : published.items()) {
    CAPTURE(name);
    const ModelShape shape = shape_of(*find_model(name));
    const auto& extra = model["extra"];
    CHECK(shape.params() == model["published_total"]);
    CHECK(shape.linear_params() == model["linear_params"]);
    CHECK(in_role(shape, TensorRole::embedding) == extra["embed_tokens"]);
    CHECK(in_role(shape, TensorRole::head) == extra["lm_head"]);
    CHECK(in_role(shape, TensorRole::positions) == extra.value("pos_emb", 0));
    CHECK(in_role(shape, TensorRole::router) == extra["router"]);
    CHECK(layer_named(shape, "norms") == extra["norms"]);
    CHECK(layer_named(shape, "biases") == extra["biases"]);
  }
}

TEST_CASE("a model's shape has its name, and what a token leaves in the cache") {
  CHECK(shape("llama-3-8b").name == "Llama-3-8B");
  CHECK(shape("llama-3-8b").cache.elements == 2 * 8 * 128);
  CHECK(shape("falcon-7b").cache.elements == 2 * 64);
  CHECK(shape("falcon-7b").tied);
  CHECK(shape("mistral-7b").cache.window == 4096);
  CHECK(shape("mistral-7b").cache.windowed == 32);
}

TEST_CASE("a token goes through two of mixtral's eight experts, and through all of other models") {
  const ModelShape mixtral = shape("mixtral-8x7b");
  CHECK(mixtral.experts == 8);
  CHECK(mixtral.active_params() == 12'879'925'248);
  CHECK(mixtral.intermediate == 2 * 14336);
  CHECK(shape("llama-2-7b").active_params() == shape("llama-2-7b").params());
}

}  // namespace qbench
