// SPDX-License-Identifier: Apache-2.0
// `qbench convert` as people run it: what it tells.
#include <filesystem>

#include "tests/catch.h"
#include "tests/harness/commands.h"
#include "tests/harness/model/network/networks.h"
#include "tests/suites/checkpoints/gguf/gguf_bytes.h"

namespace qbench {
namespace {

using namespace test;

Ended convert(const Line& arguments) { return qbench(Line{"convert"} + arguments + Line{"-q"}); }

}  // namespace

TEST_CASE("what was quantized before is told as a second rounding") {
  const SmallNetwork network;
  const std::string once = network.path("once.safetensors");
  const Ended first =
      convert({network.file(), once, "--modes", "nf4", "--container", "bitsandbytes"});
  CHECK(first.code == 0);
  CHECK(has(first.out, "4 tensors in nf4"));
  CHECK(has(first.out, " dB (pooled over tensors)"));
  CHECK_FALSE(has(first.out, "second rounding"));
  const Ended second = convert(
      {once, network.path("twice.safetensors"), "--modes", "int4", "--container", "dequantized"});
  CHECK(has(second.out, "of 4 that were quantized before: a second rounding"));
}

TEST_CASE("a head that stays is told in what, not in what llama.cpp would write it") {
  const TestFolder folder;
  const Matrix weights = make_weights(Input::normal, 4, 512, 3);
  const std::string numbers(reinterpret_cast<const char*>(weights.values.data()), 4 * 4 * 512);
  const GgufFile file = {.keys = {key_text("general.architecture", "llama")},
                         .infos = {info("blk.0.ffn_up.weight", {512, 4}, 0, 0),
                                   info("output.weight", {512, 4}, 0, 4 * 4 * 512)},
                         .data = numbers + numbers};
  folder.write("a.gguf", file.bytes());
  const Ended ended =
      convert({folder / "a.gguf", folder / "b.gguf", "--modes", "q4_k", "--container", "gguf"});
  CAPTURE(ended.err);
  CHECK(has(ended.out, "1 tensor in q4_k"));
  CHECK(has(ended.out, "1 left alone (1 x head, still in F32)"));
}

TEST_CASE("where there is no config.json, what one needs is told") {
  const SmallNetwork network;
  const TestFolder outside;
  const std::string folder = std::filesystem::path(network.file()).parent_path();
  for (const auto& [in, out] : {std::pair(network.file(), outside / "out.safetensors"),
                                std::pair(folder, outside / "out")}) {
    const Ended ended = convert({in, out, "--modes", "nf4", "--container", "bitsandbytes"});
    CHECK(ended.code == 0);
    CHECK(has(ended.err, "its config.json needs \"quantization_config\""));
  }
}

}  // namespace qbench
