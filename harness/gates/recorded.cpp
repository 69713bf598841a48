// SPDX-License-Identifier: Apache-2.0
// Recorded pairs of processes, through the comparison that ab makes of them.
#include "harness/gates/recorded.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>

#include "harness/gates/comparison.h"

namespace qbench {
namespace {

struct Times {
  std::int32_t before, after;  // nanoseconds
};
constexpr std::size_t kPairs = 60, kRows = 4;  // of one comparison
constexpr std::array<Times, kPairs> kRecorded[] = {
#include "harness/gates/recorded_pairs.inc"
};
constexpr double kThreshold = 0.03;
constexpr std::size_t kComparisons = std::size(kRecorded) / kRows;

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
Pair pair_of(std::size_t comparison, std::size_t i, double factor) {
  Pair pair;
  for (std::size_t row = 0; row < kRows; ++row) {
    const Times& times = kRecorded[comparison * kRows + row][i];
    pair.old_run.results.push_back(timed(row, times.before));
    pair.new_run.results.push_back(timed(row, factor * times.after));
  }
  return pair;
}

std::vector<Finding> judge_recorded(std::size_t number, double factor) {
  const SpeedPolicy policy;
  Comparison comparison(policy, [](const RowKey&) { return kThreshold; });
  std::size_t pairs = 0;
  for (const int look : policy.rule.looks) {
    for (; pairs < static_cast<std::size_t>(look); ++pairs)
      comparison.add(pair_of(number, pairs, factor));
    comparison.look(look == policy.rule.looks.back());
    if (comparison.done()) break;
  }
  return comparison.findings([](const std::string&) { return ""; });
}

// Below twice the threshold noise may leave it open (exit code 4), but nothing may be shown equal.
bool right(const std::vector<Finding>& found, double factor) {
  const auto count = [&](Judgement judgement) {
    return std::ranges::count(found, judgement, &Finding::judgement);
  };
  const bool slow = exit_code(found) == 3, fast = count(Judgement::fast) > 0;
  if (factor == 1) return !slow && !fast;
  const bool near = std::abs(std::log(factor)) < 2 * std::log1p(kThreshold);
  const bool open = near && exit_code(found) == 4 && count(Judgement::same) == 0;
  return factor > 1 ? (slow || open) && !fast : (fast || open) && !slow;
}

std::string text_of(const std::map<Judgement, int>& counts) {
  std::string text = "rows:";
  for (const auto& [judgement, count] : counts)
    text += fmt::format("{} {} {}", text.ends_with(':') ? "" : ",", count, name(judgement));
  return text;
}

SelftestRow judge_all(const std::string& fault, double factor) {
  SelftestRow row{
      .fault = fault, .operation = "pairs", .injected = factor != 1, .how = {}, .missed = {}};
  std::map<Judgement, int> counts;
  for (std::size_t i = 0; i < kComparisons; ++i) {
    const std::vector<Finding> found = judge_recorded(i, factor);
    for (const Finding& finding : found) ++counts[finding.judgement];
    ++row.cases;
    if (right(found, factor))
      ++row.caught;
    else
      row.missed.push_back(fmt::format("{}: recorded comparison {}", fault, i));
  }
  row.how = text_of(counts);
  return row;
}

}  // namespace

std::vector<SelftestRow> selftest_recorded() {
  std::vector<SelftestRow> rows = {judge_all("none", 1)};
  for (const int percent : {5, 10, 20}) {
    rows.push_back(judge_all(fmt::format("slower-{}%", percent), 1 + percent / 100.0));
    rows.push_back(judge_all(fmt::format("faster-{}%", percent), 1 / (1 + percent / 100.0)));
  }
  return rows;
}

}  // namespace qbench
