// SPDX-License-Identifier: Apache-2.0
// From runs of two sides to findings, on results that are made up.
#include "harness/gates/ab/comparison.h"

#include <cmath>

#include "harness/gates/findings/apart.h"
#include "tests/catch.h"
#include "tests/harness/gates/ab/made_up_runs.h"

namespace qbench {
namespace {

using namespace test;

TEST_CASE("each case and the mean of each suite has a finding") {
  const auto found =
      findings_of(pair_of({timed("a", 1e-6), timed("b", 1e-6), timed("c", 1, "gemm")},
                          {timed("a", 1.2e-6), timed("b", 1e-6), timed("c", 1, "gemm")}));
  REQUIRE(found.size() == 4);
  CHECK(found[0].judgement == Judgement::slow);
  CHECK((found[0].subject == "a" && found[0].field == "seconds" && found[0].gate == "speed"));
  CHECK((found[0].before == "1 us" && found[0].after == "1.2 us"));
  CHECK(found[0].command == "again a");
  CHECK(found[1].judgement == Judgement::same);
  CHECK(found[1].command == "");
  CHECK(found[2].judgement == Judgement::same);
  CHECK(found[3].subject == "gemv/geomean");  // sqrt(1.2): +9.5 %
  CHECK(found[3].judgement == Judgement::slow);
  CHECK(found[3].reason.starts_with("+9.5 %"));
  CHECK(exit_code(found) == 3);
}

TEST_CASE("the minimum counts on the CPU, the median on a GPU") {
  Result cpu = timed("a", 1), gpu = timed("a", 1);
  gpu.device = "cuda:0";
  CHECK(seconds_of(cpu) == 1);
  CHECK(seconds_of(gpu) == 2);
}

TEST_CASE("a wrong result is a breach of errors, whatever its speed") {
  Result wrong = timed("a", 1e-9);
  wrong.status = Status::wrong;
  wrong.reason = "off by 3";
  const auto found = findings_of(pair_of({timed("a", 1)}, {wrong}));
  REQUIRE(found.size() == 2);
  CHECK((found[0].gate == "errors" && found[0].judgement == Judgement::breach));
  CHECK(found[0].reason == "off by 3");
  CHECK(exit_code(found) == 2);
}

// After ten pairs of cases a and b, all but the first with this result of a.
std::vector<Finding> after_later(const Result& before, const Result& after) {
  Comparison comparison({}, [](const RowKey&) { return 0.03; });
  comparison.add(pair_of({timed("a", 1), timed("b", 1)}, {timed("a", 1), timed("b", 1)}));
  for (int i = 0; i < 9; ++i)
    comparison.add(pair_of({before, timed("b", 1)}, {after, timed("b", 1)}));
  comparison.look(true);
  return comparison.findings([](const std::string&) { return ""; });
}

TEST_CASE("a case that turns wrong in a later process is a breach of errors") {
  Result wrong = timed("a", 1);
  wrong.status = Status::wrong;
  wrong.reason = "off by 3";
  const auto found = after_later(timed("a", 1), wrong);
  CHECK(exit_code(found) == 2);
  CHECK((found[0].gate == "errors" && found[0].judgement == Judgement::breach));
  CHECK((found[0].field == "status" && found[0].after == "wrong"));
  CHECK(found[0].reason == "right in some processes, in others: off by 3");
  CHECK(found[1].judgement == Judgement::same);
}

TEST_CASE("pairs without a time count for nothing, whichever side lacks it") {
  Result none = timed("a", 1);
  none.status = Status::error;
  none.reason = "every sample was set aside";
  for (const auto& found : {after_later(timed("a", 1), none), after_later(none, timed("a", 1))}) {
    CHECK(found[0].judgement == Judgement::inconclusive);
    CHECK(found[0].reason.ends_with("1 pair; pairs without a time: 9"));
    CHECK(found[1].judgement == Judgement::same);
    CHECK(exit_code(found) == 4);
  }
}

TEST_CASE(
    "what a row's threshold belongs to is the case, its threads and, of a mean, all its cases") {
  const auto keys = [](std::vector<Result> results) {
    Comparison comparison({}, [](const RowKey&) { return 0.03; });
    comparison.add(pair_of(results, results));
    return comparison.keys();
  };
  Result two = timed("a", 1);
  two.threads = 2;
  const auto one_thread = keys({timed("a", 1), timed("b", 1)});
  const auto two_threads = keys({two, timed("b", 1)});
  const auto others = keys({timed("a", 1), timed("c", 1)});
  REQUIRE(one_thread.size() == 3);
  CHECK(one_thread[0].text == "a/threads:0");
  CHECK(two_threads[0].text == "a/threads:2");
  CHECK(one_thread[2].subject == "gemv/geomean");
  CHECK(one_thread[2].text != two_threads[2].text);
  CHECK(one_thread[2].text != others[2].text);
  CHECK(one_thread[2].text == keys({timed("a", 1), timed("b", 1)})[2].text);
}

TEST_CASE("cases of one side alone, without times, or sampled otherwise are told apart") {
  Result skipped = timed("s", 1);
  skipped.status = Status::skipped;
  skipped.reason = "no GPU";
  Result five = timed("f", 1);
  five.samples = 5;
  const auto found = findings_of(
      pair_of({timed("old", 1), skipped, five}, {timed("new", 1), skipped, timed("f", 1)}));
  REQUIRE(found.size() == 5);
  CHECK((found[0].subject == "new" && found[0].judgement == Judgement::skipped));
  CHECK((found[1].subject == "s" && found[1].reason == "both sides skipped it: no GPU"));
  CHECK(found[2].reason == "the old side takes 5 samples a process, the new one 7");
  CHECK((found[3].subject == "old" && found[3].judgement == Judgement::incomparable));
  CHECK(found[4].reason == "no case has a time on both sides");
  CHECK(exit_code(found) == 5);
}

TEST_CASE("a case that fails on one side is told with that side's reason") {
  Result error = timed("a", 1);
  error.status = Status::error;
  error.reason = "out of memory";
  const auto of_new = findings_of(pair_of({timed("a", 1)}, {error}));
  CHECK(of_new[0].judgement == Judgement::incomparable);
  CHECK(of_new[0].reason == "the new side failed: out of memory");
  CHECK(findings_of(pair_of({error}, {timed("a", 1)}))[0].reason ==
        "the old side failed: out of memory");
  Result untimed = timed("a", 1);
  untimed.seconds_min.reset();
  CHECK(findings_of(pair_of({untimed}, {untimed}))[0].reason == "it has no time");
  CHECK(findings_of(pair_of({untimed}, {error}))[0].reason == "the new side failed: out of memory");
}

TEST_CASE("a comparison in which neither side has a time does not pass") {
  Result untimed = timed("a", 1);
  untimed.seconds_min.reset();
  const auto found = findings_of(pair_of({untimed}, {untimed}));
  CHECK(found.back().judgement == Judgement::unjudged);
  CHECK(found.back().command == "again speed");
  CHECK(exit_code(found) == 1);
  CHECK(exit_code(findings_of(pair_of({untimed}, {timed("a", 1)}))) == 5);
}

TEST_CASE("a slower row is allowed for what the policy takes for it, up to its limit") {
  Result better = timed("a", 1.1), worse = timed("a", 1);
  better.output_sqnr_db = 21;
  better.bits_per_param = 4.25;
  const Pair pair = pair_of({worse}, {better});
  CHECK(findings_of(pair)[0].judgement == Judgement::slow);
  CHECK(findings_of(pair, {.trade = {.sqnr_db = 1}})[0].judgement == Judgement::traded);
  CHECK(findings_of(pair, {.trade = {.sqnr_db = 1.1}})[0].judgement == Judgement::slow);
  const auto bits = findings_of(pair, {.trade = {.bits_per_param = 0.25}});
  CHECK(bits[0].judgement == Judgement::traded);
  CHECK(bits[0].reason.ends_with("allowed for -0.2500 bits per parameter"));
  CHECK(exit_code(bits) == 0);
  CHECK(findings_of(pair, {.trade = {.sqnr_db = 1, .slowest = 0.05}})[0].judgement ==
        Judgement::slow);
}

TEST_CASE("a mean is allowed to be slower where each of its slower rows is") {
  Result a = timed("a", 1.3), b = timed("b", 1.3);
  a.output_sqnr_db = 22;
  b.output_sqnr_db = 22;
  const SpeedPolicy policy{.trade = {.sqnr_db = 1}};
  const std::vector<Result> before = {timed("a", 1), timed("b", 1)};
  CHECK(findings_of(pair_of(before, {a, b}), policy)[2].judgement == Judgement::traded);
  b.output_sqnr_db = 20;
  CHECK(findings_of(pair_of(before, {a, b}), policy)[2].judgement == Judgement::slow);
}

TEST_CASE("a GPU's row whose cycles stay is CLOCK") {
  Result before = timed("a", 1), after = timed("a", 1.2);
  before.device = after.device = "cuda:0";
  before.cycles = after.cycles = 100;
  const auto found = findings_of(pair_of({before}, {after}), {.rule = {.looks = {10}}});
  CHECK(found[0].judgement == Judgement::clock);
  CHECK(exit_code(found) == 4);
}

}  // namespace
}  // namespace qbench
