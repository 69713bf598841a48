// SPDX-License-Identifier: Apache-2.0
// Ids name cases and lead back to them.
#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include "suites/suite.h"
#include "tests/catch.h"

namespace qbench {
namespace {

Sweep everything() {
  Sweep sweep;
  for (const Suite& suite : all_suites()) sweep.suites.push_back(&suite);
  sweep.modes.assign(all_modes().begin(), all_modes().end());
  sweep.block_sizes = {32, 48, 64, kWholeRow, kWholeTensor};
  sweep.dtypes = {Dtype::fp32, Dtype::fp16, Dtype::bf16};
  sweep.shapes = {{0, 8, 64}, {5, 3, 7}};
  sweep.ranks = {1, 16};
  sweep.models = {find_model("opt-350m"), find_model("mixtral-8x7b")};
  sweep.inputs = {Input::normal, Input::student_t, Input::uniform, Input::outliers};
  sweep.devices = {{DeviceKind::cpu}, {DeviceKind::cuda, 63}};
  sweep.seed = 18446744073709551615u;
  return sweep;
}

// True if the sweep that the id leads to has exactly one case of that id, and that one is equal.
bool leads_back(const Case& c) {
  const std::string id = c.id();
  const std::vector<Case> again = expand(sweep_of(id));
  const auto same = [&](const Case& other) { return other.id() == id; };
  if (std::count_if(again.begin(), again.end(), same) != 1) return false;
  const Case& other = *std::find_if(again.begin(), again.end(), same);
  return other.suite == c.suite && other.mode == c.mode && other.kernel == c.kernel &&
         other.device == c.device && other.dtype == c.dtype && other.block_size == c.block_size &&
         other.shape == c.shape && other.model == c.model && other.input == c.input &&
         other.tensor == c.tensor && other.seed == c.seed && other.rank == c.rank &&
         other.skip.empty() == c.skip.empty();
}

TEST_CASE("the id of a gemm reads as documented") {
  Sweep sweep;
  sweep.suites = {find_suite("gemm")};
  sweep.modes = {find_mode("nf4")};
  sweep.shapes = {{0, 4096, 4096}};
  const std::vector<Case> cases = expand(sweep);
  REQUIRE(cases.size() == 2);
  CHECK(cases[1].id() ==
        "gemm/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:16/n:4096/k:4096/input:normal/seed:1");
}

TEST_CASE("the id of a whole model names it in place of a shape") {
  Sweep sweep;
  sweep.suites = {find_suite("decode")};
  sweep.modes = {find_mode("nf4")};
  sweep.models = {find_model("llama-2-7b")};
  sweep.m = {8};
  const std::vector<Case> cases = expand(sweep);
  REQUIRE(cases.size() == 2);
  CHECK(cases[1].id() ==
        "decode/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:8/model:llama-2-7b/input:normal/"
        "seed:1");
}

TEST_CASE("the id of a layer with an adapter tells its rank") {
  Sweep sweep;
  sweep.suites = {find_suite("qlora"), find_suite("qlora-backward")};
  sweep.modes = {find_mode("nf4")};
  sweep.shapes = {{0, 8, 64}};
  sweep.ranks = {3};
  const std::vector<Case> cases = expand(sweep);
  const auto has = [&](const char* id) { return std::ranges::count(cases, id, &Case::id) == 1; };
  CHECK(
      has("qlora/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:16/n:8/k:64/rank:3/input:normal/"
          "seed:1"));
  CHECK(
      has("qlora-backward/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:16/n:8/k:64/rank:3/"
          "input:normal/seed:1"));
  for (const char* rank : {"rank:0", "rank:-3", "rank:65537", "rank:"})
    CHECK_THROWS_AS(
        sweep_of(std::string("qlora/mode:nf4/kernel:reference/dtype:bf16/m:1/n:8/k:64/") + rank),
        std::invalid_argument);
}

TEST_CASE("every id is unique and leads back to its case") {
  Sweep sweep = everything();
  SECTION("generated weights") {}
  SECTION("real weights, with slashes and colons in their names") {
    std::erase_if(sweep.suites, [](const Suite* suite) { return suite->whole_model; });
    sweep.tensors = {{"a/b:c.weight", {8, 64}}, {"x/tensor:y", {1, 5}}, {"mode:nf4", {2, 2}}};
  }
  SECTION("kernels that serve nothing") { sweep.kernels = {"no such kernel"}; }
  std::set<std::string> ids;
  const std::vector<Case> cases = expand(sweep);
  CHECK(cases.size() > 100);
  // Neighbours differ in one axis. A prime stride meets every value of every axis.
  constexpr std::size_t kStride = 23;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string id = cases[i].id();
    CAPTURE(id);
    if (!ids.insert(id).second) FAIL_CHECK("a second case has this id");
    if (i % kStride == 0) CHECK(leads_back(cases[i]));
  }
}

TEST_CASE("a roundtrip of a real tensor is one case whatever the inputs") {
  Sweep sweep = everything();
  sweep.suites = {find_suite("roundtrip")};
  sweep.modes = {find_mode("bf16")};
  sweep.devices = {{DeviceKind::cpu}};
  sweep.tensors = {{"w", {8, 64}}};
  const std::vector<Case> cases = expand(sweep);
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].id() ==
        "roundtrip/mode:bf16/kernel:reference/n:8/k:64/seed:18446744073709551615/tensor:w");
}

TEST_CASE("what is wrong with an id is said") {
  const auto error = [](std::string_view id) -> std::string {
    try {
      sweep_of(id);
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
    return "";
  };
  CHECK(error("") == "there is no suite ''");
  CHECK(error("model/mode:nf4/tensor:a").find("qbench model CHECKPOINT") != std::string::npos);
  CHECK(error("gemn/mode:nf4") == "there is no suite 'gemn'");
  CHECK(error("gemm/mode:nf5") == "unknown mode 'nf5': there are nf2, nf3, nf4");
  CHECK(error("gemm/mode") == "'mode' is not of the form key:value");
  CHECK(error("gemm/mode:nf4/bs:6x") == "'bs:6x' is not a number, row or tensor");
  CHECK(error("gemm/mode:nf4/bs:99999999999") == "'bs:99999999999' is not a number, row or tensor");
  CHECK(error("gemm/mode:nf4/device:gpu") == "there is no device 'gpu'");
  CHECK(error("gemm/mode:nf4/dtype:half") == "there is no dtype 'half'");
  CHECK(error("decode/mode:nf4/model:llama") == "there is no model 'llama'");
  CHECK(error("gemm/mode:nf4/input:norm") == "there is no input 'norm'");
}

}  // namespace
}  // namespace qbench
