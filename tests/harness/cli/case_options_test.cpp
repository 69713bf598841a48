// SPDX-License-Identifier: Apache-2.0
// The cases that a command line selects: by an id, by a tensor, by a filter.
#include "harness/sweep/selection.h"
#include "tests/catch.h"
#include "tests/harness/cli/command_line.h"

namespace qbench {
namespace {

using namespace test;

TEST_CASE("a case is run again by its id, and alone") {
  const Options sweep = good({"--suite", "gemm,roundtrip", "--modes", "nf4,int8", "--shapes",
                              "8x64x128", "--inputs", "uniform", "--seed", "9"});
  const std::vector<Case> cases = selected_cases(sweep);
  CHECK(cases.size() == 6);
  for (const Case& c : cases) {
    const std::string id = c.id();
    const std::vector<Case> again = selected_cases(good({"--case", id.c_str()}));
    REQUIRE(again.size() == 1);
    CHECK(again[0].id() == id);
  }
}

TEST_CASE("the mode of an id is found ignoring case, as that of --modes") {
  const char* id = "roundtrip/mode:INT4-mse/kernel:reference/bs:128/n:2/k:3/input:normal/seed:1";
  const std::vector<Case> cases = selected_cases(good({"--case", id}));
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].mode == find_mode("int4-mse"));
  CHECK(contains(error({"--case", "gemm/mode:int8-mse"}), "did you mean 'int8-asym-mse'"));
}

TEST_CASE("an id that is no case is an error") {
  CHECK(contains(error({"--case", "gemm/mode:nf5"}),
                 "--case gemm/mode:nf5: unknown mode 'nf5': there are nf2, nf3, nf4"));
  CHECK(contains(error({"--case", "gemm/mode:nf4/m:1/n:-4/k:4"}), "must be positive"));
  CHECK(contains(error({"--case", "x", "--modes", "nf4"}), "leave out --modes"));
  CHECK(contains(error({"--case", "qlora/mode:nf4/m:1/n:4/k:4/rank:0"}), "from 1 to 65536"));
  const char* real = "roundtrip/mode:nf4/kernel:reference/bs:64/n:2/k:3/seed:1/tensor:a";
  CHECK(contains(error({"--case", real}), "give its file with --weights"));
  const char* generated = "roundtrip/mode:nf4/kernel:reference/bs:64/n:2/k:3/input:normal/seed:1";
  CHECK(contains(error({"--case", generated, "--weights", "f"}), "leave out --weights"));
  const Options options =
      good({"--case", "roundtrip/mode:nf4/kernel:reference/bs:64/n:2/k:3/input:normal/seed:01"});
  CHECK_THROWS_AS(selected_cases(options), std::runtime_error);
}

TEST_CASE("a real tensor's case is selected among those of its file") {
  const char* id = "roundtrip/mode:nf4/kernel:reference/bs:64/n:2/k:3/seed:1/tensor:b";
  Options options = good({"--case", id, "--weights", "f"});
  options.sweep.tensors = {{"a", {2, 3}}, {"b", {2, 3}}};
  const std::vector<Case> cases = selected_cases(options);
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].tensor->name == "b");
}

TEST_CASE("a filter keeps the cases whose id matches") {
  const std::vector<Case> cases =
      selected_cases(good({"--suite", "gemm", "--modes", "nf4", "--filter", "nf4.*k:11008"}));
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].shape.k == 11008);
  CHECK_THROWS_AS(selected_cases(good({"--suite", "gemm", "--filter", "zzz"})), std::runtime_error);
}

}  // namespace
}  // namespace qbench
