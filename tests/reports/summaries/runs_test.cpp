// SPDX-License-Identifier: Apache-2.0
// Several runs in one report: what is shown, what is kept, what their conditions were.
#include "reports/summaries/runs.h"

#include "reports/journal/journal.h"
#include "reports/results/report.h"
#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;

namespace {

// Two runs of the generated cases, the second of half the time.
std::vector<Result> two_runs() {
  std::vector<Result> out = samples::generated();
  const std::size_t cases = out.size();
  for (std::size_t i = 0; i < cases; ++i) {
    out.push_back(out[i]);
    if (out.back().seconds) *out.back().seconds /= 2;
  }
  return out;
}

}  // namespace

TEST_CASE("of a case that was run more than once the last run is kept at the place of the first") {
  const auto results = two_runs();
  const auto last = last_runs(results);
  REQUIRE(last.size() == results.size() / 2);
  for (std::size_t i = 0; i < last.size(); ++i) {
    CHECK(last[i].id == results[i].id);
    CHECK(last[i].seconds == results[i + last.size()].seconds);
  }
}

TEST_CASE("a case with errors against an original is no run of the same case without") {
  auto results = two_runs();
  for (std::size_t i = results.size() / 2; i < results.size(); ++i) results[i].against = "original";
  CHECK(last_runs(results).size() == results.size());
  CHECK(runs_note(results).empty());
}

TEST_CASE("results without a case are never runs of one") {
  CHECK(last_runs(std::vector<Result>(3)).size() == 3);
  CHECK(runs_note(std::vector<Result>(3)).empty());
}

TEST_CASE("table and markdown show the last run and say so, csv has all") {
  const auto results = two_runs();
  const std::string note =
      "15 cases were run more than once: the last run is shown; csv and json "
      "have all";
  for (const char* name : {"table", "markdown"}) {
    const std::string twice = find_report(name)->write({}, results);
    const std::string once = find_report(name)->write({}, last_runs(results));
    CHECK(twice.find(note) != twice.npos);
    CHECK(once.find("more than once") == once.npos);
    CHECK(twice.size() == once.size() + note.size() + (name[0] == 't' ? 1 : 3));
  }
  const std::string csv = find_report("csv")->write({}, results);
  CHECK(std::ranges::count(csv, '\n') == 31);
}

TEST_CASE("one case that was run twice is told in the singular") {
  const auto one = samples::generated()[0];
  CHECK(runs_note(std::vector{one, one}).starts_with("1 case was run"));
  CHECK(runs_note(std::vector{one}).empty());
}

TEST_CASE("totals are those of the last runs") {
  auto results = samples::real_weights();
  const std::string once = find_report("totals")->write({}, results);
  for (const Result& r : samples::real_weights()) results.push_back(r);
  CHECK(find_report("totals")->write({}, results) == once);
  const auto totals = [](const std::vector<Result>& all) {
    const std::string json = find_report("json")->write({}, all);
    return json.substr(0, json.find("\"skipped\""));
  };
  CHECK(totals(results) == totals(samples::real_weights()));
}

TEST_CASE("conditions of several runs are merged by name") {
  const std::vector<JournalRun> runs{{{{"cpu", "x"}, {"load", "0.1"}}, {}},
                                     {{{"load", "0.2"}, {"cpu", "x"}, {"gpu", "y"}}, {}},
                                     {{{"load", "0.1"}}, {}}};
  CHECK(merged(runs) == Environment{{"cpu", "x"}, {"load", "0.1 | 0.2"}, {"gpu", "y"}});
  CHECK(merged({}).empty());
}
