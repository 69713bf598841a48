// SPDX-License-Identifier: Apache-2.0
// Stored results: errors exactly, times as far as their conditions allow.
#include "harness/gates/compare.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "harness/gates/comparison.h"
#include "harness/gates/tell.h"

namespace qbench {
namespace {

constexpr std::size_t kLeastRuns = 10;  // below, the sign test has nothing to reject with

// What does not change how fast or how exact a program is.
const std::set<std::string_view> kIncidental = {"date", "load",    "memory", "revision",
                                                "seed", "version", "side",   "pair"};

std::vector<Finding> other_conditions(const Environment& before, const Environment& after) {
  std::vector<Finding> findings;
  for (const auto& [name, value] : before) {
    const auto other = std::ranges::find(after, name, &Environment::value_type::first);
    const std::string now = other == after.end() ? "" : other->second;
    if (kIncidental.contains(name) || now == value) continue;
    findings.push_back({.gate = "speed",
                        .judgement = Judgement::skipped,
                        .subject = "environment",
                        .field = name,
                        .before = value,
                        .after = now,
                        .reason = "times are advisory: the environments differ"});
  }
  return findings;
}

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

void compare_errors(const Result& before, const Result& after, std::vector<Finding>& findings) {
  const std::size_t known = findings.size();
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
  if (findings.size() == known)
    findings.push_back(case_finding("errors", Judgement::same, after, ""));
}

// As far as the number of runs allows.
std::vector<Finding> compare_times(const std::vector<JournalRun>& base,
                                   const std::vector<JournalRun>& candidate) {
  const std::size_t runs = std::min({base.size(), candidate.size(), std::size_t{1000}});
  SpeedPolicy policy;
  policy.rule.looks = {static_cast<int>(runs)};
  Comparison comparison(policy, [](const std::string&) { return 0.03; });
  for (std::size_t i = 0; i < runs; ++i) comparison.add({base[i], candidate[i]});
  comparison.look();
  return comparison.findings([](const std::string&) { return std::string(); });
}

void weaken(std::vector<Finding>& findings, Judgement to, const std::string& why) {
  for (Finding& finding : findings) {
    const bool of_time = finding.field == "seconds" || finding.field == "geometric mean";
    if (!of_time) continue;
    finding.judgement = to;
    finding.reason += "; " + why;
  }
}

void keep_matching(std::vector<JournalRun>& runs, const std::string& filter) {
  const RE2 pattern(filter);
  for (JournalRun& run : runs)
    std::erase_if(run.results, [&](const Result& r) { return !RE2::PartialMatch(r.id, pattern); });
}

}  // namespace

std::vector<Finding> compare_journals(const std::vector<JournalRun>& base,
                                      const std::vector<JournalRun>& candidate) {
  std::vector<Finding> findings;
  for (const Result& after : candidate[0].results)
    if (const Result* before = find(base[0], after.id); before && after.status == Status::passed)
      compare_errors(*before, after, findings);
  const bool nothing_shared = findings.empty();
  std::vector<Finding> times = compare_times(base, candidate);
  const std::vector<Finding> others =
      other_conditions(base[0].environment, candidate[0].environment);
  if (!others.empty())
    weaken(times, Judgement::skipped, "advisory");
  else if (std::min(base.size(), candidate.size()) < kLeastRuns)
    weaken(times, Judgement::inconclusive,
           fmt::format("{} runs a side show nothing: store {} (--append), or see qbench ab",
                       std::min(base.size(), candidate.size()), kLeastRuns));
  findings.insert(findings.end(), times.begin(), times.end());
  findings.insert(findings.end(), others.begin(), others.end());
  if (nothing_shared)
    findings.push_back({.gate = "errors",
                        .judgement = Judgement::incomparable,
                        .subject = "journals",
                        .reason = "they have no case in common"});
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
