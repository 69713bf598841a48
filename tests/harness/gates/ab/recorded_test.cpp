// SPDX-License-Identifier: Apache-2.0
// The speed gate on recorded pairs of processes of one build: they raise nothing as they are, and
// the new side made slower or faster is found.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "harness/gates/ab/comparison.h"
#include "tests/catch.h"
#include "tests/tree.h"

namespace qbench {
namespace {

struct Times {
  double before, after;  // nanoseconds
};
constexpr std::size_t kPairs = 60, kRows = 4;  // of one comparison
constexpr double kThreshold = 0.03;
using Row = std::array<Times, kPairs>;
using Recorded = std::array<Row, kRows>;

Row row_of(const std::string& line) {
  Row row;
  std::istringstream numbers(line);
  for (Times& times : row) REQUIRE(numbers >> times.before >> times.after);
  return row;
}

// Every comparison of recorded_pairs.txt.
std::vector<Recorded> recorded_comparisons() {
  std::ifstream file(test::in_tree("tests/harness/gates/ab/recorded_pairs.txt"));
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);)
    if (!line.starts_with('#')) rows.push_back(row_of(line));
  REQUIRE(rows.size() % kRows == 0);
  std::vector<Recorded> comparisons(rows.size() / kRows);
  for (std::size_t i = 0; i < rows.size(); ++i) comparisons[i / kRows][i % kRows] = rows[i];
  return comparisons;
}

Result timed(std::size_t row, double nanoseconds) {
  Result r;
  r.id = fmt::format("recorded/{}", row);
  r.suite = "recorded";
  r.device = "cpu";
  r.samples = 7;
  r.seconds_min = nanoseconds * 1e-9;
  return r;
}

// The new side takes `factor` times as long as was recorded.
Pair pair_of(const Recorded& recorded, std::size_t i, double factor) {
  Pair pair;
  for (std::size_t row = 0; row < kRows; ++row) {
    pair.old_run.results.push_back(timed(row, recorded[row][i].before));
    pair.new_run.results.push_back(timed(row, factor * recorded[row][i].after));
  }
  return pair;
}

std::vector<Finding> judge(const Recorded& recorded, double factor) {
  const SpeedPolicy policy;
  Comparison comparison(policy, [](const RowKey&) { return kThreshold; });
  std::size_t pairs = 0;
  for (const int look : policy.rule.looks) {
    for (; pairs < static_cast<std::size_t>(look); ++pairs)
      comparison.add(pair_of(recorded, pairs, factor));
    comparison.look(look == policy.rule.looks.back());
    if (comparison.done()) break;
  }
  return comparison.findings([](const std::string&) { return ""; });
}

// Which judgements some row or mean of a comparison has, and the exit code that follows.
struct Verdicts {
  bool slow, fast, same;
  int code;
};

Verdicts verdicts_of(const std::vector<Finding>& found) {
  const auto any = [&](Judgement judgement) {
    return std::ranges::find(found, judgement, &Finding::judgement) != found.end();
  };
  return {any(Judgement::slow), any(Judgement::fast), any(Judgement::same), exit_code(found)};
}

}  // namespace

TEST_CASE("recorded pairs of one build raise nothing") {
  const std::vector<Recorded> comparisons = recorded_comparisons();
  REQUIRE(comparisons.size() == 10);
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    CAPTURE(i);
    const Verdicts found = verdicts_of(judge(comparisons[i], 1));
    CHECK((!found.slow && !found.fast));
  }
}

// Below twice the threshold noise may leave it open (exit code 4), but nothing may be shown equal.
TEST_CASE("slow-downs and speed-ups of recorded pairs by 5, 10 and 20 % are all found") {
  const std::vector<Recorded> comparisons = recorded_comparisons();
  const int percent = GENERATE(5, 10, 20);
  const bool slower = GENERATE(true, false);
  const double factor = slower ? 1 + percent / 100.0 : 1 / (1 + percent / 100.0);
  const bool near = std::abs(std::log(factor)) < 2 * std::log1p(kThreshold);
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    CAPTURE(percent, slower, i);
    const Verdicts found = verdicts_of(judge(comparisons[i], factor));
    const bool open = near && found.code == 4 && !found.same;
    CHECK(((slower ? found.code == 3 : found.fast) || open));
    CHECK(!(slower ? found.fast : found.code == 3));
  }
}

}  // namespace qbench
