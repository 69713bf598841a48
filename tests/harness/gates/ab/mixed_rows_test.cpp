// SPDX-License-Identifier: Apache-2.0
// Comparisons of several suites, devices and cases at once: what is kept apart, and what is taken
// together.
#include <algorithm>

#include "tests/harness/gates/ab/made_up_runs.h"

namespace qbench {
namespace {

using namespace test;

// A row of a device with a clock of its own.
Result on_device(const std::string& id, double seconds, std::optional<double> cycles,
                 const std::string& suite = "gemv") {
  Result r = timed(id, seconds / 2, suite);
  r.device = "cuda:0";
  r.cycles = cycles;
  return r;
}

Judgement judgement_of(const std::vector<Finding>& found, const std::string& subject) {
  const auto finding = std::ranges::find(found, subject, &Finding::subject);
  REQUIRE(finding != found.end());
  return finding->judgement;
}

TEST_CASE("a mean has cycles only where each of its rows has them") {
  const SpeedPolicy ten{.rule = {.looks = {10}}};
  // The seconds of both rows grow by a fifth, the cycles of one row stay.
  const auto mean_of = [&](std::optional<double> cycles) {
    return judgement_of(
        findings_of(pair_of({on_device("a", 1, 100), on_device("b", 1, cycles)},
                            {on_device("a", 1.2, 100),
                             on_device("b", 1.2, cycles ? std::optional(1.44 * *cycles) : cycles)}),
                    ten),
        "gemv/geomean");
  };
  CHECK(mean_of(100) == Judgement::slow);           // sqrt(1 * 1.44): +20 % of the cycles too
  CHECK(mean_of(std::nullopt) == Judgement::slow);  // by its seconds alone
}

TEST_CASE("each suite's mean is of its own rows, of several devices and kernels") {
  const std::vector<Result> before = {timed("gemv/a", 1), timed("gemv/b", 3e-3),
                                      on_device("gemv/c", 5e-6, 1e4), timed("gemm/a", 2, "gemm"),
                                      on_device("gemm/c", 7e-6, 2e4, "gemm")};
  std::vector<Result> after = before;
  for (Result& r : after)
    if (r.suite == "gemm") {
      for (auto field : {&Result::seconds, &Result::seconds_min}) *(r.*field) *= 1.3;
      if (r.cycles) *r.cycles *= 1.3;
    }
  const auto found = findings_of(pair_of(before, after));
  REQUIRE(found.size() == 5 + 2);
  for (const char* same : {"gemv/a", "gemv/b", "gemv/c", "gemv/geomean"})
    CHECK(judgement_of(found, same) == Judgement::same);
  for (const char* slow : {"gemm/a", "gemm/c", "gemm/geomean"})
    CHECK(judgement_of(found, slow) == Judgement::slow);
  const auto mean = std::ranges::find(found, "gemm/geomean", &Finding::subject);
  CHECK(mean->reason.starts_with("+30.0 %"));
}

TEST_CASE("samples have to be as many on both sides of a row of the CPU alone") {
  Result cpu = timed("a", 1), gpu = on_device("b", 1, 100);
  Result other_cpu = cpu, other_gpu = gpu;
  other_cpu.samples = 8;
  other_gpu.samples = 812;
  const auto found = findings_of(pair_of({cpu, gpu}, {other_cpu, other_gpu}));
  CHECK(judgement_of(found, "a") == Judgement::incomparable);
  CHECK(judgement_of(found, "b") == Judgement::same);
}

TEST_CASE("the evidence that a mean needs does not grow with the number of cases") {
  std::vector<Result> before, after;
  for (int i = 0; i < 12; ++i) {
    before.push_back(timed("gemm/" + std::to_string(i), 1 + i, "gemm"));
    before.push_back(timed("gemv/" + std::to_string(i), 1e-3 * (1 + i)));
  }
  after = before;
  for (Result& r : after)
    if (r.suite == "gemm") *r.seconds_min *= 1.1;
  const auto found = findings_of(pair_of(before, after), {.rule = {.looks = {10}}});
  CHECK(judgement_of(found, "gemm/geomean") == Judgement::slow);  // of two means
  CHECK(judgement_of(found, "gemv/geomean") == Judgement::same);
  // With 24 cases, even ten slower pairs in ten prove none of them slow.
  CHECK(judgement_of(found, "gemm/0") == Judgement::inconclusive);
}

TEST_CASE("the row of a tensor that the old side cannot use is no case that is missed") {
  Result unusable = timed("gemv/tensor:w", 1), skipped = timed("gemv/mode:nf4/tensor:v", 1);
  unusable.status = skipped.status = Status::skipped;
  skipped.mode = "nf4";
  skipped.reason = "no GPU";
  const auto found = findings_of(pair_of({timed("a", 1), unusable, skipped}, {timed("a", 1)}));
  REQUIRE(found.size() == 2);
  CHECK(found[1].subject == skipped.id);
  CHECK(found[1].judgement == Judgement::skipped);
  CHECK(found[1].reason == "the old side skipped it, and the new side has no such case");
}

}  // namespace
}  // namespace qbench
