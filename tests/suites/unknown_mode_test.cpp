// SPDX-License-Identifier: Apache-2.0
// Names of other software lead to the modes that are meant; no other width is suggested.
#include "suites/unknown_mode.h"

#include <utility>

#include "reference/mode.h"
#include "tests/catch.h"

namespace qbench {
namespace {

std::string asked(const std::string& typed, const std::string& modes) {
  return "unknown mode '" + typed + "': did you mean '" + modes + "'?";
}

}  // namespace

TEST_CASE("a name that spells out what a mode has anyway means that mode") {
  const std::pair<const char*, const char*> names[] = {
      {"fp8-e4m3", "fp8"},           {"fp8-e4m3-row", "fp8-row"},
      {"fp8-tensor", "fp8"},         {"mxfp8-e4m3", "mxfp8"},
      {"mxfp6-e2m3", "mxfp6"},       {"mxfp4-e2m1", "mxfp4"},
      {"mxfp4-floor", "mxfp4"},      {"mxfp6-e3m2-floor", "mxfp6-e3m2"},
      {"MXFP6-Floor", "mxfp6"},      {"int4-asym", "int4"},
      {"int4-asym-mse", "int4-mse"}, {"nvfp4-modelopt", "nvfp4"},
      {"nvfp4-e2m1", "nvfp4"},       {"mxfp6-e2m3-rceil", "mxfp6-rceil"},
      {"mxfp6-e2m3-floor", "mxfp6"}};
  for (const auto& [typed, mode] : names) CHECK(unknown_mode(typed) == asked(typed, mode));
}

TEST_CASE("a part that a mode does not have is not taken for what goes without saying") {
  CHECK(unknown_mode("int8-tensor") != asked("int8-tensor", "int8"));
  CHECK(unknown_mode("mxfp8-e3m2") != asked("mxfp8-e3m2", "mxfp8"));
  CHECK(unknown_mode("int4-sym-asym") != asked("int4-sym-asym", "int4-sym"));
}

TEST_CASE("names of methods mean the modes that have what they make") {
  CHECK(unknown_mode("awq") == asked("awq", "int4"));
  CHECK(unknown_mode("GPTQ") == asked("GPTQ", "int4' or 'int4-ct"));
  CHECK(unknown_mode("hqq") == asked("hqq", "int4-hqq"));
  CHECK(unknown_mode("fp4-e2m1") == asked("fp4-e2m1", "mxfp4' or 'nvfp4"));
  CHECK(unknown_mode("int8-mse") == asked("int8-mse", "int8-asym-mse' or 'int8-sym-mse"));
  CHECK(unknown_mode("int8-hqq") == asked("int8-hqq", "int8-asym-hqq"));
  CHECK(unknown_mode("marlin") == asked("marlin", "int4-ct"));
  CHECK(unknown_mode("qlora") == asked("qlora", "nf4-dq"));
  CHECK(unknown_mode("bitnet") == asked("bitnet", "b1.58"));
  CHECK(unknown_mode("llm.int8") == asked("llm.int8", "int8"));
  for (const char* mode : {"int4", "int4-ct", "int4-hqq", "nf4-dq", "b1.58", "int8", "mxfp4",
                           "nvfp4", "int8-asym-mse", "int8-sym-mse", "int8-asym-hqq"})
    CHECK(find_mode(mode) != nullptr);
}

TEST_CASE("a mode of another width is not taken for the one that is meant") {
  CHECK(unknown_mode("nf5") == "unknown mode 'nf5': there are nf2, nf3, nf4");
  CHECK(unknown_mode("int5") == "unknown mode 'int5': there are int2, int3, int4, int8");
  CHECK(unknown_mode("bnb.nf5") == "unknown mode 'bnb.nf5': there is bnb.nf4");
  CHECK(unknown_mode("iq3_s") == "unknown mode 'iq3_s': --list modes shows all");
  CHECK(unknown_mode("nf44") == asked("nf44", "nf4"));
  CHECK(unmatched_modes("q9*") == "no mode matches 'q9*': --list modes shows all");
  CHECK(unmatched_modes("?") == "no mode matches '?': --list modes shows all");
}

TEST_CASE("modes are found by their names ignoring case, and by nothing less") {
  CHECK(find_mode("INT4") == find_mode("int4"));
  CHECK(find_mode("Q4_K") != nullptr);
  CHECK((find_mode("int") == nullptr && find_mode("int44") == nullptr && !find_mode("")));
}

}  // namespace qbench
