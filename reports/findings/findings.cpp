// SPDX-License-Identifier: Apache-2.0
// The table of the reports of findings, and the functions that these share.
#include "reports/findings/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "reports/findings/finding_formats.h"

namespace qbench {
namespace {

constexpr FindingReport kReports[] = {
    {"text", "what is not as it was, for a terminal", text_findings},
    {"markdown", "a comment on a pull request, the verdict in its first line", markdown_findings},
    {"junit", "JUnit XML, for GitLab, Jenkins and others", junit_findings},
    {"github", "annotations of GitHub Actions", github_findings},
    {"jsonl", "a line of JSON a finding", jsonl_findings},
};

constexpr int kNothingJudged = 1, kErrors = 2, kSpeed = 3, kInconclusive = 4, kNotComparable = 5;

int exit_code_of(const Finding& finding) {
  switch (finding.judgement) {
    case Judgement::breach:
    case Judgement::slow:
      return finding.gate == "errors" ? kErrors : kSpeed;
    case Judgement::incomparable:
      return kNotComparable;
    case Judgement::inconclusive:
    case Judgement::clock:
      return kInconclusive;
    case Judgement::unjudged:
      return kNothingJudged;
    default:
      return 0;
  }
}

bool judges(const Finding& finding) { return is_judged(finding.judgement); }

std::string plural(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

// Describes so many findings of one gate and judgement in plain words.
std::string words(const std::string& gate, Judgement judgement, std::size_t count) {
  switch (judgement) {
    case Judgement::same:
      return fmt::format("{} same", count);
    case Judgement::fast:
      return fmt::format("{} better", count);
    case Judgement::recorded:
      return fmt::format("{} recorded", count);
    case Judgement::traded:
      return fmt::format("{} slower as the policy allows", count);
    case Judgement::skipped:
      return fmt::format("{} skipped", count);
    case Judgement::unjudged:
      return fmt::format("{} unjudged", count);
    case Judgement::inconclusive:
      return plural(count, "row") + " inconclusive";
    case Judgement::clock:
      return plural(count, "row") + " with a changed clock";
    case Judgement::incomparable:
      return plural(count, "row") + " not comparable";
    case Judgement::slow:
      return plural(count, "row") + " slower";
    case Judgement::breach:
      break;
  }
  if (gate == "errors") return plural(count, "error") + " changed";
  if (gate == "instructions") return plural(count, "row") + " with more instructions";
  return fmt::format("{} gate {} {}", gate, count, count == 1 ? "breach" : "breaches");
}

// The outcome of a whole gate; a reason follows.
std::string fate(Judgement judgement) {
  switch (judgement) {
    case Judgement::unjudged:
      return "judged nothing";
    case Judgement::skipped:
      return "was skipped";
    case Judgement::incomparable:
      return "could not be judged";
    default:
      return std::string("is ") + name(judgement);
  }
}

std::string words_of(const Finding& one, std::size_t count) {
  if (is_whole_gate(one)) return fmt::format("the {} gate {}", one.gate, fate(one.judgement));
  return words(one.gate, one.judgement, count);
}

// True if words_of() counts the two together.
bool counted_together(const Finding& one, const Finding& other) {
  const bool by_gate = is_whole_gate(one) || is_whole_gate(other) ||
                       one.judgement == Judgement::slow || one.judgement == Judgement::breach;
  return one.judgement == other.judgement && is_whole_gate(one) == is_whole_gate(other) &&
         (!by_gate || one.gate == other.gate);
}

// The words of all findings, the worst first. Good ones are mentioned only if all are good.
std::vector<std::string> all_words(std::span<const Finding> findings) {
  std::vector<std::string> out;
  const bool all_well = std::ranges::none_of(findings, is_open);
  const Findings sorted = worst_first(findings);
  for (auto first = sorted.begin(); first != sorted.end();) {
    const Finding& one = **first;
    const auto last = std::find_if(
        first, sorted.end(), [&](const Finding* other) { return !counted_together(one, *other); });
    if (all_well || is_open(one)) out.push_back(words_of(one, last - first));
    first = last;
  }
  return out;
}

}  // namespace

std::span<const FindingReport> finding_reports() { return kReports; }

int exit_code(std::span<const Finding> findings, bool inconclusive_fails) {
  const auto any = [&](int code) {
    return std::ranges::find(findings, code, exit_code_of) != findings.end();
  };
  for (const int code : {kErrors, kSpeed, kNotComparable})
    if (any(code)) return code;
  if (inconclusive_fails && any(kInconclusive)) return kInconclusive;
  return any(kNothingJudged) || std::ranges::none_of(findings, judges) ? kNothingJudged : 0;
}

Finding whole_gate(const std::string& gate, Judgement judgement, const std::string& reason) {
  return {.gate = gate, .judgement = judgement, .subject = gate, .reason = reason};
}

bool is_whole_gate(const Finding& finding) {
  return finding.subject == finding.gate && finding.field.empty();
}

std::vector<Gate> gates_of(std::span<const Finding> findings) {
  std::vector<Gate> out;
  for (const Finding& finding : findings) {
    auto found = std::ranges::find(out, finding.gate, &Gate::name);
    if (found == out.end()) found = out.insert(out.end(), {finding.gate, {}});
    found->findings.push_back(&finding);
  }
  return out;
}

Findings worst_first(std::span<const Finding> findings) {
  Findings out;
  for (const Gate& gate : gates_of(findings))
    out.insert(out.end(), gate.findings.begin(), gate.findings.end());
  std::ranges::stable_sort(out, std::greater(), [](const Finding* finding) {
    return std::pair(finding->judgement, finding->gate == "errors");
  });
  return out;
}

bool is_open(const Finding& finding) { return exit_code_of(finding) != 0; }

std::string counts(const Findings& findings) {
  std::vector<std::string> out;
  for (int i = 0; i < static_cast<int>(std::size(kJudgementNames)); ++i)
    if (const auto count = std::ranges::count(findings, Judgement(i), &Finding::judgement))
      out.push_back(fmt::format("{} {}", count, kJudgementNames[i]));
  return fmt::format("{}", fmt::join(out, ", "));
}

std::string verdict(std::span<const Finding> findings) {
  if (findings.empty()) return "nothing was judged: no gate found anything to judge";
  const int code = exit_code(findings);
  const char* word = code == kNotComparable   ? "not comparable"
                     : code == kInconclusive  ? "inconclusive"
                     : code == kNothingJudged ? "nothing was judged"
                     : code != 0              ? "failed"
                                              : "passed";
  return fmt::format("{}: {}", word, fmt::join(all_words(findings), ", "));
}

std::string change(const Finding& finding) {
  const auto or_none = [](const std::string& text) { return text.empty() ? "none" : text; };
  if (finding.before == finding.after) return finding.before;
  return or_none(finding.before) + " -> " + or_none(finding.after);
}

std::string described(const Finding& finding) {
  if (is_whole_gate(finding)) {
    const std::string what = fate(finding.judgement);
    return finding.reason.empty() ? what : what + ": " + finding.reason;
  }
  std::string out = finding.subject;
  if (!finding.field.empty()) out += " " + finding.field;
  if (const std::string text = change(finding); !text.empty()) out += ": " + text;
  if (!finding.reason.empty()) out += " (" + finding.reason + ")";
  return out;
}

std::vector<std::string> commands(const Findings& findings) {
  std::vector<std::string> out;
  for (const Finding* finding : findings)
    if (finding->judgement != Judgement::same && !finding->command.empty() &&
        std::ranges::find(out, finding->command) == out.end())
      out.push_back(finding->command);
  return out;
}

}  // namespace qbench
