// SPDX-License-Identifier: Apache-2.0
// Command lines that are refused, and what each is answered.
#include "harness/cli/options_refused.h"

#include "suites/axes.h"
#include "tests/catch.h"
#include "tests/harness/cli/command_line.h"

namespace qbench {
namespace {

using namespace test;

TEST_CASE("a mistyped name is answered with the nearest right one") {
  CHECK(error({"--suite", "gemmm"}) == "qbench: unknown suite 'gemmm': did you mean 'gemm'?");
  CHECK(error({"--suite", "gemm", "--modes", "nf4,fn4"}) ==
        "qbench: unknown mode 'fn4': did you mean 'nf4'?");
  CHECK(
      contains(error({"--suite", "gemm", "--dtypes", "f16"}), "dtype 'f16': did you mean 'fp16'?"));
  CHECK(contains(error({"--suite", "gemm", "--inputs", "studentt"}),
                 "input 'studentt': did you mean 'student-t'?"));
  CHECK(contains(error({"--suite", "gemm", "--kernels", "refernce"}),
                 "kernel 'refernce': did you mean 'reference'?"));
  for (const char* device : {"cuda", "gpu"})
    CHECK(contains(error({"--suite", "gemm", "--device", device}), "the first GPU is 'cuda:0'"));
  CHECK(error({"--errors", "l"}) ==
        "qbench: --errors is an option of gate: qbench gate --errors ...");
  CHECK(contains(error({"benchmark"}), "unknown command 'benchmark': there are model, gate, ab"));
  CHECK(contains(error({"gaet", "--errors", "l"}), "did you mean 'gate'?"));
  const std::string kernels = error({"--suite", "gemm", "--kernels", "foo"});
  CHECK(kernels.find("reference") == kernels.rfind("reference"));
  CHECK(contains(error({"--list", "mode"}), "part of --list 'mode': did you mean 'modes'?"));
  CHECK(contains(error({"--suite", "gemm", "--isolate=some"}), "there are none, libraries, all"));
  CHECK(contains(error({"--suite", "gemm", "--report", "makrdown"}),
                 "'makrdown': did you mean 'markdown'?"));
  CHECK(contains(error({"--suite", "gemm", "--shapes", "lama-2-7b"}),
                 "'lama-2-7b': did you mean 'llama-2-7b'?"));
  CHECK(error({"--suite", "decode", "--batch", "1,8"}) ==
        "qbench: --batch: the batch of a sweep is its m: --m 1,8,64");
  CHECK(error({"--mode", "nf4"}) == "qbench: unknown option '--mode': did you mean '--modes'?");
  CHECK(contains(error({"--suite", "gemm", "--blocksizes=64"}),
                 "'--blocksizes': did you mean '--block-sizes'?"));
  CHECK(contains(error({"--suite", "convolution"}),
                 "there are roundtrip, quantize, dequantize, gemv, gemm, batch"));
}

TEST_CASE("an option with an empty text is refused, be it an axis, a list or a single value") {
  const auto refused = [](const std::string& option) {
    return "qbench: " + option + ": its text is empty: give a value, or leave " + option + " out";
  };
  std::size_t axes = 0;
  for (const Axis& axis : all_axes()) {
    if (axis.option.empty()) continue;
    const std::string option(axis.option);
    CAPTURE(option);
    ++axes;
    CHECK(error({"--suite", "roundtrip", option, ""}) == refused(option));
    CHECK(contains(error({"--suite", "roundtrip", option + "="}), option + ": 1 required "));
    CHECK(error({"gate", "--errors", "l", option, ""}) == refused(option));
  }
  CHECK(axes == all_axes().size() - 1);  // tensors come from --weights
  for (const char* option : {"--weights", "--against", "--filter", "--case", "--threads",
                             "--exclude", "--report", "--journal", "--kernel-library"})
    CHECK(error({"--suite", "roundtrip", option, ""}) == refused(option));
  CHECK(error({"memory", "llama-3-8b", "--modes", ""}) == refused("--modes"));
  CHECK(contains(error({"--suite", "roundtrip", "--modes", "nf4", "--modes", ""}), "is empty"));
}

TEST_CASE("subcommands refuse what they have no use for") {
  CHECK(contains(error({"ab"}), "OLD"));
  CHECK(contains(error({"ab", "main", "HEAD"}), "nothing to do: give --suite"));
  CHECK(contains(error({"ab", "a", "b", "c", "--suite", "gemv"}), "unexpected 'c'"));
  CHECK(contains(error({"ab", "a", "b", "--suite", "gemv", "--min-time", "1"}),
                 "ab does not take --min-time: leave it out"));
  CHECK(contains(error({"ab", "a", "b", "--suite", "gemv", "--treshold", "1"}),
                 "did you mean '--threshold'?"));
  CHECK(contains(error({"ab", "a", "b", "--suite", "gemv", "--threshold", "five"}),
                 "as in 5% or 0.05"));
  CHECK(contains(error({"ab", "a", "b", "--suite", "gemv", "--calibrate"}), "give one side"));
  CHECK(contains(error({"ab", "a", "b", "--suite", "gemv", "--report", "markdwn"}),
                 "did you mean 'markdown'?"));
  CHECK(contains(error({"gate"}), "give --errors LEDGER or --policy FILE"));
  CHECK(contains(error({"gate", "--errors", "l", "--base", "main"}), "give --policy FILE"));
  CHECK(contains(error({"gate", "--policy", "p", "--errors", "l"}), "leave out --errors"));
  CHECK(contains(error({"gate", "--policy", "p", "--gates", "sped"}), "did you mean 'speed'?"));
  CHECK(contains(error({"gate", "--errors", "l", "--gates", "speed"}), "give --policy FILE"));
  CHECK(
      contains(error({"ab", "a", "b", "--suite", "gemv", "--threshold", "5"}), "give 5% or 0.05"));
  CHECK(contains(error({"ab", "a", "b", "--suite", "gemv", "--journal", "/dev/null"}),
                 "/dev/null exists: give another name"));
  CHECK(contains(error({"gate", "--policy", "p", "--modes", "nf4"}), "leave out --modes"));
  CHECK(contains(error({"gate", "--policy", "p", "--update"}), "give --errors LEDGER"));
  CHECK(contains(error({"compare", "a.jsonl"}), "NEW"));
  CHECK(contains(error({"compare", "a", "b", "--modes", "nf4"}), "compare does not take --modes"));
  CHECK(contains(error({"selftest", "--suite", "gemv"}), "selftest does not take --suite"));
}

}  // namespace
}  // namespace qbench
