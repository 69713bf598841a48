// SPDX-License-Identifier: Apache-2.0
// Command lines of the verb model: what they mean, and what is refused.
#include "harness/model/targets/planned_model.h"
#include "tests/harness/cli/command_line.h"

namespace qbench {

using namespace test;

TEST_CASE("model takes a checkpoint, modes, a rule and a budget") {
  const Options options =
      good({"model", "net.safetensors", "--modes", "nf4,int8", "--block-sizes", "32", "--tensors",
            "llama.cpp", "--exclude", "head", "--bits", "4.25", "--plan", "json=p.json", "--plan",
            "llama.cpp", "--layers", "all"});
  CHECK(options.verb == Verb::model);
  CHECK(options.weights == std::vector<std::string>{"net.safetensors"});
  CHECK(options.sweep.modes.size() == 2);
  CHECK(options.model.scope == Scope::llama_cpp);
  CHECK(options.model.bits == 4.25);
  CHECK(options.model.all_layers);
  REQUIRE(options.model.plans.size() == 2);
  CHECK(options.model.plans[0].first->name == "json");
  CHECK(options.model.plans[0].second == "p.json");
  CHECK(options.model.plans[1].second == "");
  CHECK(good({"model", "net"}).model.scope == Scope::linear);
}

TEST_CASE("sizes have units") {
  CHECK(good({"model", "net", "--memory", "6GB"}).model.memory == 6e9);
  CHECK(good({"model", "net", "--memory", "5.5gib"}).model.memory == 5.5 * 0x1p30);
  CHECK(good({"model", "net", "--memory", "800MB"}).model.memory == 8e8);
  for (const char* bad : {"6", "GB", "6 pounds", "6kb"}) {
    CAPTURE(bad);
    CHECK(contains(error({"model", "net", "--memory", bad}), "--memory"));
  }
}

TEST_CASE("what model does not take is refused") {
  CHECK(contains(error({"model"}), "CHECKPOINT"));
  CHECK(contains(error({"model", "net", "--weights", "other"}), "model does not take --weights"));
  CHECK(contains(error({"model", "net", "--suite", "gemm"}), "model does not take --suite"));
  CHECK(contains(error({"model", "net", "--bits", "4", "--memory", "1GB"}), "give one"));
  CHECK(contains(error({"model", "net", "--plan", "json"}), "needs a budget"));
  CHECK(contains(error({"model", "net", "--bits", "4", "--plan", "jsno"}), "did you mean 'json'"));
  CHECK(contains(error({"model", "net", "--tensors", "lineer"}), "did you mean 'linear'"));
  CHECK(contains(error({"--weights", "net", "--tensors", "lightning"}), "choice of --tensors"));
  CHECK(contains(error({"model", "net", "--bits", "4", "--plan", "json=a", "--report", "csv=a"}),
                 "two outputs"));
  CHECK(contains(error({"model", "net", "--layers", "some"}), "--layers"));
}

}  // namespace qbench
