// SPDX-License-Identifier: Apache-2.0
// Notes: each reason is given once, with the rows that it is about.
#include "reports/summaries/notes.h"

#include <algorithm>

#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;

namespace {

Result skipped(const std::string& kernel, const std::string& mode, const std::string& reason) {
  Result r;
  static int count = 0;
  r.id = std::to_string(++count);
  r.kernel = kernel;
  r.mode = mode;
  r.status = Status::skipped;
  r.reason = reason;
  return r;
}

std::string only_note(const std::vector<Result>& results) {
  const auto notes = make_notes(results);
  return notes.size() == 1 ? notes[0] : "not one note but " + std::to_string(notes.size());
}

}  // namespace

TEST_CASE("a reason that several kernels share is told once, with their names") {
  const std::string why = ": k must be a multiple of 32, not 100";
  CHECK(only_note({skipped("gemv-mma", "nf4", "gemv-mma" + why),
                   skipped("gemm-mma", "nf4", "gemm-mma" + why),
                   skipped("gemm-mma", "fp4", "gemm-mma" + why),
                   skipped("gemv-mma", "fp4", "gemv-mma" + why),
                   skipped("gemv-mma", "int4", "gemv-mma" + why)}) ==
        "skipped 5: gemv-mma, gemm-mma: k must be a multiple of 32, not 100 (x5)");
}

TEST_CASE("a reason may be about a mode or a tensor, with a colon or without") {
  const auto tensor = [](const std::string& name, const std::string& told) {
    Result r = skipped("", "", "tensor \"" + told + "\": F64 is no type of weights");
    r.tensor = name;
    return r;
  };
  CHECK(only_note({skipped("k", "nf4", "nf4 at block size 48 is not defined"),
                   skipped("k", "fp4", "fp4 at block size 48 is not defined"),
                   tensor("a\nb", "a\nb"), tensor("c\nd", "c\\nd")}) ==
        "skipped 4: nf4, fp4 at block size 48 is not defined (x2); tensor \"a\\nb\", tensor "
        "\"c\\nd\": F64 is no type of weights (x2)");
}

TEST_CASE("only a whole name at the beginning is what a reason is about") {
  CHECK(only_note({skipped("gemm", "nf4", "gemm-mma: is not there"),
                   skipped("gemv", "nf4", "gemv-mma: is not there"),
                   skipped("none", "nf4", "no CUDA device")}) ==
        "skipped 3: gemm-mma: is not there; gemv-mma: is not there; no CUDA device");
}

TEST_CASE("up to four names and eight reasons are told, the rest is counted") {
  std::vector<Result> results;
  for (char kernel = 'a'; kernel < 'g'; ++kernel)
    results.push_back(skipped({kernel}, "nf4", std::string{kernel} + ": why"));
  CHECK(only_note(results) == "skipped 6: a, b, c, d and 2 more: why (x6)");
  for (int reason = 0; reason < 9; ++reason)
    results.push_back(skipped("k", "nf4", "reason " + std::to_string(reason)));
  CHECK(
      only_note(results) ==
      "skipped 15: a, b, c, d and 2 more: why (x6); reason 0; reason 1; reason 2; reason 3; reason "
      "4; reason 5; reason 6; and 2 more reasons (see --report csv)");
}

TEST_CASE("no reason is said to be none") {
  CHECK(only_note({skipped("k", "nf4", "")}) == "skipped 1: no reason given");
}

TEST_CASE("notes are printable") {
  auto results = samples::generated();
  for (Result& r : results) {
    r.id = r.tensor = r.mode = "\x1b[2J\n" + r.id;
    r.reason = r.noise = r.not_in_totals = "\x1b]0;title\x07\n";
  }
  const auto notes = make_notes(results);
  CHECK(notes.size() > 4);
  for (const std::string& note : notes)
    CHECK(std::ranges::none_of(note, [](char c) { return c >= 0 && c < ' '; }));
}
