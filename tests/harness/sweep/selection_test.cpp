// SPDX-License-Identifier: Apache-2.0
// Filters between the expansion of a sweep and its run: resuming and sharding are one each.
#include "harness/sweep/selection.h"

#include <algorithm>
#include <set>

#include "harness/sweep/executor.h"
#include "tests/catch.h"
#include "tests/harness/cli/command_line.h"

namespace qbench {
namespace {

using Ids = std::vector<std::string>;

Options tiny() {
  return test::parse({"--suite", "roundtrip,gemv", "--modes", "nf4,int8", "--shapes", "1x8x64",
                      "--device", "cpu", "--no-time", "--quiet"})
      .options;
}

Ids ids_of(const std::vector<Case>& cases) {
  Ids ids;
  for (const Case& c : cases) ids.push_back(c.id());
  return ids;
}

// The cases that a sweep which was cut short has not come to.
CaseFilter not_among(const std::vector<Result>& finished) {
  std::set<std::string> ids;
  for (const Result& result : finished) ids.insert(result.id);
  return [ids](const Case& c) { return !ids.contains(c.id()); };
}

// Every case is in one of `count` shards.
CaseFilter in_shard(std::size_t shard, std::size_t count) {
  return [=, next = std::size_t{0}](const Case&) mutable { return next++ % count == shard; };
}

std::vector<Result> run(const std::vector<Case>& cases, const Options& options) {
  std::vector<Result> results;
  ResultSink sink(results);
  Executor(options, nullptr).run(cases, sink);
  return results;
}

}  // namespace

TEST_CASE("filters leave cases in their order, and each sees what the one before it left") {
  const Options options = tiny();
  const std::vector<Case> all = selected_cases(options);
  REQUIRE(all.size() == 6);
  const CaseFilter filters[] = {[](const Case& c) { return c.mode->name != "bf16"; },
                                [seen = 0](const Case&) mutable { return ++seen > 1; }};
  CHECK(ids_of(filtered(all, filters)) == Ids{all[2].id(), all[4].id(), all[5].id()});
  CHECK(ids_of(filtered(all, {})) == ids_of(all));
}

TEST_CASE("a sweep that was cut short is taken up by one filter") {
  const Options options = tiny();
  const std::vector<Case> all = selected_cases(options);
  std::vector<Result> results = run({all.begin(), all.begin() + 2}, options);
  const CaseFilter rest[] = {not_among(results)};
  for (Result& result : run(filtered(all, rest), options)) results.push_back(std::move(result));
  Ids ids;
  for (const Result& result : results) ids.push_back(result.id);
  CHECK(ids == ids_of(all));
  CHECK(std::ranges::count(results, Status::passed, &Result::status) == 6);
}

TEST_CASE("shards are a filter each, and together they are the sweep") {
  const Options options = tiny();
  const std::vector<Case> all = selected_cases(options);
  std::multiset<std::string> ids;
  for (const std::size_t shard : {0, 1, 2, 3}) {
    const CaseFilter filters[] = {in_shard(shard, 4)};
    for (const std::string& id : ids_of(filtered(all, filters))) ids.insert(id);
  }
  const Ids whole = ids_of(all);
  CHECK(ids == std::multiset<std::string>(whole.begin(), whole.end()));
}

}  // namespace qbench
