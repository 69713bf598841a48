// SPDX-License-Identifier: Apache-2.0
// The table of options, walked: what it says is what the command line does.
#include "harness/cli/option_scope.h"

#include <algorithm>
#include <map>

#include "harness/sweep/selection.h"
#include "tests/catch.h"
#include "tests/harness/cli/command_line.h"

namespace qbench {
namespace {

using namespace test;

// A value that each option takes; flags have none.
const std::map<std::string_view, std::string_view> kValues = {
    {"--suite", "gemv"},
    {"--modes", "nf4"},
    {"--block-sizes", "64"},
    {"--dtypes", "bf16"},
    {"--shapes", "8x64"},
    {"--m", "3"},
    {"--lora-rank", "3"},
    {"--inputs", "normal"},
    {"--weights", "w"},
    {"--against", "o"},
    {"--tensors", "all"},
    {"--exclude", "x"},
    {"--min-rank", "2"},
    {"--layout", "x=stack"},
    {"--filter", "nf4"},
    {"--kernel-library", "x.so"},
    {"--kernels", "reference"},
    {"--device", "cpu"},
    {"--threads", "1"},
    {"--seed", "2"},
    {"--min-time", "0"},
    {"--case-timeout", "9"},
    {"--report", "csv"},
    {"--journal", "new"},
    {"--case", "gemv/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:1/n:8/k:64/input:normal/seed:1"}};

const std::map<Verb, std::vector<std::string>> kLines = {
    {Verb::sweep, {}},
    {Verb::model, {"model", "network"}},
    {Verb::gate, {"gate", "--errors", "ledger"}},
    {Verb::ab, {"ab", "old", "new"}},
    {Verb::compare, {"compare", "a", "b"}},
    {Verb::report, {"report", "a"}},
    {Verb::explain, {"explain", "nf4"}},
    {Verb::memory, {"memory", "llama-3-8b"}},
    {Verb::convert, {"convert", "in", "out", "--modes", "nf4", "--container", "bitsandbytes"}},
    {Verb::selftest, {"selftest"}}};

std::vector<std::string> line_with(std::string_view option, Verb verb) {
  std::vector<std::string> line = kLines.at(verb);
  line.emplace_back(option);
  if (kValues.contains(option)) line.emplace_back(kValues.at(option));
  return line;
}

std::vector<Case> cases_of(const std::vector<std::string>& line) {
  const Parsed parsed = parse(line);
  CAPTURE(parsed.err);
  REQUIRE_FALSE(parsed.exit_code.has_value());
  return selected_cases(parsed.options);
}

std::string notes(const std::vector<std::string>& line) {
  const Parsed parsed = parse(line);
  REQUIRE_FALSE(parsed.exit_code.has_value());
  return notes_on_options(parsed.options, selected_cases(parsed.options));
}

std::vector<std::string> ids(const std::vector<std::string>& line, const OptionScope& scope,
                             bool applies) {
  std::vector<std::string> out;
  for (const Case& c : cases_of(line))
    if (scope.applies(c) == applies) out.push_back(c.id());
  return out;
}

}  // namespace

TEST_CASE("each verb is one row of the table, and has a name unless it is the sweep") {
  REQUIRE(all_verbs().size() == kLines.size());
  for (const auto& [verb, line] : kLines) {
    const auto row = std::ranges::find(all_verbs(), verb, &VerbRow::verb);
    REQUIRE(row != all_verbs().end());
    CHECK(row->name == (verb == Verb::sweep ? "" : line.front()));
    CHECK((row->run != nullptr && row->add_options != nullptr));
  }
}

// True if the verb has an option of its own under that name.
bool is_own(std::string_view option, const VerbRow& row) {
  if (row.name.empty()) return false;
  return contains(parse({std::string(row.name), "--help"}).out, "\n  " + std::string(option) + " ");
}

TEST_CASE("each verb refuses the options that the table does not give it, and no other") {
  for (const OptionScope& scope : option_scopes())
    for (const VerbRow& row : all_verbs()) {
      const Parsed parsed = parse(line_with(scope.option, row.verb));
      CAPTURE(scope.option, row.name, parsed.err);
      const bool refused = parsed.err.find(" does not take ") != parsed.err.npos;
      CHECK(refused == !(row.takes.contains(scope.group) || is_own(scope.option, row)));
    }
}

TEST_CASE("every option of the command line is in the table") {
  const std::string help = parse({"--help"}).out;
  for (std::size_t at = help.find("\n  --"); at != help.npos; at = help.find("\n  --", at + 1)) {
    const std::string option = help.substr(at + 3, help.find_first_of(" ,\n", at + 3) - at - 3);
    CAPTURE(option);
    const bool known =
        std::ranges::find(option_scopes(), option, &OptionScope::option) != option_scopes().end();
    CHECK((known || option == "--version"));
  }
}

// Two values of an option: where it applies every id is another, elsewhere each is the same.
TEST_CASE("an option makes a difference to the cases that the table says, and to no other") {
  const std::vector<std::string> base = {
      "--suite",  "roundtrip,quantize,dequantize,gemv,gemm,batch,qlora",
      "--shapes", "8x64",
      "--device", "cpu"};
  const std::map<std::string, std::pair<std::string, std::string>> values = {
      {"--block-sizes", {"32", "4096"}},
      {"--dtypes", {"bf16", "fp16"}},
      {"--m", {"3", "5"}},
      {"--lora-rank", {"3", "5"}},
      {"--inputs", {"normal", "uniform"}}};
  for (const auto& [option, two] : values) {
    const OptionScope& scope = *std::ranges::find(option_scopes(), option, &OptionScope::option);
    std::vector<std::string> one = base, other = base;
    one.insert(one.end(), {option, two.first});
    other.insert(other.end(), {option, two.second});
    CAPTURE(option);
    CHECK(ids(one, scope, false) == ids(other, scope, false));
    const auto differ = ids(one, scope, true), others = ids(other, scope, true);
    REQUIRE_FALSE(differ.empty());
    for (const std::string& id : differ) CHECK(std::ranges::find(others, id) == others.end());
  }
}

TEST_CASE("an option without effect on all that was asked for is refused, on some it is told") {
  CHECK_THROWS_WITH(notes({"--suite", "roundtrip", "--modes", "nf4", "--dtypes", "bf16"}),
                    ContainsSubstring("--dtypes makes no difference to roundtrip"));
  CHECK_THROWS_WITH(notes({"--suite", "roundtrip", "--modes", "nf4", "--m", "3"}),
                    ContainsSubstring("--m makes no difference to roundtrip (it has no tokens)"));
  CHECK_THROWS_WITH(
      notes({"--suite", "gemm", "--modes", "nf4", "--lora-rank", "3"}),
      ContainsSubstring("--lora-rank makes no difference to gemm (it has no adapter)"));
  CHECK_THROWS_WITH(notes({"--suite", "gemv", "--modes", "int8", "--block-sizes", "64"}),
                    ContainsSubstring("--block-sizes makes no difference to int8"));
  CHECK_THROWS_WITH(notes({"--suite", "gemv", "--modes", "nf4", "--device", "emulated",
                           "--min-time", "1", "--shapes", "8x64"}),
                    ContainsSubstring("--min-time makes no difference to emulated"));
  CHECK_THROWS_WITH(notes({"--suite", "roundtrip", "--inputs", "specials", "--seed", "2"}),
                    ContainsSubstring("--seed makes no difference to specials"));
  CHECK(notes({"--suite", "gemv", "--modes", "nf4,int8", "--block-sizes", "64"}) ==
        "--block-sizes makes no difference to int8 (it has no choice of blocks)");
  CHECK(notes({"--suite", "roundtrip,gemv", "--modes", "nf4", "--dtypes", "fp16"}) ==
        "--dtypes makes no difference to roundtrip (it has no activations or results of a type)");
  CHECK(notes({"--suite", "roundtrip", "--modes", "nf4", "--shapes", "4x8x64"}) ==
        "the m of --shapes makes no difference to roundtrip");
  CHECK(notes({"--suite", "gemv", "--modes", "nf4", "--seed", "2"}).empty());
}

TEST_CASE("inputs beside real weights are of the activations of products alone") {
  Parsed parsed = parse({"--weights", "w", "--modes", "nf4", "--inputs", "outliers"});
  parsed.options.sweep.tensors = {{.name = "", .shape = {8, 64}, .file = "w"}};
  CHECK_THROWS_WITH(notes_on_options(parsed.options, selected_cases(parsed.options)),
                    ContainsSubstring("--inputs makes no difference to roundtrip of real weights"));
  parsed.options.sweep.suites = {find_suite("gemv")};
  CHECK(notes_on_options(parsed.options, selected_cases(parsed.options)).empty());
}

}  // namespace qbench
