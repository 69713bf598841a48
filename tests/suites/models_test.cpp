// SPDX-License-Identifier: Apache-2.0
// The table of models, by hand and against the shapes that the models were published with.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "suites/suite.h"
#include "tests/catch.h"

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
  const std::string path = QBENCH_SOURCE_DIR "/../shared/facts/model_shapes.json";
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

}  // namespace
}  // namespace qbench
