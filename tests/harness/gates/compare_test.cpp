// SPDX-License-Identifier: Apache-2.0
// Journals that were stored: errors count always, times only under the same conditions.
#include "harness/gates/compare.h"

#include <algorithm>

#include "tests/harness/gates/sides.h"

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

Result named(const std::string& id, const std::string& mode = "nf4") {
  Result r = result(1);
  r.id = id;
  r.mode = mode;
  return r;
}

TEST_CASE("a case that one journal lacks is told: of the old one it is not comparable") {
  auto more = runs(1, named("a"));
  more[0].results.push_back(named("b"));
  const auto lost = compare_journals(more, runs(1, named("a")));
  CHECK(exit_code(lost) == 5);
  CHECK((lost[1].subject == "b" && lost[1].judgement == Judgement::incomparable));
  CHECK(lost[1].reason == "the new side has no such case");
  const auto gained = compare_journals(runs(1, named("a")), more);
  CHECK(exit_code(gained, false) == 0);
  CHECK((gained[1].subject == "b" && gained[1].judgement == Judgement::skipped));
  CHECK(gained[1].reason == "new: the old side has no such case");
}

TEST_CASE("what was skipped is not missed, and the row of an unusable tensor is no case") {
  Result skipped = named("b");
  skipped.status = Status::skipped;
  auto more = runs(1, named("a"));
  more[0].results.push_back(skipped);
  const auto lost = compare_journals(more, runs(1, named("a")));
  CHECK((lost[1].subject == "b" && lost[1].judgement == Judgement::skipped));
  more[0].results[1].mode = "";
  CHECK(compare_journals(more, runs(1, named("a"))).size() == 2);  // errors and time of a
  CHECK(compare_journals(runs(1, named("a")), more).size() == 2);
}

TEST_CASE("a tensor that can be used no longer is missed") {
  Result usable = named("roundtrip/mode:nf4/tensor:w"), unusable = named("roundtrip/tensor:w", "");
  unusable.status = Status::skipped;
  auto before = runs(1, named("a")), after = before;
  before[0].results.push_back(usable);
  after[0].results.push_back(unusable);
  CHECK(exit_code(compare_journals(before, after)) == 5);
}

TEST_CASE("journals in which nothing can be judged do not pass") {
  Result skipped = named("b");
  skipped.status = Status::skipped;
  CHECK(exit_code(compare_journals(runs(1, skipped), runs(1, skipped))) == 1);
  auto none = runs(1, skipped);
  none[0].results.clear();
  const auto found = compare_journals(none, none);
  CHECK((found[0].judgement == Judgement::unjudged && exit_code(found) == 1));
}

TEST_CASE("a filter is applied first, and one that leaves nothing does not pass") {
  const TemporaryFolder folder;
  const auto write = [&](const std::string& name, const std::vector<std::string>& ids) {
    Journal journal(folder.path() + "/" + name, Journal::Open::create, {{"cpu", "x"}});
    for (const std::string& id : ids) journal.add(named(id));
    return folder.path() + "/" + name;
  };
  const std::string base = write("base", {"a", "b"}), candidate = write("new", {"a"});
  const auto compare = [&](const std::string& filter) {
    return run_compare(test::options_of({"compare", base, candidate, "--filter", filter, "--report",
                                         "jsonl=" + folder.path() + "/found"}));
  };
  CHECK(compare("a|b") == 5);
  CHECK(compare("a") == 4);  // one run shows nothing about speed
  CHECK(compare("none") == 1);
}

TEST_CASE("journals without a case in common cannot be compared") {
  Result other = result(1);
  other.id = "gemv/mode:fp4";
  const auto found = compare_journals(runs(1, result(1)), runs(1, other));
  CHECK(exit_code(found) == 5);
  CHECK(found.back().reason == "the journals have no case in common");
}

// The runs of one case, as pairs of seconds and weight_nmse.
std::vector<JournalRun> history(const std::vector<std::pair<double, double>>& of_runs) {
  std::vector<JournalRun> all;
  for (const auto& [seconds, nmse] : of_runs) all.push_back(runs(1, result(seconds, nmse))[0]);
  return all;
}

TEST_CASE("errors are those of each side's last run, whatever the runs before had") {
  const auto judged = [](const std::vector<JournalRun>& base,
                         const std::vector<JournalRun>& candidate) {
    return compare_journals(base, candidate)[0];
  };
  const Finding grew = judged(history({{1, 0.04}, {1, 0.01}}), history({{1, 0.01}, {1, 0.02}}));
  CHECK(grew.judgement == Judgement::breach);
  CHECK((grew.before == "0.01" && grew.after == "0.02"));
  CHECK(judged(history({{1, 0.01}, {1, 0.02}}), history({{1, 0.04}, {1, 0.02}})).judgement ==
        Judgement::same);
  CHECK(judged(history({{1, 0.01}, {1, 0.03}}), history({{1, 0.03}, {1, 0.02}})).judgement ==
        Judgement::recorded);
}

TEST_CASE("times are of the first runs of both sides, one beside the other, as many as both have") {
  std::vector<std::pair<double, double>> ten(10, {1, 0.01}), later = ten;
  later.insert(later.end(), 10, {5, 0.01});  // slower, with nothing beside them
  const auto found = compare_journals(history(ten), history(later));
  CHECK(found[1].judgement == Judgement::same);
  CHECK(found[1].after == "1e+06 us");
  CHECK(found[1].reason.ends_with("10 pairs"));
  // Pairs, not sides: each run of the new side is slower than the run beside it.
  std::vector<std::pair<double, double>> rising, slower;
  for (int i = 0; i < 10; ++i) {
    rising.push_back({1 << i, 0.01});
    slower.push_back({1.1 * (1 << i), 0.01});
  }
  CHECK(compare_journals(history(rising), history(slower))[1].judgement == Judgement::slow);
}

TEST_CASE("nine runs a side are too few for any verdict, ten are enough") {
  for (const int count : {9, 10}) {
    CAPTURE(count);
    const bool enough = count == 10;
    CHECK(compare_journals(runs(count, result(1)), runs(10, result(2)))[1].judgement ==
          (enough ? Judgement::slow : Judgement::inconclusive));
    CHECK(compare_journals(runs(count, result(1)), runs(10, result(1)))[1].judgement ==
          (enough ? Judgement::same : Judgement::inconclusive));
  }
}

TEST_CASE("cases of several devices, kernels and inputs are each held to their own") {
  std::vector<Result> before;
  for (const char* device : {"cpu", "cuda:0"})
    for (const char* kernel : {"reference", "gemv"})
      for (const char* input : {"normal", "outliers"}) {
        Result r = result(1 + static_cast<double>(before.size()), 0.01);
        r.id =
            std::string("gemv/mode:nf4/kernel:") + kernel + "/device:" + device + "/input:" + input;
        r.device = device;
        r.kernel = kernel;
        r.input = input;
        r.mode = "nf4";
        before.push_back(r);
      }
  std::vector<Result> after = before;
  *after[3].seconds *= 2;
  after[6].weight_nmse = 0.02;
  const auto ten_of = [](const std::vector<Result>& results) {
    return std::vector<JournalRun>(10, {{{"cpu", "x"}}, results});
  };
  std::vector<std::string> open;
  for (const Finding& finding : compare_journals(ten_of(before), ten_of(after)))
    if (finding.judgement != Judgement::same)
      open.push_back(finding.subject + " " + name(finding.judgement));
  std::ranges::sort(open);
  std::vector<std::string> expected = {before[3].id + " SLOW", before[6].id + " BREACH"};
  std::ranges::sort(expected);
  CHECK(open == expected);
}

TEST_CASE("what is measured anew, or does not change a time, makes no other environment") {
  for (const char* name : {"date", "load", "memory", "revision", "seed", "version", "side", "pair",
                           "notes", "weights", "ceilings cpu"}) {
    auto before = runs(10, result(1)), after = runs(10, result(2));
    for (JournalRun& run : before) run.environment.emplace_back(name, "this");
    for (JournalRun& run : after) run.environment.emplace_back(name, "that");
    CAPTURE(name);
    CHECK(exit_code(compare_journals(before, after)) == 3);
  }
  for (const char* name : {"threads", "compiler", "flags", "governor", "driver", "host"}) {
    auto before = runs(10, result(1)), after = runs(10, result(2));
    for (JournalRun& run : before) run.environment.emplace_back(name, "this");
    for (JournalRun& run : after) run.environment.emplace_back(name, "that");
    CAPTURE(name);
    CHECK(exit_code(compare_journals(before, after)) == 0);
  }
}

}  // namespace
}  // namespace qbench
