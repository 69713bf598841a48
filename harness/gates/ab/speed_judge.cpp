// SPDX-License-Identifier: Apache-2.0
// Looks at paired times.
#include "harness/gates/ab/speed_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/measure/timing.h"

namespace qbench {
namespace {

using Judgements = std::vector<std::optional<Judgement>>;

// The p-value of each row: the probability that, by chance, so many of `sign` times its log ratios
// exceed the threshold.
std::vector<double> p_values(std::span<const LogRatios> rows, std::span<const double> deltas,
                             double sign) {
  std::vector<double> p;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double limit = std::log1p(deltas[i]);
    const auto above =
        std::ranges::count_if(rows[i], [&](double ratio) { return sign * ratio > limit; });
    p.push_back(sign_test(static_cast<int>(above), static_cast<int>(rows[i].size())));
  }
  return p;
}

bool shown_equal(const LogRatios& ratios, double delta, double confidence) {
  const auto interval = median_interval(ratios, confidence);
  return interval && interval->low > -std::log1p(delta) && interval->high < std::log1p(delta);
}

// The indices in `rows` of the members of each family.
using Members = std::vector<std::size_t>;

std::map<std::string_view, Members> families(std::span<const SpeedRow> rows) {
  std::map<std::string_view, Members> all;
  for (std::size_t i = 0; i < rows.size(); ++i) all[rows[i].family].push_back(i);
  return all;
}

Judgements look_at(const std::vector<SpeedRow>& rows, const Members& members,
                   LogRatios SpeedRow::*ratios, const SpeedRule& rule) {
  std::vector<LogRatios> values;
  std::vector<double> deltas;
  for (const std::size_t i : members) {
    values.push_back(rows[i].*ratios);
    deltas.push_back(rows[i].delta);
  }
  return look(values, deltas, rule);
}

// Combines the verdicts of seconds and cycles; `last`: no look follows.
std::optional<Judgement> decide(std::optional<Judgement> seconds, std::optional<Judgement> cycles,
                                bool last) {
  if (seconds && seconds == cycles) return seconds;
  if (!last) return std::nullopt;
  return seconds ? Judgement::clock : Judgement::inconclusive;
}

void judge_family(std::vector<SpeedRow>& rows, const Members& members, const SpeedRule& rule,
                  bool last) {
  const Judgements seconds = look_at(rows, members, &SpeedRow::seconds, rule);
  const Judgements cycles = look_at(rows, members, &SpeedRow::cycles, rule);
  for (std::size_t k = 0; k < members.size(); ++k) {
    SpeedRow& row = rows[members[k]];
    if (row.judgement) continue;
    row.judgement = decide(seconds[k], row.cycles.empty() ? seconds[k] : cycles[k], last);
    row.pairs = static_cast<int>(row.seconds.size());
  }
}

std::string percent(double log_ratio) {
  return fmt::format("{:+.1f}", 100 * std::expm1(log_ratio));
}

// The ratios that a row was judged by; all of them if it is undecided.
LogRatios judged_part(const LogRatios& ratios, int pairs) {
  const auto count =
      pairs > 0 ? std::min(static_cast<std::size_t>(pairs), ratios.size()) : ratios.size();
  return LogRatios(ratios.begin(), ratios.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

Judgements look(std::span<const LogRatios> rows, std::span<const double> deltas,
                const SpeedRule& rule) {
  const double level = rule.level / static_cast<double>(rule.looks.size());
  const std::vector<bool> slow = holm(p_values(rows, deltas, +1), level);
  const std::vector<bool> fast = holm(p_values(rows, deltas, -1), level);
  Judgements judgements(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (slow[i])
      judgements[i] = Judgement::slow;
    else if (fast[i])
      judgements[i] = Judgement::fast;
    else if (shown_equal(rows[i], deltas[i], rule.confidence))
      judgements[i] = Judgement::same;
  }
  return judgements;
}

void judge(std::vector<SpeedRow>& rows, const SpeedRule& rule, bool last) {
  for (const auto& [family, members] : families(rows)) judge_family(rows, members, rule, last);
}

bool all_judged(std::span<const SpeedRow> rows) {
  return std::ranges::all_of(rows, [](const SpeedRow& row) { return row.judgement.has_value(); });
}

std::string describe(const SpeedRow& row, const SpeedRule& rule) {
  if (row.seconds.empty()) return "no pairs";
  const LogRatios seconds = judged_part(row.seconds, row.pairs);
  std::string text = percent(median(seconds)) + " %";
  if (const auto interval = median_interval(seconds, rule.confidence))
    text += fmt::format(" ({} to {} %)", percent(interval->low), percent(interval->high));
  if (!row.cycles.empty())
    text += fmt::format(", cycles {} %", percent(median(judged_part(row.cycles, row.pairs))));
  return text + fmt::format(", threshold {:.3g} %, {} pair{}", 100 * row.delta, seconds.size(),
                            seconds.size() == 1 ? "" : "s");
}

}  // namespace qbench
