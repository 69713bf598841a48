// SPDX-License-Identifier: Apache-2.0
// Compares stored results: errors exactly, times as far as their conditions allow.
#include "harness/gates/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "harness/gates/ab/speed_judge.h"
#include "harness/gates/errors/exact_figures.h"
#include "harness/gates/findings/apart.h"
#include "harness/gates/findings/tell.h"
#include "harness/measure/timing.h"
#include "harness/output/report_journals.h"

namespace qbench {
namespace {

constexpr std::size_t kLeastRuns = 10, kMostRuns = 1000;
constexpr double kThreshold = 0.03;

// --- Conditions

// True for conditions that affect neither speed nor errors, or that are measured in every run.
bool incidental(const std::string& name) {
  static const std::set<std::string_view> names = {"date",  "load",    "memory",  "revision",
                                                   "seed",  "version", "side",    "pair",
                                                   "notes", "weights", "against", "weights_note"};
  return names.contains(name) || name.starts_with("ceilings ");
}

// The values that the runs have of each condition.
std::map<std::string, std::set<std::string>> conditions(const std::vector<JournalRun>& runs) {
  std::map<std::string, std::set<std::string>> all;
  for (const JournalRun& run : runs)
    for (const auto& [name, value] : run.environment)
      if (!incidental(name)) all[name].insert(value);
  return all;
}

std::vector<Finding> other_conditions(const std::vector<JournalRun>& base,
                                      const std::vector<JournalRun>& candidate) {
  auto before = conditions(base), after = conditions(candidate);
  std::set<std::string> names;
  for (const auto* each : {&before, &after})
    for (const auto& [name, values] : *each) names.insert(name);
  std::vector<Finding> findings;
  for (const std::string& name : names)
    if (before[name] != after[name])
      findings.push_back({.gate = "speed",
                          .judgement = Judgement::skipped,
                          .subject = "environment",
                          .field = name,
                          .before = fmt::format("{}", fmt::join(before[name], " | ")),
                          .after = fmt::format("{}", fmt::join(after[name], " | ")),
                          .reason = "times are advisory: the environments differ"});
  return findings;
}

// --- Cases: their results, run by run

struct Occurrence {
  const Result* result;
  const Environment* environment;
};
using Occurrences = std::map<std::string, std::vector<Occurrence>>;

Occurrences by_case(const std::vector<JournalRun>& runs) {
  Occurrences all;
  for (const JournalRun& run : runs)
    for (const Result& result : run.results) all[result.id].push_back({&result, &run.environment});
  return all;
}

// The median times of one case: before[i] is paired with after[i].
struct Times {
  std::string id;
  std::vector<double> before = {}, after = {};
};

Times times_of(const std::string& id, const std::vector<Occurrence>& before,
               const std::vector<Occurrence>& after) {
  Times times{id};
  const std::size_t runs = std::min({before.size(), after.size(), kMostRuns});
  for (std::size_t i = 0; i < runs; ++i) {
    const Result &was = *before[i].result, &is = *after[i].result;
    if (!timed(&was) || !timed(&is) || !was.seconds || !is.seconds) continue;
    times.before.push_back(*was.seconds);
    times.after.push_back(*is.seconds);
  }
  return times;
}

LogRatios ratios_of(const Times& times) {
  LogRatios ratios;
  for (std::size_t i = 0; i < times.before.size(); ++i)
    ratios.push_back(std::log(times.after[i] / times.before[i]));
  return ratios;
}

// --- Errors, and cases that only one journal has

// Adds the findings of a case that both journals have, and once that the weights differ.
void add_errors(const Occurrence& before, const Occurrence& after, std::vector<Finding>& weights,
                std::vector<Finding>& errors) {
  std::optional<Finding> other = other_weights(*before.environment, *after.environment);
  if (!is_real(*after.result)) other.reset();
  for (Finding& finding : compare_errors(*before.result, *after.result, other.has_value()))
    errors.push_back(std::move(finding));
  if (!other) return;
  const bool is_told = std::ranges::any_of(weights, [&](const Finding& each) {
    return each.before == other->before && each.after == other->after;
  });
  if (!is_told) weights.push_back(std::move(*other));
}

std::vector<Finding> judge_cases(const Occurrences& base, const Occurrences& candidate) {
  std::vector<Finding> errors, weights;
  for (const auto& [id, after] : candidate)
    if (const auto before = base.find(id); before != base.end())
      add_errors(before->second.back(), after.back(), weights, errors);
  const bool shared = !errors.empty();
  for (const auto& [id, before] : base)
    if (!candidate.contains(id))
      if (auto finding = missing("errors", *before.back().result))
        errors.push_back(std::move(*finding));
  for (const auto& [id, after] : candidate)
    if (!base.contains(id) && !after.back().result->mode.empty())
      errors.push_back(appeared("errors", *after.back().result));
  if (!shared && !errors.empty())
    weights.push_back(
        whole_gate("errors", Judgement::incomparable, "the journals have no case in common"));
  errors.insert(errors.end(), weights.begin(), weights.end());
  if (errors.empty())
    errors.push_back(whole_gate("errors", Judgement::unjudged, "the journals have no case"));
  return errors;
}

// --- Times

std::vector<Times> shared_times(const Occurrences& base, const Occurrences& candidate) {
  std::vector<Times> all;
  for (const auto& [id, after] : candidate) {
    const auto before = base.find(id);
    if (before == base.end()) continue;
    Times times = times_of(id, before->second, after);
    if (!times.before.empty()) all.push_back(std::move(times));
  }
  return all;
}

// The finding of one case, with the verdict that the look gave it.
Finding finding_of(const Times& times, std::optional<Judgement> judged, const SpeedRule& rule,
                   bool advisory) {
  const bool enough = times.before.size() >= kLeastRuns;
  const SpeedRow row{
      .subject = times.id, .family = "", .delta = kThreshold, .seconds = ratios_of(times)};
  Finding finding{.gate = "speed",
                  .judgement = judged.value_or(Judgement::inconclusive),
                  .subject = times.id,
                  .field = "seconds",
                  .before = time_text(median(times.before)),
                  .after = time_text(median(times.after)),
                  .reason = describe(row, rule)};
  if (!enough) {
    finding.judgement = Judgement::inconclusive;
    finding.reason +=
        fmt::format("; store {} runs a side (--append), or see qbench ab", kLeastRuns);
  }
  if (advisory) finding.judgement = Judgement::skipped;
  return finding;
}

std::vector<Finding> judge_times(const std::vector<Times>& all, bool advisory) {
  std::vector<LogRatios> ratios;
  for (const Times& times : all) ratios.push_back(ratios_of(times));
  const SpeedRule rule{.looks = {1}};
  const auto judged = look(ratios, std::vector<double>(all.size(), kThreshold), rule);
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < all.size(); ++i)
    findings.push_back(finding_of(all[i], judged[i], rule, advisory));
  return findings;
}

}  // namespace

std::vector<Finding> compare_journals(const std::vector<JournalRun>& base,
                                      const std::vector<JournalRun>& candidate) {
  const Occurrences before = by_case(base), after = by_case(candidate);
  std::vector<Finding> findings = judge_cases(before, after);
  const std::vector<Finding> others = other_conditions(base, candidate);
  const std::vector<Finding> times = judge_times(shared_times(before, after), !others.empty());
  findings.insert(findings.end(), times.begin(), times.end());
  findings.insert(findings.end(), others.begin(), others.end());
  return findings;
}

int run_compare(const Options& options) {
  check_reports(options.gate);
  std::vector<JournalRun> base = read_journal(options.gate.base_journal);
  std::vector<JournalRun> candidate = read_journal(options.gate.new_journal);
  keep_matching(base, options.filter);
  keep_matching(candidate, options.filter);
  if (!options.filter.empty() && by_case(base).empty() && by_case(candidate).empty())
    return tell(
        std::vector{whole_gate(
            "errors", Judgement::unjudged,
            fmt::format("no case of either journal matches --filter '{}'", options.filter))},
        options.gate);
  return tell(compare_journals(base, candidate), options.gate);
}

}  // namespace qbench
