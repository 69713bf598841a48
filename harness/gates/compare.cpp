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

// The i-th run of one side to the i-th of the other, by the medians of their samples.
LogRatios ratios_of(const std::vector<const Result*>& before,
                    const std::vector<const Result*>& after) {
  LogRatios ratios;
  const std::size_t runs = std::min({before.size(), after.size(), kMostRuns});
  for (std::size_t i = 0; i < runs; ++i)
    if (timed(before[i]) && timed(after[i]) && before[i]->seconds && after[i]->seconds)
      ratios.push_back(std::log(*after[i]->seconds / *before[i]->seconds));
  return ratios;
}

struct Shared {
  std::vector<SpeedRow> rows;
  std::vector<Finding> errors;
};

Shared shared_cases(const Occurrences& base, const Occurrences& candidate) {
  Shared shared;
  for (const auto& [id, after] : candidate) {
    const auto before = base.find(id);
    if (before == base.end()) continue;
    for (Finding& finding : compare_errors(*before->second.back(), *after.back()))
      shared.errors.push_back(std::move(finding));
    LogRatios ratios = ratios_of(before->second, after);
    if (!ratios.empty())
      shared.rows.push_back({.subject = id, .delta = kThreshold, .seconds = std::move(ratios)});
  }
  return shared;
}

std::vector<Finding> judge_times(const std::vector<SpeedRow>& rows, bool advisory) {
  std::vector<LogRatios> ratios;
  for (const SpeedRow& row : rows) ratios.push_back(row.seconds);
  const SpeedRule rule{.looks = {1}};
  const auto judged = look(ratios, std::vector<double>(rows.size(), kThreshold), rule);
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool enough = rows[i].seconds.size() >= kLeastRuns;
    const Judgement judgement = advisory ? Judgement::skipped
                                : enough ? judged[i].value_or(Judgement::inconclusive)
                                         : Judgement::inconclusive;
    std::string reason = describe(rows[i], rule);
    if (advisory) reason += "; advisory";
    if (!advisory && !enough)
      reason += fmt::format("; store {} runs a side (--append), or see qbench ab", kLeastRuns);
    findings.push_back({.gate = "speed",
                        .judgement = judgement,
                        .subject = rows[i].subject,
                        .field = "seconds",
                        .reason = reason});
  }
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
  const std::vector<Finding> times = judge_times(shared.rows, !others.empty());
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
