// SPDX-License-Identifier: Apache-2.0
// Decides which rows exist, adds pairs to them and makes their findings.
#include "harness/gates/ab/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/gates/errors/exact_figures.h"
#include "harness/gates/findings/apart.h"
#include "harness/measure/timing.h"
#include "reports/findings/findings.h"

namespace qbench {
namespace {

constexpr std::string_view kCases = "cases", kMeans = "means", kMean = "/geomean";

double log_ratio(double before, double after) { return std::log(after / before); }

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

void Comparison::add_row(RowKey key, std::string_view family) {
  rows_.push_back({.subject = key.subject, .family = family, .delta = delta_(key)});
  keys_.push_back(std::move(key));
}

void Comparison::begin_case(const Result* before, const Result& after) {
  if (auto apart = why_apart("speed", before, after)) return apart_.push_back(std::move(*apart));
  add_row({after.id, fmt::format("{}/threads:{}", after.id, after.threads)}, kCases);
  compared_.push_back({.before = *before, .after = after});
}

void Comparison::begin(const Pair& pair) {
  for (const Result& after : pair.new_run.results) begin_case(find(pair.old_run, after.id), after);
  for (Finding& finding : gone("speed", pair.old_run, pair.new_run))
    apart_.push_back(std::move(finding));
  errors_ = errors_apart(pair.old_run, pair.new_run);
  begin_means();
}

// Adds a row for the mean of each suite that has at least two rows.
void Comparison::begin_means() {
  std::map<std::string, std::string> keys;  // suite to the keys of its cases
  std::map<std::string, int> sizes;
  for (std::size_t i = 0; i < compared_.size(); ++i) {
    keys[compared_[i].after.suite] += keys_[i].text + ' ';
    ++sizes[compared_[i].after.suite];
  }
  for (const auto& [suite, cases] : keys) {
    const std::string subject = suite + std::string(kMean);
    if (sizes[suite] > 1)
      add_row({subject, fmt::format("{}/{:016x}", subject, std::hash<std::string>()(cases))},
              kMeans);
  }
}

bool Comparison::is_of(std::size_t i, const std::string& subject) const {
  return compared_[i].after.suite + std::string(kMean) == subject;
}

bool Comparison::add_to(std::size_t i, const Result* before, const Result* after) {
  SpeedRow& row = rows_[i];
  Compared& compared = compared_[i];
  if (after && after->status == Status::wrong) {
    row.judgement = Judgement::breach;
    compared.breach = after->reason;
  }
  const bool complete = timed(before) && timed(after);
  compared.missing += !complete;
  if (!complete || row.judgement == Judgement::breach) return false;
  compared.seconds_before.push_back(*seconds_of(*before));
  compared.seconds_after.push_back(*seconds_of(*after));
  row.seconds.push_back(log_ratio(*seconds_of(*before), *seconds_of(*after)));
  if (before->cycles && after->cycles)
    row.cycles.push_back(log_ratio(*before->cycles, *after->cycles));
  return true;
}

void Comparison::add(const Pair& pair) {
  if (!begun_) begin(pair);
  begun_ = true;
  std::vector<bool> added;
  for (std::size_t i = 0; i < compared_.size(); ++i)
    added.push_back(
        add_to(i, find(pair.old_run, rows_[i].subject), find(pair.new_run, rows_[i].subject)));
  add_means(added);
}

// Adds the geometric mean of each suite's ratios: the mean of their logarithms.
void Comparison::add_means(const std::vector<bool>& added) {
  for (std::size_t m = compared_.size(); m < rows_.size(); ++m) {
    std::vector<double> seconds, cycles;
    for (std::size_t i = 0; i < compared_.size(); ++i) {
      if (!added[i] || !is_of(i, rows_[m].subject)) continue;
      seconds.push_back(rows_[i].seconds.back());
      if (!rows_[i].cycles.empty()) cycles.push_back(rows_[i].cycles.back());
    }
    if (seconds.empty()) continue;
    rows_[m].seconds.push_back(mean(seconds));
    if (cycles.size() == seconds.size()) rows_[m].cycles.push_back(mean(cycles));
  }
}

// A slower mean is allowed if every slower row of its suite is.
Finding Comparison::mean_finding(Finding finding) const {
  finding.field = "geometric mean";
  int traded = 0, slow = 0;
  for (std::size_t i = 0; i < compared_.size(); ++i) {
    if (!is_of(i, finding.subject)) continue;
    const Judgement judgement = finding_of(i).judgement;
    traded += judgement == Judgement::traded;
    slow += judgement == Judgement::slow;
  }
  if (finding.judgement == Judgement::slow && traded > 0 && slow == 0) {
    finding.judgement = Judgement::traded;
    finding.reason += "; its slower rows are allowed";
  }
  return finding;
}

Finding Comparison::case_row_finding(Finding finding, std::size_t i) const {
  const Compared& compared = compared_[i];
  if (!compared.breach.empty()) {
    Result wrong = compared.after;
    wrong.status = Status::wrong;
    return case_finding("errors", Judgement::breach, wrong,
                        "right in some processes, in others: " + compared.breach);
  }
  finding.field = "seconds";
  finding.before = time_text(median(compared.seconds_before));
  finding.after = time_text(median(compared.seconds_after));
  if (compared.missing > 0)
    finding.reason += fmt::format("; pairs without a time: {}", compared.missing);
  const std::string gain = gained(policy_.trade, compared.before, compared.after);
  const bool bearable = std::expm1(median(rows_[i].seconds)) <= policy_.trade.slowest;
  if (finding.judgement == Judgement::slow && !gain.empty() && bearable) {
    finding.judgement = Judgement::traded;
    finding.reason += "; allowed for " + gain;
  }
  return finding;
}

Finding Comparison::finding_of(std::size_t i) const {
  const SpeedRow& row = rows_[i];
  Finding finding{.gate = "speed",
                  .judgement = row.judgement.value_or(Judgement::inconclusive),
                  .subject = row.subject,
                  .reason = describe(row, policy_.rule)};
  return i < compared_.size() ? case_row_finding(std::move(finding), i)
                              : mean_finding(std::move(finding));
}

// The gate's finding without rows: no case has a time on both sides.
Finding Comparison::no_rows() const {
  const bool one_sided = std::ranges::any_of(apart_, is_open);
  return whole_gate("speed", one_sided ? Judgement::incomparable : Judgement::unjudged,
                    "no case has a time on both sides");
}

std::vector<Finding> Comparison::findings(
    const std::function<std::string(const std::string&)>& command) const {
  std::vector<Finding> all;
  for (std::size_t i = 0; i < rows_.size(); ++i) all.push_back(finding_of(i));
  all.insert(all.end(), apart_.begin(), apart_.end());
  if (rows_.empty()) all.push_back(no_rows());
  all.insert(all.end(), errors_.begin(), errors_.end());
  for (Finding& finding : all)
    if (is_worth_a_rerun(finding.judgement)) finding.command = command(finding.subject);
  return all;
}

}  // namespace qbench
