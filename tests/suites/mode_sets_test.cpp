// SPDX-License-Identifier: Apache-2.0
// Patterns lead to modes by names, sets and globs.
#include "suites/mode_sets.h"

#include <algorithm>
#include <set>

#include "tests/catch.h"

namespace qbench {
namespace {

using Names = std::vector<std::string>;

Names names(const Modes& modes) {
  Names out;
  for (const Mode* mode : modes) out.emplace_back(mode->name);
  return out;
}

Names named(const Names& patterns) { return names(modes_of(patterns)); }

std::string error(const std::string& pattern) {
  try {
    modes_of(Names{pattern});
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

// The names in the table of which that is true, in its order.
Names all_that(bool (*is)(std::string_view)) {
  Names out;
  for (const Mode* mode : all_modes())
    if (is(mode->name)) out.emplace_back(mode->name);
  return out;
}

bool has(const Modes& modes, const Mode* mode) {
  return std::ranges::find(modes, mode) != modes.end();
}

TEST_CASE("a mode is found by its name, ignoring case") {
  CHECK(named({"nf4"}) == Names{"nf4"});
  CHECK(named({"NF4", "Nf4-DQ"}) == Names{"nf4", "nf4-dq"});
}

TEST_CASE("every family is a set, and a mode of the same name comes before it") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name, mode->family);
    if (find_mode(mode->family) == nullptr) CHECK(has(find_modes(mode->family), mode));
    CHECK(find_modes(mode->name) == Modes{mode});
  }
  CHECK(named({"plain"}) == Names{"fp32", "fp16", "bf16"});
  CHECK(named({"BitsAndBytes"}) == named({"bitsandbytes"}));
  CHECK(has(find_modes("bitsandbytes"), find_mode("int8")));
  CHECK_FALSE(has(find_modes("bitsandbytes"), find_mode("int4")));
}

TEST_CASE("sets by bits are of the bits of a code a weight, and of quantized modes alone") {
  std::set<const Mode*> with_bits;
  for (int bits = 1; bits <= 8; ++bits)
    for (const Mode* mode : find_modes(std::to_string(bits) + "bit")) {
      CAPTURE(mode->name, bits);
      CHECK(mode->quantized());
      CHECK(mode->format.bits == bits * mode->format.weights_a_code());
      CHECK(with_bits.insert(mode).second);
    }
  CHECK(has(find_modes("4bit"), find_mode("nf4")));
  CHECK(has(find_modes("8BIT"), find_mode("int8")));
  CHECK(find_modes("16bit").empty());
}

TEST_CASE("all is the table in its order, and common is what people choose between, in theirs") {
  CHECK(names(find_modes("all")) == names({all_modes().begin(), all_modes().end()}));
  const Names common = named({"common"});
  auto rest = std::begin(kCommonModes);
  for (const std::string& name : common) {
    rest = std::find(rest, std::end(kCommonModes), name);
    REQUIRE(rest != std::end(kCommonModes));
  }
  for (const char* name : {"bf16", "int8", "nf4", "nf4-dq", "int4", "mxfp4", "nvfp4"})
    CHECK(std::ranges::find(common, name) != common.end());
}

TEST_CASE("once the table has GGUF's and row-wise FP8 modes, it has every common one") {
  if (find_mode("q4_k") == nullptr || find_mode("fp8-row") == nullptr) return;
  CHECK(find_modes("common").size() == std::size(kCommonModes));
}

TEST_CASE("globs match whole names of modes") {
  CHECK(named({"nf4*"}) == all_that([](auto name) { return name.starts_with("nf4"); }));
  CHECK(named({"NF?"}) ==
        all_that([](auto name) { return name.starts_with("nf") && name.size() == 3; }));
  CHECK(named({"?f4-d*"}) == all_that([](auto name) { return name.substr(1, 4) == "f4-d"; }));
  CHECK(named({"*4-dq"}) == all_that([](auto name) { return name.ends_with("4-dq"); }));
  CHECK(named({"*p4*-dq"}) == Names{"fp4-dq", "bnb.fp4-dq"});
  CHECK(named({"**p4*q"}) == Names{"fp4-dq", "bnb.fp4-dq"});
  CHECK(named({"*"}) == named({"all"}));
  CHECK(find_modes("f4*").empty());
  CHECK(find_modes("?").empty());
  CHECK(find_modes("").empty());
  CHECK(find_modes(std::string(64, '*') + "x" + std::string(64, '*') + "y").empty());
}

TEST_CASE("patterns that mean the same mode fold into the first") {
  CHECK(named({"fp4-dq", "fp4*", "fp4"}) == Names{"fp4-dq", "fp4"});
  CHECK(named({"nf4", "all"}).size() == all_modes().size());
  CHECK(named({"nf4", "all"}).front() == "nf4");
}

TEST_CASE("a pattern that means no mode is an error that names the nearest") {
  CHECK(error("fn4") == "unknown mode 'fn4': did you mean 'nf4'?");
  CHECK(error("4bits") == "unknown mode '4bits': did you mean '4bit'?");
  CHECK(error("7bit") ==
        "no mode has the codes of '7bit': there are 1bit, 2bit, 3bit, 4bit, 5bit, 6bit, 8bit");
  CHECK(error("commn") == "unknown mode 'commn': did you mean 'common'?");
  CHECK_THAT(error("q8_9*"), ContainsSubstring("no mode matches 'q8_9*': the nearest is 'q8_0'"));
  CHECK_THAT(error("completely"), ContainsSubstring("--list modes shows all"));
  CHECK_THAT(error("?"), ContainsSubstring("no mode matches '?'"));
}

}  // namespace
}  // namespace qbench
