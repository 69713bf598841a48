// SPDX-License-Identifier: Apache-2.0
// The command that a finding gives to run it again runs exactly that, read back by the command
// line.
#include "harness/gates/findings/rerun.h"

#include "harness/sweep/selection.h"
#include "tests/harness/gates/sides.h"

namespace qbench {
namespace {

using namespace test;

// Without the quotes of a shell.
std::vector<std::string> words_of(const std::string& line) {
  const Ended ended = run_process({.arguments = {"bash", "-c", "printf '%s\\0' " + line}});
  std::vector<std::string> words;
  for (std::size_t at = 0; at < ended.out.size();) {
    words.emplace_back(ended.out.c_str() + at);
    at += words.back().size() + 1;
  }
  return words;
}

// The options that the line comes to.
Options parsed(const std::string& line) {
  std::vector<std::string> words = words_of(line);
  REQUIRE(words.at(0) == "qbench");
  words.erase(words.begin());
  return options_of(words);
}

const std::string kCase =
    "gemm/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:3/n:8/k:64/input:outliers/seed:7";

TEST_CASE("a case alone is run, whatever the sweep was") {
  const Options gate =
      options_of({"gate",      "--errors",  "a ledger",      "--suite",   "gemm,roundtrip",
                  "--modes",   "nf4",       "--block-sizes", "64",        "--dtypes",
                  "bf16",      "--shapes",  "3x8x64",        "--inputs",  "outliers",
                  "--kernels", "reference", "--device",      "cpu",       "--seed",
                  "7",         "--filter",  "nf4",           "--threads", "2"});
  const std::string line = rerun_line({"qbench", "gate", "--errors", "a ledger"}, gate, kCase);
  CHECK(line == "qbench gate --errors 'a ledger' --case " + kCase + " --threads 2");
  const Options again = parsed(line);
  CHECK(again.gate.errors == "a ledger");
  CHECK(again.threads == 2);
  const std::vector<Case> cases = selected_cases(again);
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].id() == kCase);
}

TEST_CASE("a case of a real tensor keeps its file, one of generated weights leaves it out") {
  const Options options = options_of(
      {"gate", "--errors", "l", "--weights", "my file:a b", "--modes", "nf4", "--threads", "1"});
  const std::string real = "roundtrip/mode:nf4/kernel:reference/bs:64/n:2/k:64/seed:1/tensor:it's";
  const Options again = parsed(rerun_line({"qbench", "gate", "--errors", "l"}, options, real));
  CHECK(again.only_case == real);
  CHECK(again.weights == std::vector<std::string>{"my file:a b"});
  const Options generated = parsed(rerun_line({"qbench", "gate", "--errors", "l"}, options, kCase));
  CHECK(generated.only_case == kCase);
  CHECK(generated.weights.empty());
}

TEST_CASE("what is no case is run with the whole sweep, against either side") {
  const Options options = options_of({"ab", "old", "--suite", "gemv", "--seed", "3"});
  CHECK(rerun_line(ab_command("old", ""), options, "gemv/geomean") ==
        "qbench ab old --suite gemv --modes all --seed 3 --threads 1");
  const Options again = parsed(rerun_line(ab_command("old", "new"), options, kCase));
  CHECK((again.gate.old_text == "old" && again.gate.new_text == "new"));
  CHECK((again.only_case == kCase && again.threads == 1));
}

TEST_CASE("an option that a case leaves open is kept, whichever it is") {
  Options options;
  options.sweep_arguments = {"--modes",  "nf4", "--kernel-library", "./a.so,b.so",
                             "--layout", "x",   "--exclude",        "y"};
  CHECK(arguments_of_case(options, kCase) ==
        std::vector<std::string>{"--case", kCase, "--kernel-library", "./a.so,b.so"});
  CHECK(arguments_of_case(options, kCase + "/tensor:t") ==
        std::vector<std::string>{"--case", kCase + "/tensor:t", "--kernel-library", "./a.so,b.so",
                                 "--layout", "x"});
}

TEST_CASE("what a case is run again with is a command line that is taken") {
  const std::string real = "roundtrip/mode:nf4/kernel:reference/bs:64/n:2/k:64/seed:1/tensor:t";
  const Options options =
      options_of({"--weights", "w", "--tensors", "linear", "--exclude", "x", "--min-rank", "2",
                  "--layout", "t=transposed", "--modes", "nf4", "--threads", "1"});
  const Options again = parsed(rerun_line({"qbench"}, options, real));
  CHECK(again.only_case == real);
  CHECK(again.tensor_rules.layouts.size() == 1);
}

}  // namespace
}  // namespace qbench
