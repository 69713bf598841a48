// SPDX-License-Identifier: Apache-2.0
// Folders and GGUF files that are converted: what lies beside weights, names and order, errors.
#include <nlohmann/json.hpp>

#include "harness/convert/model_files.h"
#include "harness/convert/places.h"
#include "suites/checkpoints/gguf/gguf_header.h"
#include "suites/checkpoints/mapped_file.h"
#include "tests/catch.h"
#include "tests/harness/convert/conversions.h"
#include "tests/suites/checkpoints/gguf/gguf_bytes.h"
#include "tests/suites/checkpoints/stored_mode.h"

namespace qbench {
namespace {

using namespace test;
using Json = nlohmann::json;

// Two shards with an index, a config that tells of an older quantization, a tokenizer.
class ModelFolder {
 public:
  ModelFolder() {
    const std::vector<NamedMatrix> all = small_network();
    folder_.write("in/a.safetensors", file_of({all.begin(), all.begin() + 3}));
    folder_.write("in/b.safetensors", file_of({all.begin() + 3, all.end()}));
    std::string map;
    for (std::size_t i = 0; i < all.size(); ++i)
      map +=
          (i == 0 ? "\"" : ",\"") + all[i].name + "\":\"" + (i < 3 ? "a" : "b") + ".safetensors\"";
    folder_.write_index(map, "in/model.safetensors.index.json");
    folder_.write("in/config.json",
                  R"({"z": 1, "quantization_config": {"quant_method": "x"}, "a": 2})");
    folder_.write("in/tokenizer.json", "{}");
    folder_.write("in/1_Pooling/config.json", "{ }");
    folder_.write("in/pytorch_model.bin", "old");
    folder_.write("in/.hidden", "x");
  }
  std::string operator/(const std::string& name) const { return folder_ / name; }
  std::string path() const { return folder_.path(); }

 private:
  TestFolder folder_;
};

constexpr const char* kFiles =
    "1_Pooling/config.json a.safetensors b.safetensors config.json model.safetensors.index.json "
    "tokenizer.json ";

}  // namespace

TEST_CASE("a folder becomes a folder: shards, index, config and the files beside them") {
  const ModelFolder folder;
  CHECK(converted({folder / "in", folder / "out/", "--modes", "nf4", "--container",
                   "bitsandbytes"}) == 0);
  CHECK(names_in(folder / "out") == kFiles);
  CHECK(text_of(folder / "out/1_Pooling/config.json") == "{ }");
  const Json config = Json::parse(text_of(folder / "out/config.json"));
  const Json& settings = config["quantization_config"];
  CHECK(settings["quant_method"] == "bitsandbytes");
  CHECK(settings["load_in_4bit"] == true);
  CHECK(settings["bnb_4bit_quant_type"] == "nf4");
  CHECK(settings["bnb_4bit_compute_dtype"] == "float32");
  CHECK(settings["llm_int8_skip_modules"] == Json({"lm_head"}));
  CHECK(contains(text_of(folder / "out/config.json"), "\"z\": 1,\n  \"a\": 2"));
  const Json index = Json::parse(text_of(folder / "out/model.safetensors.index.json"));
  CHECK(index["weight_map"]["model.layers.0.mlp.up_proj.weight.absmax"] == "a.safetensors");
  CHECK(index["weight_map"]["lm_head.weight"] == "b.safetensors");
  const Checkpoint after({folder / "out"});
  CHECK(after.tensors().size() == small_network().size());
  CHECK(stored_mode(*after.find("model.layers.3.mlp.up_proj.weight"))->name == "nf4");
}

TEST_CASE("an index stands for its folder, and dequantized weights need no quantization_config") {
  const ModelFolder folder;
  CHECK(converted({folder / "in/model.safetensors.index.json", folder / "out", "--modes", "nf4",
                   "--exclude", "layers.2", "--container", "dequantized"}) == 0);
  CHECK(names_in(folder / "out") == kFiles);
  CHECK(text_of(folder / "out/config.json") == "{\n  \"z\": 1,\n  \"a\": 2\n}\n");
  const Checkpoint before({folder / "in"}), after({folder / "out"});
  const auto same = [&](const std::string& name) {
    return bytes_of(before.find(name)->bytes) == bytes_of(after.find(name)->bytes);
  };
  CHECK(same("model.layers.2.mlp.up_proj.weight"));
  CHECK_FALSE(same("model.layers.3.mlp.up_proj.weight"));
}

TEST_CASE("modules that are left alone are named to transformers") {
  const ModelFolder folder;
  CHECK(converted({folder / "in", folder / "out", "--modes", "int8", "--exclude", "layers.1",
                   "--container", "bitsandbytes"}) == 0);
  const Json config = Json::parse(text_of(folder / "out/config.json"));
  const Json& settings = config["quantization_config"];
  CHECK(settings["load_in_8bit"] == true);
  CHECK(settings["llm_int8_skip_modules"] == Json({"model.layers.1.mlp.up_proj", "lm_head"}));
}

TEST_CASE("a head that is the embedding is no tensor, and is named to transformers all the same") {
  std::vector<NamedMatrix> tied = small_network();
  tied.pop_back();
  const TestFolder folder;
  folder.write("in/model.safetensors", file_of(tied));
  folder.write("in/config.json", "{}");
  CHECK(converted(
            {folder / "in", folder / "out", "--modes", "nf4", "--container", "bitsandbytes"}) == 0);
  const Json config = Json::parse(text_of(folder / "out/config.json"));
  CHECK(config["quantization_config"]["llm_int8_skip_modules"] == Json({"lm_head"}));
}

TEST_CASE("a GGUF file keeps its key-values, names, order and other tensors") {
  const TestFolder folder;
  const Matrix weights = make_weights(Input::normal, 4, 512, 3);
  const std::string numbers(reinterpret_cast<const char*>(weights.values.data()), 4 * 4 * 512);
  const std::string norm(4 * 32, 'n');
  const GgufFile file = {
      .keys = {key_text("general.architecture", "llama"), key_u32("llama.block_count", 1)},
      .infos = {info("blk.0.ffn_up.weight", {512, 4}, 0, 128),
                info("output_norm.weight", {32}, 0, 0),
                info("blk.0.odd.weight", {64, 1}, 0, 128 + 4 * 4 * 512)},
      .data = norm + numbers + std::string(4 * 64, 'o')};
  folder.write("a.gguf", file.bytes());
  CHECK(converted(
            {folder / "a.gguf", folder / "b.gguf", "--modes", "q4_k", "--container", "gguf"}) == 0);
  const MappedFile before(folder / "a.gguf"), after(folder / "b.gguf");
  const GgufHeader old = parse_gguf_header(before.bytes()), now = parse_gguf_header(after.bytes());
  CHECK(bytes_of(now.key_bytes) == bytes_of(old.key_bytes));
  REQUIRE(now.tensors.size() == 3);
  CHECK(now.tensors[0].name == "blk.0.ffn_up.weight");
  CHECK(now.tensors[0].type->name == "Q4_K");
  CHECK(now.tensors[1].type->name == "F32");
  CHECK(now.tensors[2].type->name == "F32");
  const Checkpoint checkpoint({folder / "b.gguf"});
  CHECK(bytes_of(checkpoint.find("output_norm.weight")->bytes) == norm);
  const Mode& mode = *find_mode("q4_k");
  CHECK(same_planes(stored_weight(*checkpoint.find("blk.0.ffn_up.weight")).planes,
                    reference::quantize(mode, mode.block_size, weights)));
}

TEST_CASE("what cannot be converted is told in one line, and nothing is left behind") {
  const ModelFolder folder;
  std::ofstream(folder / "in/config.json") << "[]";
  const std::string in = folder / "in", file = folder / "in/a.safetensors";
  const auto refused = [&](std::vector<std::string> words, const std::string& part) {
    const std::string why = why_not(words);
    CAPTURE(words, why);
    CHECK(contains(why, part));
    CHECK(why.find('\n') == why.npos);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  };
  const std::string out = folder / "out";
  refused({in, out, "--modes", "int4", "--container", "bitsandbytes"}, "not int4");
  refused({in, out, "--modes", "nf4,fp4", "--container", "bitsandbytes"}, "one mode");
  refused({in, out, "--container", "bitsandbytes"}, "--modes nf4");
  refused({in, out, "--modes", "nf4", "--block-sizes", "48", "--container", "bitsandbytes"}, "64");
  refused({in, out, "--modes", "nf4"}, "--container");
  refused({in, out, "--modes", "nf4", "--container", "bitsandbits"}, "did you mean 'bitsandbytes'");
  refused({in, out, "--modes", "q4_k", "--container", "gguf"}, "GGUF");
  refused({in, in, "--modes", "nf4", "--container", "dequantized"}, "is there already");
  refused({in, in + "/out", "--modes", "nf4", "--container", "dequantized"}, "in the folder");
  refused({in, out + "/x", "--modes", "nf4", "--container", "dequantized"}, "no folder");
  refused({in + "x", out, "--modes", "nf4", "--container", "dequantized"}, "no such file");
  refused({file, out, "--modes", "nf4", "--container", "dequantized"}, "out.safetensors");
  refused({in, out + ".safetensors", "--modes", "nf4", "--container", "dequantized"}, "leave out");
  refused({in, out, "--modes", "nf4", "--exclude", ".", "--container", "dequantized"}, "no tensor");
  refused({in, out, "--modes", "nf4", "--exclude", "nothing", "--container", "dequantized"},
          "nothing");
  refused({in, out, "--modes", "nf4", "--container", "bitsandbytes"}, "is no JSON object");
}

TEST_CASE("what a conversion that was killed has left is removed by the next one") {
  const ModelFolder folder;
  std::filesystem::create_directories(folder / "out.999999999.part/x");
  CHECK(converted(
            {folder / "in", folder / "out", "--modes", "nf4", "--container", "bitsandbytes"}) == 0);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("the files beside the weights count for the disk, and one that is not copied is named") {
  const ModelFolder folder;
  const Places places = places_of(folder / "in", folder / "out");
  CHECK(bytes_beside(places) == 2 + 3);
  CHECK(bytes_beside(places_of(folder / "in/a.safetensors", folder / "b.safetensors")) == 0);
  std::filesystem::create_directories(folder / "to/tokenizer.json");
  CHECK_THROWS_WITH(write_model_files(places, folder / "to", {}, ""),
                    ContainsSubstring("cannot copy " + (folder / "in/tokenizer.json") + ": "));
}

TEST_CASE("a shard that is not there is told to be downloaded, as convert leaves no tensor out") {
  const TestFolder folder, other;
  folder.write("model.safetensors", file_of(small_network()));
  folder.write("model.safetensors.index.json", R"({"weight_map": {"a": "other.safetensors"}})");
  const std::string why =
      why_not({folder.path(), other / "out", "--modes", "nf4", "--container", "bitsandbytes"});
  CHECK(why.ends_with("'other.safetensors', which is not there: download it"));
}

TEST_CASE("a disk without room is told before any work") {
  const TestFolder folder;
  CHECK_NOTHROW(check_space(folder / "x", 1));
  CHECK_THROWS_WITH(check_space(folder / "x", std::int64_t{1} << 62),
                    ContainsSubstring("its disk has"));
}

}  // namespace qbench
