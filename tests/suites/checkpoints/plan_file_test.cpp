// SPDX-License-Identifier: Apache-2.0
// Plans as files: what they mean, and what is no plan.
#include "suites/checkpoints/plan_file.h"

#include <stdexcept>

#include "tests/catch.h"
#include "tests/suites/checkpoints/test_folder.h"

namespace qbench {

using test::TestFolder;

TEST_CASE("a plan names a mode and its block size for each tensor") {
  const TestFolder folder;
  folder.write("p.json", R"({"bits_per_param": 4.5, "layers": {
    "a": {"mode": "nf4", "block_size": 64, "bytes": 9}, "b": {"mode": "int8", "block_size": null},
    "c": {"mode": "int4", "block_size": "row"}}})");
  const auto plan = read_plan(folder / "p.json");
  REQUIRE(plan.size() == 3);
  CHECK(plan.at("a").mode->name == "nf4");
  CHECK(plan.at("a").block_size == 64);
  CHECK(plan.at("b").block_size == 0);
  CHECK(plan.at("c").block_size == kWholeRow);
}

TEST_CASE("what is no plan is told in one line, after the file's name") {
  const TestFolder folder;
  for (const char* text : {"", "[]", "{}", R"({"layers": {}})", R"({"layers": {"a": 1}})",
                           R"({"layers": {"a": {}}})", R"({"layers": {"a": {"mode": "nf5"}}})",
                           R"({"layers": {"a": {"mode": "nf4", "block_size": -3}}})",
                           R"({"layers": {"a": {"mode": "nf4", "block_size": "wide"}}})"}) {
    CAPTURE(text);
    folder.write("p.json", text);
    try {
      read_plan(folder / "p.json");
      FAIL_CHECK("was taken for a plan");
    } catch (const std::runtime_error& error) {
      const std::string why = error.what();
      CHECK(why.starts_with(folder / "p.json"));
      CHECK(why.find('\n') == why.npos);
    }
  }
}

}  // namespace qbench
