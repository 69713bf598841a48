// SPDX-License-Identifier: Apache-2.0
// Stored results: errors exactly, times as far as their conditions allow.
#include "harness/gates/compare.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "harness/gates/apart.h"
#include "harness/gates/speed_judge.h"
#include "harness/gates/tell.h"
#include "harness/timing.h"

namespace qbench {
namespace {

constexpr std::size_t kLeastRuns = 10, kMostRuns = 1000;
constexpr double kThreshold = 0.03;

// --- Conditions

// What does not change how fast or how exact a program is, or is measured anew each time.
bool incidental(const std::string& name) {
  static const std::set<std::string_view> names = {"date", "load",    "memory", "revision",
                                                   "seed", "version", "side",   "pair"};
  return names.contains(name) || name.starts_with("ceilings ");
}

// Of each name, what the runs say.
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

// --- Errors

struct ExactFigure {
  const char* name;
  std::optional<double> Result::*member;
  const char* format;  // to as many digits as are the same on every machine
};
constexpr ExactFigure kExact[] = {{"bits_per_param", &Result::bits_per_param, "{:.17g}"},
                                  {"weight_nmse", &Result::weight_nmse, "{:.17g}"},
                                  {"weight_max_error", &Result::weight_max_error, "{:.17g}"},
                                  {"output_nmse", &Result::output_nmse, "{:.8e}"}};

std::string text_of(const ExactFigure& figure, const Result& result) {
  const std::optional<double> value = result.*figure.member;
  return value ? fmt::format(fmt::runtime(figure.format), *value) : "";
}

// Of two results that passed.
std::vector<Finding> compare_figures(const Result& before, const Result& after) {
  std::vector<Finding> findings;
  for (const ExactFigure& figure : kExact) {
    const std::string was = text_of(figure, before), is = text_of(figure, after);
    if (was == is) continue;
    const bool smaller =
        !was.empty() && !is.empty() && after.*figure.member < before.*figure.member;
    findings.push_back({.gate = "errors",
                        .judgement = smaller ? Judgement::recorded : Judgement::breach,
                        .subject = after.id,
                        .field = figure.name,
                        .before = was,
                        .after = is,
                        .reason = smaller ? "smaller" : ""});
  }
  if (findings.empty()) findings.push_back(case_finding("errors", Judgement::same, after, ""));
  return findings;
}

std::vector<Finding> compare_errors(const Result& before, const Result& after) {
  const bool passed = before.status == Status::passed, passes = after.status == Status::passed;
  if (passed && passes) return compare_figures(before, after);
  if (after.status == Status::wrong)
    return {case_finding("errors", Judgement::breach, after, after.reason)};
  if (passes) return {case_finding("errors", Judgement::recorded, after, "it passes now")};
  const Judgement judgement = passed ? Judgement::incomparable : Judgement::skipped;
  return {case_finding("errors", judgement, after, after.reason)};
}

// --- Cases: what each came to, run by run

using Occurrences = std::map<std::string, std::vector<const Result*>>;

Occurrences by_case(const std::vector<JournalRun>& runs) {
  Occurrences all;
  for (const JournalRun& run : runs)
    for (const Result& result : run.results) all[result.id].push_back(&result);
  return all;
}

// The medians of the samples of the i-th run of one side beside that of the other.
struct Times {
  std::string id;
  std::vector<double> before = {}, after = {};
};

Times times_of(const std::string& id, const std::vector<const Result*>& before,
               const std::vector<const Result*>& after) {
  Times times{id};
  const std::size_t runs = std::min({before.size(), after.size(), kMostRuns});
  for (std::size_t i = 0; i < runs; ++i) {
    if (!timed(before[i]) || !timed(after[i]) || !before[i]->seconds || !after[i]->seconds)
      continue;
    times.before.push_back(*before[i]->seconds);
    times.after.push_back(*after[i]->seconds);
  }
  return times;
}

LogRatios ratios_of(const Times& times) {
  LogRatios ratios;
  for (std::size_t i = 0; i < times.before.size(); ++i)
    ratios.push_back(std::log(times.after[i] / times.before[i]));
  return ratios;
}

struct Shared {
  std::vector<Times> times;  // of cases that have some
  std::vector<Finding> errors;
};

Shared shared_cases(const Occurrences& base, const Occurrences& candidate) {
  Shared shared;
  for (const auto& [id, after] : candidate) {
    const auto before = base.find(id);
    if (before == base.end()) continue;
    for (Finding& finding : compare_errors(*before->second.back(), *after.back()))
      shared.errors.push_back(std::move(finding));
    Times times = times_of(id, before->second, after);
    if (!times.before.empty()) shared.times.push_back(std::move(times));
  }
  return shared;
}

// Of one case, which a look at all of them has judged.
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

void keep_matching(std::vector<JournalRun>& runs, const std::string& filter) {
  const RE2 pattern(filter);
  for (JournalRun& run : runs)
    std::erase_if(run.results, [&](const Result& r) { return !RE2::PartialMatch(r.id, pattern); });
}

}  // namespace

std::vector<Finding> compare_journals(const std::vector<JournalRun>& base,
                                      const std::vector<JournalRun>& candidate) {
  Shared shared = shared_cases(by_case(base), by_case(candidate));
  std::vector<Finding> findings = std::move(shared.errors);
  if (findings.empty())
    findings.push_back({.gate = "errors",
                        .judgement = Judgement::incomparable,
                        .subject = "journals",
                        .reason = "they have no case in common"});
  const std::vector<Finding> others = other_conditions(base, candidate);
  const std::vector<Finding> times = judge_times(shared.times, !others.empty());
  findings.insert(findings.end(), times.begin(), times.end());
  findings.insert(findings.end(), others.begin(), others.end());
  return findings;
}

int run_compare(const Options& options) {
  std::vector<JournalRun> base = read_journal(options.gate.old_side);
  std::vector<JournalRun> candidate = read_journal(options.gate.new_side);
  keep_matching(base, options.filter);
  keep_matching(candidate, options.filter);
  return tell(compare_journals(base, candidate), options.gate);
}

}  // namespace qbench
