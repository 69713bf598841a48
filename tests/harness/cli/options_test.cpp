// SPDX-License-Identifier: Apache-2.0
// The command line: what it means, and what it answers to mistakes.
#include "harness/cli/options.h"

#include <sstream>

#include "harness/cli/options_values.h"
#include "harness/sweep/selection.h"
#include "kernels/device/cuda_device.h"
#include "reference/simd/parallel.h"
#include "suites/mode_sets.h"
#include "suites/names.h"
#include "tests/catch.h"
#include "tests/harness/cli/command_line.h"

namespace qbench {
namespace {

using namespace test;

TEST_CASE("lists are comma separated, repeated and without duplicates") {
  const Options o = good({"--suite",
                          "gemm,gemv",
                          "--modes=nf4,fp4",
                          "--modes",
                          "int8,nf4",
                          "--block-sizes",
                          "32,64,32",
                          "--dtypes",
                          "fp16,bf16",
                          "--inputs",
                          "student-t,outliers",
                          "--kernels",
                          "reference",
                          "--device",
                          "auto,cpu,cuda:1",
                          "--seed",
                          "18446744073709551615",
                          "--threads",
                          "1",
                          "--min-time",
                          "0.5"});
  CHECK(o.sweep.suites == std::vector{find_suite("gemm"), find_suite("gemv")});
  CHECK(o.sweep.modes == std::vector{find_mode("nf4"), find_mode("fp4"), find_mode("int8")});
  CHECK(o.sweep.block_sizes == std::vector{32, 64});
  CHECK(o.sweep.dtypes == std::vector{Dtype::fp16, Dtype::bf16});
  CHECK(o.sweep.inputs == std::vector{Input::student_t, Input::outliers});
  CHECK(o.sweep.kernels == std::vector<std::string>{"reference"});
  CHECK(o.sweep.devices == std::vector<DeviceId>{{DeviceKind::cpu}, {DeviceKind::cuda, 1}});
  CHECK(o.sweep.auto_devices);
  CHECK(o.sweep.seed == 18446744073709551615u);
  CHECK(o.threads == 1);
  CHECK(o.min_time == 0.5);
}

TEST_CASE("defaults are the common modes, a table on stdout and seed 1") {
  const Options o = good({"--suite", "gemm"});
  CHECK(o.sweep.modes == find_modes("common"));
  CHECK(o.sweep.shapes.empty());
  CHECK(o.sweep.seed == 1);
  REQUIRE(o.reports.size() == 1);
  CHECK(o.reports[0].first == find_report("table"));
  CHECK(o.reports[0].second.empty());
  CHECK(good({"--suite", "gemm", "--modes", "nf4,all"}).sweep.modes.size() == all_modes().size());
}

TEST_CASE("verbs that judge take every mode where none is named") {
  const Modes all = find_modes("all");
  CHECK(good({"gate", "--errors", "l", "--suite", "gemm"}).sweep.modes == all);
  CHECK(good({"gate", "--errors", "l"}).sweep_arguments.empty());
  const Options ab = good({"ab", "a", "b", "--suite", "gemm"});
  CHECK(ab.sweep.modes == all);
  CHECK(ab.sweep_arguments ==
        std::vector<std::string>{"--suite", "gemm", "--modes", "all", "--threads", "1"});
}

TEST_CASE("modes are names, sets and globs, and the sides of ab get names") {
  const std::vector<std::string> line = {"--suite", "gemm", "--modes", "NF4,fp4*,plain"};
  const Modes wanted = {find_mode("nf4"),  find_mode("fp4"),  find_mode("fp4-dq"),
                        find_mode("fp32"), find_mode("fp16"), find_mode("bf16")};
  CHECK(good(line).sweep.modes == wanted);
  std::vector<std::string> ab = {"ab", "a", "b"};
  ab.insert(ab.end(), line.begin(), line.end());
  CHECK(good(ab).sweep.modes == wanted);
  CHECK(good(ab).sweep_arguments == std::vector<std::string>{"--suite", "gemm", "--modes",
                                                             "nf4,fp4,fp4-dq,fp32,fp16,bf16",
                                                             "--threads", "1"});
  CHECK(good({"ab", "a", "b", "--case",
              "gemv/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:1/n:8/"
              "k:64/input:normal/seed:1"})
            .sweep.modes == Modes{find_mode("nf4")});
  CHECK(contains(error({"--suite", "gemm", "--modes", "fp9*"}), "no mode matches 'fp9*'"));
}

TEST_CASE("--m gives the tokens of shapes that have none of their own") {
  const Options o = good({"--suite", "gemm", "--m", "1,16", "--m", "1,3", "--shapes", "7x9"});
  CHECK(o.sweep.m == std::vector<std::int64_t>{1, 16, 3});
  CHECK(o.sweep.shapes == std::vector<Shape>{{0, 7, 9}});
  CHECK(contains(error({"--suite", "gemm", "--m", "1", "--shapes", "7x9,2x3x5"}),
                 "--m: the shape 2x3x5 has an m of its own: write 3x5, or leave out --m"));
  CHECK(contains(error({"--suite", "gemm", "--m", "0"}), "--m: '0' is not a positive"));
  CHECK(contains(error({"--suite", "gemm", "--m", "1048576", "--shapes", "2097152x2097152"}),
                 "--m: '1048576' is too large: m * n * k must stay below 2^62"));
  CHECK(contains(error({"--suite", "gemm", "--m", "9223372036854775807"}), "is too large"));
  good({"--suite", "gemm", "--m", "1048575", "--shapes", "2097152x2097152"});
}

TEST_CASE("--lora-rank gives the ranks of adapters; memory has an option of that name") {
  CHECK(good({"--suite", "qlora", "--lora-rank", "8,16", "--lora-rank", "8"}).sweep.ranks ==
        std::vector<std::int64_t>{8, 16});
  CHECK(good({"memory", "llama-2-7b", "--lora-rank", "8"}).memory.use.lora_rank == 8);
  CHECK(contains(error({"--suite", "qlora", "--lora-rank", "0"}),
                 "--lora-rank: '0' is not a positive whole number"));
  CHECK(contains(error({"--suite", "qlora", "--lora-rank", "65537"}),
                 "--lora-rank: '65537' is too large: at most 65536"));
}

TEST_CASE("explain takes modes as --modes does, and nothing else") {
  CHECK(good({"explain", "nf4,INT8", "fp4*"}).explained ==
        Modes{find_mode("nf4"), find_mode("int8"), find_mode("fp4"), find_mode("fp4-dq")});
  CHECK(error({"explain", "nf5"}) == "qbench: unknown mode 'nf5': there are nf2, nf3, nf4");
  CHECK(contains(error({"explain"}), "explain: name a mode"));
  CHECK(contains(error({"explain", "nf4", "--suite", "gemm"}), "explain does not take --suite"));
}

TEST_CASE("shapes are MxNxK, NxK or a model's") {
  const Options o =
      good({"--suite", "gemm", "--shapes", "2x3x5,7x9", "--shapes", "Mistral-7B-v0.1"});
  CHECK(o.sweep.shapes == std::vector<Shape>{{2, 3, 5},
                                             {0, 7, 9},
                                             {0, 4096, 4096},
                                             {0, 1024, 4096},
                                             {0, 14336, 4096},
                                             {0, 4096, 14336}});
  CHECK(contains(error({"--suite", "gemm", "--shapes", "5"}),
                 "'5' is not MxNxK, NxK or the name of a model"));
  CHECK(contains(error({"--suite", "gemm", "--shapes", "0x5"}),
                 "'0' is not a positive whole number"));
  CHECK(contains(error({"--suite", "gemm", "--shapes", "5x5x"}),
                 "'' is not a positive whole number"));
  CHECK(contains(error({"--suite", "gemm", "--shapes", "1048576x2097152x2097152"}), "below 2^62"));
  good({"--suite", "gemm", "--shapes", "1048575x2097152x2097152"});
}

TEST_CASE("weights alone mean the suite roundtrip and the common modes") {
  const Options o = good({"--weights", "a.safetensors:q,k"});
  CHECK(o.weights == std::vector<std::string>{"a.safetensors:q,k"});
  CHECK(good({"--weights", "a", "--weights", "b:q"}).weights ==
        std::vector<std::string>{"a", "b:q"});
  CHECK(o.sweep.suites == std::vector{find_suite("roundtrip")});
  CHECK(o.sweep.modes == find_modes("common"));
  CHECK(good({"--weights", "a", "--suite", "gemv"}).sweep.suites ==
        std::vector{find_suite("gemv")});
  CHECK(contains(error({"--weights", "a", "--shapes", "1x2"}), "cannot be combined"));
}

TEST_CASE("block sizes are numbers of weights, row or tensor") {
  CHECK(good({"--suite", "gemm", "--block-sizes", "row,64,tensor"}).sweep.block_sizes ==
        std::vector{kWholeRow, 64, kWholeTensor});
}

TEST_CASE("numbers are checked") {
  CHECK(contains(error({"--suite", "gemm", "--block-sizes", "0"}),
                 "--block-sizes: '0' is not a positive"));
  CHECK(
      contains(error({"--suite", "gemm", "--block-sizes", "64k"}), "--block-sizes: '64k' is not"));
  CHECK(contains(error({"--suite", "gemm", "--block-sizes", "99999999999"}), "is too large"));
  CHECK(contains(error({"--suite", "gemm", "--seed", "-1"}), "--seed: '-1' is not a whole number"));
  CHECK(contains(error({"--suite", "gemm", "--seed", "18446744073709551616"}), "is too large"));
  CHECK(contains(error({"--suite", "gemm", "--threads", "0"}), "--threads: '0' is not a positive"));
  CHECK(contains(error({"--suite", "gemm", "--threads", "99999"}),
                 "--threads: 99999 are more than the " + std::to_string(reference::usable_cores()) +
                     " cores"));
  for (const char* time : {"-1", "nan", "inf", "1s"}) {
    CAPTURE(time);
    CHECK(contains(error({"--suite", "gemm", "--min-time", time}), "is not a number of seconds"));
  }
}

TEST_CASE("reports go to stdout or to files of their own") {
  const Options o = good(
      {"--suite", "gemm", "--report", "csv", "--report", "json=a,b=c.json", "--report", "table=-"});
  REQUIRE(o.reports.size() == 3);
  CHECK(o.reports[0] == std::pair{find_report("csv"), std::string()});
  CHECK(o.reports[1] == std::pair{find_report("json"), std::string("a,b=c.json")});
  CHECK(o.reports[2] == std::pair{find_report("table"), std::string()});
  CHECK(contains(error({"--suite", "gemm", "--report", "csv=a", "--report", "json=b/../a"}),
                 "two outputs"));
  CHECK(contains(error({"--suite", "gemm", "--journal", "a", "--report", "json=./a"}),
                 "two outputs"));
  CHECK(contains(error({"--suite", "gemm", "--report", "csv="}), "names no file"));
}

TEST_CASE("options that need or exclude each other say so") {
  CHECK(contains(error({}), "nothing to do: give --suite"));
  CHECK(contains(error({"--suite", "gemm", "--append"}), "--append needs --journal"));
  CHECK(good({"--suite", "gemm", "--append", "--journal", "j"}).append);
  CHECK(contains(error({"--suite", "gemm", "--modes", "nf4,", "fp4"}), "unexpected 'fp4'"));
  CHECK(contains(error({"--suite", "gemm", "--filter", "[a"}), "--filter: '[a'"));
  CHECK(good({"--suite", "gemm", "--filter", "[ab]"}).filter == "[ab]");
  CHECK(contains(error({"--suite"}), "--suite"));
  CHECK(
      contains(error({"--suite", "gemm", "--no-time", "--min-time", "1"}), "leave out --min-time"));
  CHECK(contains(error({"--suite", "gemm", "--exclude", "x"}), "give --weights FILE"));
  CHECK(contains(error({"--suite", "gemm", "--case-timeout", "1"}), "give --isolate"));
  CHECK(contains(error({"--weights", "w", "--tensors", "linaer"}), "did you mean 'linear'?"));
  if (cuda_status().devices.empty())
    CHECK(error({"--suite", "gemm", "--require-cuda"}) ==
          "qbench: --require-cuda: " + cuda_status().absent);
}

TEST_CASE("subcommands take their own options and those of a sweep that apply") {
  const Options ab = good({"ab", "main", "HEAD", "--suite", "gemv", "--modes", "nf4", "--threshold",
                           "5%", "--journal", "pairs.jsonl", "--report", "junit=x.xml"});
  CHECK(ab.verb == Verb::ab);
  CHECK((ab.gate.old_text == "main" && ab.gate.new_text == "HEAD"));
  CHECK(ab.gate.threshold == 0.05);
  CHECK(ab.journal == "pairs.jsonl");
  CHECK(ab.sweep_arguments ==
        std::vector<std::string>{"--suite", "gemv", "--modes", "nf4", "--threads", "1"});
  REQUIRE(ab.gate.reports.size() == 1);
  CHECK((ab.gate.reports[0].first->name == "junit" && ab.gate.reports[0].second == "x.xml"));
  const Options one = good({"ab", "main", "--calibrate", "--suite", "gemv", "--threads", "2"});
  CHECK((one.gate.calibrate && one.gate.new_text.empty()));
  CHECK(one.sweep_arguments ==
        std::vector<std::string>{"--suite", "gemv", "--modes", "all", "--threads", "2"});
  CHECK(good({"ab", "a", "b", "--suite", "gemv", "--threshold", "0.07"}).gate.threshold == 0.07);
  const Options gate = good({"gate", "--policy", "p.toml", "--base", "main", "--report", "github"});
  CHECK((gate.verb == Verb::gate && gate.gate.policy == "p.toml" && gate.gate.base == "main"));
  const Options compare = good({"compare", "a.jsonl", "b.jsonl"});
  CHECK(compare.verb == Verb::compare);
  CHECK((compare.gate.base_journal == "a.jsonl" && compare.gate.new_journal == "b.jsonl"));
  CHECK(good({"selftest"}).verb == Verb::selftest);
}

TEST_CASE("a line is read without a look at its libraries, and its values are judged after them") {
  const char* const line[] = {"qbench",           "ab",          "old.so",
                              "--kernel-library", "/no/such.so", "--suite",
                              "nowhere",          "--modes",     "nf5"};
  const CommandLine read = parse(std::size(line), line, all_verbs());
  CHECK((read.verb->verb == Verb::ab && read.answer.empty()));
  CHECK((read.raw.kernel_libraries == "/no/such.so" && read.raw.axes.at("--modes") == "nf5"));
  CHECK(all_kernels().size() == built_in_kernels()->size());
  CHECK(contains(error({"--kernel-library", "/no/such.so", "--suite", "nowhere"}),
                 "qbench: --kernel-library: /no/such.so"));
}

TEST_CASE("--isolate alone is every case, and those of libraries are the default") {
  CHECK(good({"--suite", "gemm"}).isolate == Isolate::libraries);
  CHECK(good({"--suite", "gemm", "--isolate"}).isolate == Isolate::all);
  CHECK(good({"--suite", "gemm", "--isolate", "none"}).isolate == Isolate::none);
  CHECK(good({"--isolate", "--suite", "gemm"}).isolate == Isolate::all);
}

TEST_CASE("edit distance counts insertions, deletions, substitutions and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("nf4", "NF4") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "ac") == 1);
  CHECK(edit_distance("abc", "abxc") == 1);
  CHECK(edit_distance("abcd", "abdc") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

}  // namespace
}  // namespace qbench
