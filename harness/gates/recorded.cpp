// SPDX-License-Identifier: Apache-2.0
// Recorded pairs of processes, and the looks at them.
#include "harness/gates/recorded.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <map>

#include "harness/gates/speed_judge.h"

namespace qbench {
namespace {

struct Times {
  std::int32_t before, after;  // nanoseconds
};
constexpr std::array<Times, 60> kRecorded[] = {
#include "harness/gates/recorded_pairs.inc"
};

// Of a comparison whose new side takes `factor` times as long as was recorded.
Judgement judge_recorded(const std::array<Times, 60>& pairs, double factor) {
  const SpeedRule rule;
  std::vector<SpeedRow> rows = {{.subject = "recorded", .family = "recorded", .delta = 0.03}};
  for (const int look : rule.looks) {
    for (auto i = rows[0].seconds.size(); i < static_cast<std::size_t>(look); ++i)
      rows[0].seconds.push_back(std::log(factor * pairs[i].after / pairs[i].before));
    judge(rows, rule);
    if (all_judged(rows)) break;
  }
  return *rows[0].judgement;
}

std::string counts_of(const std::map<Judgement, int>& counts) {
  std::string text;
  for (const auto& [judgement, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name(judgement));
  return text;
}

SelftestRow judge_all(const std::string& fault, double factor) {
  SelftestRow row{
      .fault = fault, .operation = "pairs", .injected = factor != 1, .how = {}, .missed = {}};
  std::map<Judgement, int> counts;
  for (std::size_t i = 0; i < std::size(kRecorded); ++i) {
    const Judgement judgement = judge_recorded(kRecorded[i], factor);
    ++counts[judgement];
    ++row.cases;
    const bool told = judgement == Judgement::slow || judgement == Judgement::fast;
    const bool right =
        factor == 1 ? !told : judgement == (factor > 1 ? Judgement::slow : Judgement::fast);
    if (right)
      ++row.caught;
    else
      row.missed.push_back(
          fmt::format("{}: recorded comparison {} is {}", fault, i, name(judgement)));
  }
  row.how = counts_of(counts);
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
