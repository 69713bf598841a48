// SPDX-License-Identifier: Apache-2.0
// The files that `qbench model` reads: shards, originals, and what it writes over none of.
#include "tests/catch.h"
#include "tests/harness/commands.h"
#include "tests/harness/model/network/networks.h"
#include "tests/suites/checkpoints/gguf/gguf_bytes.h"

namespace qbench {
namespace {

using namespace test;

// A layer in F32, and one in IQ2_XXS, which is not read.
std::string gguf_file() {
  const Matrix weights = make_weights(Input::normal, 4, 512, 3);
  const std::string numbers(reinterpret_cast<const char*>(weights.values.data()), 4 * 4 * 512);
  return GgufFile{.infos = {info("blk.0.ffn_up.weight", {512, 4}, 0, 0),
                            info("blk.0.ffn_down.weight", {256, 4}, 16, numbers.size())},
                  .data = numbers + std::string(4 * 66, '\0')}
      .bytes();
}

}  // namespace

TEST_CASE("a shard alone is told as one, with the files that it lacks") {
  const TestFolder folder;
  folder.write("model-00001-of-00004.safetensors", file_of(small_network()));
  const std::string shard = folder / "model-00001-of-00004.safetensors";
  const Ended ended = qbench({"model", shard, "--modes", "nf4"});
  CHECK(ended.code == 0);
  CHECK(
      has(ended.out, "\nwithout     3 of its 4 shards ('model-00002-of-00004.safetensors' and 2"));
  // A pattern does not ask for the others.
  CHECK_FALSE(has(qbench({"model", shard + ":.", "--modes", "nf4"}).out, "without"));
}

TEST_CASE("a shard that is not there is left out with --exclude") {
  const TestFolder folder;
  folder.write("model.safetensors", file_of(small_network()));
  folder.write("model.safetensors.index.json",
               R"({"weight_map": {"model.layers.0.mlp.up_proj.weight": "model.safetensors",
                                  "model.norm.weight": "model.safetensors",
                                  "extra.weight": "other.safetensors"}})");
  const Line line = {"model", folder.path(), "-q", "--modes", "nf4"};
  CHECK(has(qbench(line).err, "is not there: download it, or leave the tensor out with --exclude"));
  const Ended without = qbench(line + Line{"--exclude", "extra|norm"});
  CAPTURE(without.out, without.err);
  CHECK(without.code == 0);
  CHECK(has(without.out, "1 tensor of --exclude whose files are not there ('extra.weight')"));
  CHECK(has(without.out, "1 x --exclude"));
}

TEST_CASE("a plan is written over no file of the network") {
  const TestFolder folder;
  folder.write("model.safetensors", file_of(small_network()));
  folder.write("config.json", "{}");
  const auto plan_to = [&](const std::string& file) {
    return qbench({"model", folder.path(), "-q", "--modes", "nf4", "--bits", "5", "--plan",
                   "json=" + (folder / file)});
  };
  const Ended refused = plan_to("config.json");
  CHECK(refused.code == 1);
  CHECK(has(refused.err, "config.json belongs to what this command reads: write to another file"));
  CHECK((plan_to("plan.json").code == 0 && plan_to("plan.json").code == 0));
}

TEST_CASE("originals of another network are one clear error") {
  const SmallNetwork network;
  std::vector<NamedMatrix> others = small_network();
  for (NamedMatrix& each : others)
    each.values = make_weights(Input::normal, each.values.rows, each.values.cols, 99);
  const SmallNetwork other(others);
  const Ended ended =
      qbench({"model", network.file(), "-q", "--modes", "nf4", "--against", other.file()});
  CHECK(ended.code == 1);
  CHECK(has(ended.err, "these are not the same weights"));
}

TEST_CASE("weights of a type that is not read count as parameters of what is left alone") {
  const TestFolder folder;
  folder.write("a.gguf", gguf_file());
  const Ended ended = qbench({"model", folder / "a.gguf", "-q", "--modes", "nf4"});
  CAPTURE(ended.err);
  CHECK(
      has(ended.out, "left alone  1024 parameters, 0.000 MB: 1 x gguf: type IQ2_XXS is not read"));
  CHECK(has(ended.out, ": 3072 parameters, "));
}

TEST_CASE("a plan for transformers is not made of a GGUF file") {
  const TestFolder folder;
  folder.write("a.gguf", gguf_file());
  const Ended ended = qbench({"model", folder / "a.gguf", "-q", "--modes", "nf4", "--bits", "5",
                              "--plan", "bitsandbytes"});
  CHECK(ended.code == 1);
  CHECK(has(ended.err, "plan for the safetensors files that it was made of"));
  const Ended screen = qbench({"model", folder / "a.gguf", "-q", "--modes", "nf4,int4"});
  CHECK(has(screen.out, "llama.cpp (gguf,bf16)\n"));
  CHECK_FALSE(has(screen.out, "bitsandbytes"));
}

}  // namespace qbench
