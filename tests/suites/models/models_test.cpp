// SPDX-License-Identifier: Apache-2.0
// The table of models, by hand and against the shapes that the models were published with.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "suites/models/model_shape.h"
#include "suites/suite.h"
#include "tests/catch.h"
#include "tests/tree.h"

namespace qbench {
namespace {

using Layers = std::vector<Layer>;

TEST_CASE("llama-2-7b and falcon-7b have the layer shapes of their config.json") {
  CHECK(find_model("llama-2-7b")->layers == Layers{{4096, 4096}, {11008, 4096}, {4096, 11008}});
  CHECK(find_model("falcon-7b")->layers ==
        Layers{{4672, 4544}, {4544, 4544}, {18176, 4544}, {4544, 18176}});
}

TEST_CASE("models are found by either name in upper or lower case") {
  CHECK(find_model("mistral-7b") == find_model("mistral-7b-v0.1"));
  CHECK(find_model("MISTRAL-7B")->published == "Mistral-7B-v0.1");
  CHECK(find_model("facebook/opt-350m")->name == "opt-350m");
  CHECK(find_model("llama-2") == nullptr);
  CHECK(find_model("") == nullptr);
}

TEST_CASE("the table of models equals the published shapes") {
  const std::string path = test::in_tree("../shared/facts/model_shapes.json");
  if (!std::filesystem::exists(path)) QBENCH_SKIP("no " << path);
  std::ifstream file(path);
  const auto published = nlohmann::json::parse(file);
  CHECK(published.size() == all_models().size());
  for (const auto& [name, description] : published.items()) {
    CAPTURE(name);
    const Model* model = find_model(name);
    REQUIRE(model != nullptr);
    CHECK(model->published == name);
    Layers distinct;
    for (const auto& layer : description["linear_layers"]) {
      const Layer shape{layer["out"], layer["in"]};
      if (std::find(distinct.begin(), distinct.end(), shape) == distinct.end())
        distinct.push_back(shape);
    }
    CHECK(model->layers == distinct);
  }
}

TEST_CASE("the model of every suite is in the table") {
  for (const Suite& suite : all_suites()) CHECK(find_model(suite.model) != nullptr);
}

TEST_CASE("a token goes through as many weights as the linear layers have, of experts the active") {
  for (const Model& model : all_models()) {
    CAPTURE(model.name);
    const ModelShape shape = shape_of(model);
    std::int64_t idle = 0, params = 0;
    for (const Part& part : shape.parts)
      if (part.expert && is_linear(part.role))
        idle += part.params() / shape.experts * (shape.experts - shape.active_experts);
    for (const Layer& layer : model.token) params += layer.n * layer.k;
    CHECK(params == shape.linear_params() - idle);
    for (const Layer& layer : model.layers) CHECK(std::ranges::count(model.token, layer) > 0);
  }
}

TEST_CASE("a token goes through the matrices of one layer after those of another") {
  const Layers& token = find_model("llama-2-7b")->token;
  REQUIRE(token.size() == 32 * 7);
  const Layer square{4096, 4096}, up{11008, 4096}, down{4096, 11008};
  const Layers layer = {square, square, square, square, up, up, down};
  for (std::size_t i = 0; i < token.size(); ++i) CHECK(token[i] == layer[i % 7]);
  const Layers& mixed = find_model("mixtral-8x7b")->token;
  CHECK(mixed.size() == 32 * (4 + 2 * 3));
  CHECK(std::ranges::count(mixed, Layer{14336, 4096}) == 32 * 2 * 2);
}

}  // namespace
}  // namespace qbench
