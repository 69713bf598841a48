// SPDX-License-Identifier: Apache-2.0
// Which tensors of a small network are layers, and what is left alone for which reason.
#include "harness/model/network/inventory.h"

#include "harness/memory/recipe.h"
#include "suites/checkpoints/models/model_source.h"
#include "suites/checkpoints/models/network_head.h"
#include "tests/catch.h"
#include "tests/harness/model/network/networks.h"
#include "tests/suites/checkpoints/quantized_files.h"

namespace qbench {
namespace {

using namespace test;

Inventory inventory(const Checkpoint& checkpoint, Scope scope,
                    const std::vector<std::string>& exclude = {}) {
  return take_inventory(checkpoint, scope, exclude);
}

}  // namespace

TEST_CASE("layers are counted apart from what is left alone, by its reason") {
  const SmallNetwork network;
  const Checkpoint checkpoint({network.file()});
  const Inventory found = inventory(checkpoint, Scope::linear);
  CHECK(found.layers.size() == 4);
  CHECK(found.layer_parameters == 4 * 96 * 256);
  REQUIRE(found.left.size() == 3);
  CHECK(found.left[0].reason == "embedding");
  CHECK(found.left[1].reason == "head");
  CHECK((found.left[1].is_linear && !found.left[0].is_linear));
  CHECK(found.left[2].reason == "rank 1");
  CHECK(found.left_parameters() == 2 * 64 * 128 + 128);
  CHECK(found.left_bytes() == 2 * found.left_parameters());
}

TEST_CASE(
    "an excluded layer is left alone at 16 bits, and an exclusion without effect is an error") {
  const SmallNetwork network;
  const Checkpoint checkpoint({network.file()});
  const Inventory found = inventory(checkpoint, Scope::linear, {"layers\\.1\\."});
  CHECK(found.layers.size() == 3);
  CHECK(found.left.front().reason == "--exclude");
  CHECK(found.left.front().bytes == 2 * 96 * 256);
  CHECK(found.left.front().is_linear);
  CHECK_THROWS_AS(inventory(checkpoint, Scope::linear, {"nothing"}), std::runtime_error);
  CHECK_THROWS_WITH(inventory(checkpoint, Scope::linear, {"."}),
                    "--tensors linear and --exclude leave no tensor to quantize: exclude fewer");
}

TEST_CASE("each rule takes its own tensors") {
  const SmallNetwork network;
  const Checkpoint checkpoint({network.file()});
  CHECK(inventory(checkpoint, Scope::all).layers.size() == 7);
  CHECK(inventory(checkpoint, Scope::lightning).layers.size() == 5);
  const Inventory llama = inventory(checkpoint, Scope::llama_cpp);
  CHECK(llama.layers.size() == 5);
  CHECK(llama.left_bytes() == Approx(64 * 128 * 8.5 / 8 + 4 * 128));
  CHECK(llama.left.front().reason == "head, in q8_0");
}

TEST_CASE("a tied head is a layer that is marked as a copy, under the one rule that copies it") {
  std::vector<NamedMatrix> tensors = small_network();
  tensors.pop_back();
  const SmallNetwork network(tensors);
  const Checkpoint checkpoint({network.file()});
  const Inventory found = inventory(checkpoint, Scope::lightning);
  CHECK(found.layers.size() == 5);
  for (const Tensor* layer : found.layers)
    CHECK(found.is_copy(*layer) == (layer->name == "model.embed_tokens.weight"));
  CHECK(found.copied_parameters == 64 * 128);
  CHECK(inventory(checkpoint, Scope::all).copies.empty());
  CHECK(inventory(checkpoint, Scope::lightning, {"embed_tokens"}).copies.empty());
}

TEST_CASE("a shard whose embedding has no head beside it is not taken as a tied model") {
  std::vector<NamedMatrix> tensors = small_network();
  tensors.pop_back();
  const TestFolder folder;
  const std::string shard = folder / "model-00001-of-00004.safetensors";
  folder.write("model-00001-of-00004.safetensors", file_of(tensors));
  const Checkpoint checkpoint({shard});
  const Inventory found = inventory(checkpoint, Scope::lightning);
  CHECK(found.copies.empty());
  CHECK(found.missing.starts_with("3 of its 4 shards"));
  CHECK(inventory(checkpoint, Scope::llama_cpp).left.front().reason == "embedding, in q8_0");
}

TEST_CASE("a pattern decides neither whether a head is tied nor whether shards are missing") {
  const std::vector<NamedMatrix> tensors = small_network();
  const SmallNetwork whole(tensors);
  const Checkpoint of_whole({whole.file() + ":embed_tokens|layers"});
  CHECK(head_of(of_whole) == Head::own);
  CHECK(inventory(of_whole, Scope::lightning).copies.empty());

  const TestFolder folder;
  folder.write("model-00001-of-00002.safetensors", file_of({tensors.front()}));  // the embedding
  folder.write("model-00002-of-00002.safetensors",
               file_of({tensors.begin() + 1, tensors.end() - 1}));
  const Checkpoint of_folder({folder.path() + ":embed_tokens"});
  CHECK(of_folder.missing_shards() == "");
  CHECK(head_of(of_folder) == Head::tied);
  folder.write("model.safetensors.index.json",
               R"({"weight_map": {"model.embed_tokens.weight": "model-00001-of-00002.safetensors",
                                  "lm_head.weight": "model-00002-of-00002.safetensors"}})");
  const Checkpoint of_index({folder.path() + ":embed_tokens"});
  CHECK(of_index.missing_shards() == "");
  CHECK(head_of(of_index) == Head::own);
}

// The bytes that verb memory counts in a mode are those of verb model by the same software's rule.
TEST_CASE("a tied head takes the same bytes in verbs model and memory") {
  std::vector<NamedMatrix> tensors = small_network();
  tensors.pop_back();
  tensors.front().values = make_weights(Input::normal, 64, 256, 9);
  const SmallNetwork network(tensors);
  const Checkpoint checkpoint({network.file()});
  const ModelShape shape = read_model(network.file());
  CHECK(shape.tied);
  for (const auto& [mode, scope] :
       {std::pair("q4_0", Scope::llama_cpp), std::pair("bnb.nf4", Scope::lightning),
        std::pair("nf4", Scope::transformers)}) {
    CAPTURE(mode);
    const Inventory found = inventory(checkpoint, scope);
    double bytes = found.left_bytes();
    for (const Tensor* layer : found.layers)
      bytes += static_cast<double>(
          stored_bytes(candidates({mode}).front(), layer->rows(), layer->cols()));
    const std::string names[] = {mode};
    const Recipe recipe = recipes_of(names, shape).front();
    CHECK(weigh(shape, recipe).total() == Approx(bytes));
  }
}

TEST_CASE("where no tensor is left, the reasons of those that cannot be used come first") {
  const TestFolder folder;
  folder.write("config.json", R"({"quantization_config":{"quant_method":"marlin"}})");
  folder.write("model.safetensors",
               safetensors_of({plain_tensor("model.norm.weight", Matrix(1, 4)),
                               new_tensor("m", "B", "I32", {2, 2}, Buffer<std::byte>(16))}));
  const Checkpoint checkpoint({folder / "model.safetensors"});
  CHECK_THROWS_WITH(inventory(checkpoint, Scope::transformers, {}),
                    Catch::Matchers::StartsWith("no tensor is left to quantize: Marlin's kernel"));
  const SmallNetwork network;
  CHECK_THROWS_WITH(inventory(Checkpoint({network.file() + ":norm"}), Scope::linear, {}),
                    "--tensors linear leaves no tensor to quantize: --tensors all takes every one");
}

}  // namespace qbench
