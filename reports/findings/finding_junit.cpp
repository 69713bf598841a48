// SPDX-License-Identifier: Apache-2.0
// Findings as JUnit XML: a test suite per gate and a test case per subject, decided by its worst
// finding. INCOMPARABLE and UNJUDGED are errors. SKIPPED, INCONCLUSIVE and CLOCK are skipped,
// because the exit code decides whether they fail.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "reports/findings/finding_formats.h"
#include "reports/findings/findings.h"

namespace qbench {
namespace {

// The element of a test case that did not pass.
constexpr std::string_view kFailure = "failure", kError = "error", kSkipped = "skipped";
constexpr std::string_view kPassed = "";

std::string_view outcome(const Finding& finding) {
  switch (finding.judgement) {
    case Judgement::breach:
    case Judgement::slow:
      return kFailure;
    case Judgement::incomparable:
    case Judgement::unjudged:
      return kError;
    case Judgement::clock:
    case Judgement::inconclusive:
    case Judgement::skipped:
      return kSkipped;
    case Judgement::traded:
    case Judgement::recorded:
    case Judgement::fast:
    case Judgement::same:
      break;
  }
  return kPassed;
}

// A subject's findings in one gate, the worst first. Fields are not test cases of their own: gates
// report them only for failures, and a test case has to keep its name.
using Case = Findings;

// The subjects, in the order of their first finding.
std::vector<Case> cases_of(const Findings& findings) {
  std::vector<Case> out;
  std::unordered_map<std::string, std::size_t> places;
  for (const Finding* finding : findings) {
    const auto [place, is_new] = places.try_emplace(finding->subject, out.size());
    if (is_new) out.emplace_back();
    out[place->second].push_back(finding);
  }
  for (Case& one : out) std::ranges::stable_sort(one, std::greater(), &Finding::judgement);
  return out;
}

// Invalid UTF-8 becomes U+FFFD.
std::string as_utf8(std::string_view text) {
  const nlohmann::json json = text;
  return nlohmann::json::parse(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// True for characters that XML 1.0 cannot represent: control characters, U+FFFE and U+FFFF.
std::string without_forbidden(std::string text) {
  std::erase_if(text, [](unsigned char c) { return c < 0x20 && c != '\t' && c != '\n'; });
  for (const std::string_view forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    for (std::size_t at; (at = text.find(forbidden)) != text.npos;) text.erase(at, 3);
  return text;
}

// Line ends are escaped too, because parsers turn those of attributes into spaces.
constexpr std::pair<char, std::string_view> kEscapes[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\t', "&#9;"}, {'\n', "&#10;"}};

// Escapes text for attributes and elements.
std::string xml(std::string_view text) {
  std::string out;
  for (const char c : without_forbidden(as_utf8(text))) {
    const auto found = std::ranges::find(kEscapes, c, &std::pair<char, std::string_view>::first);
    if (found == std::end(kEscapes))
      out += c;
    else
      out += found->second;
  }
  return out;
}

std::string location(const Finding& finding) {
  std::string out;
  if (!finding.file.empty()) out += fmt::format(" file=\"{}\"", xml(finding.file));
  if (finding.line > 0) out += fmt::format(" line=\"{}\"", finding.line);
  return out;
}

std::string line(const Finding& finding) {
  return fmt::format("{} {}", name(finding.judgement), described(finding));
}

std::string content(const Case& one) {
  const Finding& worst = *one.front();
  if (worst.judgement == Judgement::same) return "";
  std::string text = line(worst);
  for (const Finding* finding : std::span(one).subspan(1)) text += "\n" + line(*finding);
  for (const std::string& command : commands(one)) text += "\nrerun: " + command;
  const std::string_view element = outcome(worst);
  if (element == kPassed) return fmt::format("<system-out>{}</system-out>", xml(text));
  return fmt::format("<{0} type=\"{1}\" message=\"{2}\">{3}</{0}>", element, name(worst.judgement),
                     xml(line(worst)), xml(text));
}

std::string testcase(const Case& one) {
  const Finding& worst = *one.front();
  const std::string head = fmt::format("    <testcase classname=\"qbench.{}\" name=\"{}\"{}",
                                       xml(worst.gate), xml(worst.subject), location(worst));
  const std::string inside = content(one);
  return head + (inside.empty() ? "/>\n" : ">" + inside + "</testcase>\n");
}

std::string numbers(const std::vector<Case>& cases) {
  const auto count = [&](std::string_view of) {
    return std::ranges::count(cases, of, [](const Case& one) { return outcome(*one.front()); });
  };
  return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", cases.size(),
                     count(kFailure), count(kError), count(kSkipped));
}

}  // namespace

std::string junit_findings(std::span<const Finding> findings, Detail) {
  std::vector<Case> all;
  std::string suites;
  for (const auto& [gate, of_gate] : gates_of(findings)) {
    const std::vector<Case> cases = cases_of(of_gate);
    suites += fmt::format("  <testsuite name=\"{}\" {}>\n", xml(gate), numbers(cases));
    for (const Case& one : cases) suites += testcase(one);
    suites += "  </testsuite>\n";
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"qbench\" {}>\n{}</testsuites>\n",
      numbers(all), suites);
}

}  // namespace qbench
