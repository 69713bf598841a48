// SPDX-License-Identifier: Apache-2.0
// Rows: which there are, what each pair adds, what they come to.
#include "harness/gates/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/timing.h"

namespace qbench {
namespace {

constexpr std::string_view kCases = "cases", kMeans = "means", kMean = "/geomean";

bool timed(const Result* result) {
  return result && result->status == Status::passed && seconds_of(*result).value_or(0) > 0;
}

double log_ratio(double before, double after) { return std::log(after / before); }

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return quantile(values, 0.5);
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

std::string time_text(double seconds) { return fmt::format("{:.4g} us", seconds * 1e6); }

// Minima of different numbers of runs are not to be compared.
bool same_sampling(const Result& before, const Result& after) {
  return after.device != "cpu" || before.samples == after.samples;
}

}  // namespace

const Result* find(const JournalRun& run, std::string_view id) {
  const auto found = std::ranges::find(run.results, id, &Result::id);
  return found == run.results.end() ? nullptr : &*found;
}

std::optional<double> seconds_of(const Result& result) {
  return result.device == "cpu" ? result.seconds_min : result.seconds;
}

std::string gained(const Trade& trade, const Result& before, const Result& after) {
  const auto better = [](std::optional<double> from, std::optional<double> to,
                         std::optional<double> wanted) {
    return from && to && wanted && *to - *from >= *wanted;
  };
  const bool output = before.output_sqnr_db && after.output_sqnr_db;
  const auto sqnr = output ? &Result::output_sqnr_db : &Result::weight_sqnr_db;
  if (better(before.*sqnr, after.*sqnr, trade.sqnr_db))
    return fmt::format("SQNR {:+.2f} dB", *(after.*sqnr) - *(before.*sqnr));
  if (better(after.bits_per_param, before.bits_per_param, trade.bits_per_param))
    return fmt::format("{:+.4f} bits per parameter",
                       *after.bits_per_param - *before.bits_per_param);
  return {};
}

Finding case_finding(std::string gate, Judgement judgement, const Result& result,
                     std::string reason) {
  const bool wrong = judgement == Judgement::breach;
  return {.gate = wrong ? "errors" : std::move(gate),
          .judgement = judgement,
          .subject = result.id,
          .field = wrong ? "status" : "",
          .after = wrong ? kStatusNames[static_cast<int>(result.status)] : "",
          .reason = std::move(reason)};
}

std::optional<Finding> why_apart(const std::string& gate, const Result* before,
                                 const Result& after) {
  const auto finding = [&](Judgement judgement, const std::string& reason) {
    return case_finding(gate, judgement, after, reason);
  };
  if (after.status == Status::wrong) return finding(Judgement::breach, after.reason);
  if (!before) return finding(Judgement::skipped, "new: the old side has no such case");
  if (after.status == Status::skipped && before->status == Status::skipped)
    return finding(Judgement::skipped, after.reason);
  if (!timed(before) && !timed(&after) && after.status == Status::passed)
    return finding(Judgement::skipped, "it has no time");
  if (!timed(before))
    return finding(Judgement::incomparable, "the old side has no time: " + before->reason);
  if (!timed(&after))
    return finding(Judgement::incomparable, "the new side has no time: " + after.reason);
  if (!same_sampling(*before, after))
    return finding(Judgement::incomparable,
                   fmt::format("the old side takes {} samples a process, the new one {}",
                               before->samples.value_or(0), after.samples.value_or(0)));
  return std::nullopt;
}

void Comparison::begin_case(const Result* before, const Result& after) {
  if (auto apart = why_apart("speed", before, after)) return apart_.push_back(std::move(*apart));
  rows_.push_back({.subject = after.id, .family = kCases, .delta = delta_(after.id)});
  compared_.push_back({*before, after, {}, {}});
}

void Comparison::begin(const Pair& pair) {
  for (const Result& after : pair.new_run.results) begin_case(find(pair.old_run, after.id), after);
  for (const Result& before : pair.old_run.results)
    if (!find(pair.new_run, before.id))
      apart_.push_back(
          case_finding("speed", Judgement::incomparable, before, "the new side has no such case"));
  begin_means();
}

// Of suites of two rows and more.
void Comparison::begin_means() {
  std::map<std::string, int> sizes;
  for (const Compared& each : compared_) ++sizes[each.after.suite];
  for (const auto& [suite, size] : sizes)
    if (size > 1) {
      const std::string subject = suite + std::string(kMean);
      rows_.push_back({.subject = subject, .family = kMeans, .delta = delta_(subject)});
    }
}

// A case that passed in the first pair and is wrong in a later one is a breach, and has no speed.
void Comparison::add_to(std::size_t i, const Result* before, const Result* after) {
  SpeedRow& row = rows_[i];
  if (row.judgement == Judgement::breach) return;
  if (!timed(before) || !timed(after)) {
    row.judgement = Judgement::breach;
    return;
  }
  compared_[i].seconds_before.push_back(*seconds_of(*before));
  compared_[i].seconds_after.push_back(*seconds_of(*after));
  row.seconds.push_back(log_ratio(*seconds_of(*before), *seconds_of(*after)));
  if (before->cycles && after->cycles)
    row.cycles.push_back(log_ratio(*before->cycles, *after->cycles));
}

void Comparison::add(const Pair& pair) {
  if (!begun_) begin(pair);
  begun_ = true;
  for (std::size_t i = 0; i < compared_.size(); ++i)
    add_to(i, find(pair.old_run, rows_[i].subject), find(pair.new_run, rows_[i].subject));
  add_means();
}

// The geometric mean of a suite's ratios: the mean of their logarithms.
void Comparison::add_means() {
  for (std::size_t m = compared_.size(); m < rows_.size(); ++m) {
    std::vector<double> seconds, cycles;
    for (std::size_t i = 0; i < compared_.size(); ++i) {
      if (compared_[i].after.suite + std::string(kMean) != rows_[m].subject) continue;
      if (rows_[i].judgement == Judgement::breach) continue;
      seconds.push_back(rows_[i].seconds.back());
      if (rows_[i].cycles.size() == rows_[i].seconds.size())
        cycles.push_back(rows_[i].cycles.back());
    }
    if (!seconds.empty()) rows_[m].seconds.push_back(mean(seconds));
    if (!seconds.empty() && cycles.size() == seconds.size())
      rows_[m].cycles.push_back(mean(cycles));
  }
}

// A slower mean is allowed where each of its slower rows is.
Finding Comparison::mean_finding(Finding finding) const {
  int traded = 0, slow = 0;
  for (std::size_t i = 0; i < compared_.size(); ++i) {
    if (compared_[i].after.suite + std::string(kMean) != finding.subject) continue;
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

Finding Comparison::finding_of(std::size_t i) const {
  const SpeedRow& row = rows_[i];
  Finding finding{.gate = "speed",
                  .judgement = row.judgement.value_or(Judgement::inconclusive),
                  .subject = row.subject,
                  .field = row.family == kMeans ? "geometric mean" : "seconds",
                  .reason = describe(row, policy_.rule)};
  if (i >= compared_.size()) return mean_finding(std::move(finding));
  const Compared& compared = compared_[i];
  if (finding.judgement == Judgement::breach) {
    finding.gate = "errors";
    finding.reason = "it passes in some processes and not in others";
    return finding;
  }
  finding.before = time_text(median(compared.seconds_before));
  finding.after = time_text(median(compared.seconds_after));
  const std::string gain = gained(policy_.trade, compared.before, compared.after);
  const bool bearable = std::expm1(median(row.seconds)) <= policy_.trade.slowest;
  if (finding.judgement == Judgement::slow && !gain.empty() && bearable) {
    finding.judgement = Judgement::traded;
    finding.reason += "; allowed for " + gain;
  }
  return finding;
}

std::vector<Finding> Comparison::findings(
    const std::function<std::string(const std::string&)>& command) const {
  std::vector<Finding> all;
  for (std::size_t i = 0; i < rows_.size(); ++i) all.push_back(finding_of(i));
  all.insert(all.end(), apart_.begin(), apart_.end());
  if (rows_.empty())
    all.push_back({.gate = "speed",
                   .judgement = Judgement::incomparable,
                   .subject = "sweep",
                   .reason = "no case has a time on both sides"});
  for (Finding& finding : all)
    if (finding.judgement != Judgement::same) finding.command = command(finding.subject);
  return all;
}

}  // namespace qbench
