// SPDX-License-Identifier: Apache-2.0
// Journals that were stored: errors count always, times only under the same conditions.
#include "harness/gates/compare.h"

#include "tests/catch.h"

namespace qbench {
namespace {

Result result(double seconds, double nmse = 0.01) {
  Result r;
  r.id = "gemv/mode:nf4";
  r.suite = "gemv";
  r.device = "cpu";
  r.seconds = r.seconds_min = seconds;
  r.samples = 7;
  r.weight_nmse = nmse;
  return r;
}

std::vector<JournalRun> runs(int count, Result r, const std::string& cpu = "x") {
  return std::vector<JournalRun>(static_cast<std::size_t>(count),
                                 {{{"cpu", cpu}, {"date", std::to_string(count)}}, {r}});
}

TEST_CASE("under the same conditions ten runs a side are judged") {
  CHECK(exit_code(compare_journals(runs(10, result(1)), runs(10, result(1)))) == 0);
  CHECK(exit_code(compare_journals(runs(10, result(1)), runs(12, result(2)))) == 3);
  CHECK(exit_code(compare_journals(runs(10, result(2)), runs(10, result(1)))) == 0);
}

TEST_CASE("a single run a side shows nothing about speed") {
  const auto found = compare_journals(runs(1, result(1)), runs(1, result(2)));
  REQUIRE(found.size() == 2);
  CHECK(found[0].judgement == Judgement::same);  // of the errors
  CHECK(found[1].judgement == Judgement::inconclusive);
  CHECK(found[1].reason.starts_with("+100.0 %"));
  CHECK(exit_code(found) == 4);
}

TEST_CASE("where the environments differ times are advisory") {
  const auto found = compare_journals(runs(10, result(1)), runs(10, result(2), "y"));
  REQUIRE(found.size() == 3);
  CHECK(found[1].judgement == Judgement::skipped);
  CHECK(found[1].reason.starts_with("+100.0 %"));
  CHECK((found[1].before == "1e+06 us" && found[1].after == "2e+06 us"));
  CHECK((found[2].field == "cpu" && found[2].before == "x" && found[2].after == "y"));
  CHECK(exit_code(found) == 0);
}

TEST_CASE("an error that grew is a breach on any machine, one that shrank is told") {
  const auto grew = compare_journals(runs(1, result(1, 0.01)), runs(1, result(1, 0.02), "y"));
  CHECK((grew[0].judgement == Judgement::breach && grew[0].field == "weight_nmse"));
  CHECK((grew[0].before == "0.01" && grew[0].after == "0.02"));
  CHECK(exit_code(grew) == 2);
  const auto shrank = compare_journals(runs(1, result(1, 0.02)), runs(1, result(1, 0.01), "y"));
  CHECK(shrank[0].judgement == Judgement::recorded);
  CHECK(exit_code(shrank) == 0);
}

TEST_CASE("the errors of products count to nine digits") {
  Result before = result(1), after = result(1);
  before.output_nmse = 0.0123456789;
  after.output_nmse = 0.01234567891;
  CHECK(compare_journals(runs(1, before), runs(1, after, "y"))[0].judgement == Judgement::same);
  after.output_nmse = 0.0123456799;
  CHECK(compare_journals(runs(1, before), runs(1, after, "y"))[0].judgement == Judgement::breach);
}

TEST_CASE("samples of either side may be of any number") {
  Result more = result(1);
  more.samples = 812;
  CHECK(exit_code(compare_journals(runs(10, result(1)), runs(10, more))) == 0);
}

TEST_CASE("a case is found in whichever run of a journal it is") {
  Result other = result(1);
  other.id = "gemm/mode:nf4";
  Result grown = other;
  grown.weight_nmse = 0.02;
  auto base = runs(1, result(1)), candidate = runs(1, result(1));
  base.push_back(runs(1, other)[0]);
  candidate.push_back(runs(1, grown)[0]);
  const auto found = compare_journals(base, candidate);
  CHECK(exit_code(found) == 2);
  CHECK((found[0].subject == "gemm/mode:nf4" && found[0].judgement == Judgement::breach));
}

TEST_CASE("environments are compared both ways, but for what is measured anew") {
  auto more = runs(10, result(2));
  for (JournalRun& run : more) run.environment.emplace_back("ceilings cuda:0", "4.1 TB/s");
  CHECK(exit_code(compare_journals(runs(10, result(1)), more)) == 3);
  for (JournalRun& run : more) run.environment.emplace_back("gpu", "H200");
  CHECK(exit_code(compare_journals(runs(10, result(1)), more)) == 0);
  CHECK(exit_code(compare_journals(more, runs(10, result(1)))) == 0);
}

TEST_CASE("a case that passes again is told, one that does no longer is not comparable or wrong") {
  Result failed = result(1);
  failed.status = Status::error;
  const auto again = compare_journals(runs(1, failed), runs(1, result(1), "y"));
  CHECK(again[0].judgement == Judgement::recorded);
  CHECK(exit_code(again) == 0);
  CHECK(exit_code(compare_journals(runs(1, result(1)), runs(1, failed, "y"))) == 5);
  failed.status = Status::wrong;
  CHECK(exit_code(compare_journals(runs(1, result(1)), runs(1, failed, "y"))) == 2);
}

TEST_CASE("a figure that is gone is a breach") {
  Result after = result(1);
  after.weight_nmse.reset();
  const auto found = compare_journals(runs(1, result(1)), runs(1, after, "y"));
  CHECK((found[0].judgement == Judgement::breach && found[0].after.empty()));
}

TEST_CASE("journals without a case in common cannot be compared") {
  Result other = result(1);
  other.id = "gemv/mode:fp4";
  const auto found = compare_journals(runs(1, result(1)), runs(1, other));
  CHECK(exit_code(found) == 5);
  CHECK(found.back().reason == "they have no case in common");
}

}  // namespace
}  // namespace qbench
