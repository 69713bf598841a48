// SPDX-License-Identifier: Apache-2.0
// Findings as JUnit XML: a suite a gate, a case a subject and field. What neither passed nor failed
// (SKIPPED, INCONCLUSIVE, CLOCK, INCOMPARABLE) is skipped: whether it fails is for the exit code.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "reports/findings.h"
#include "reports/formats.h"

namespace qbench {
namespace {

enum class Outcome { passed, skipped, failed };

Outcome outcome(const Finding& finding) {
  if (finding.judgement >= Judgement::slow) return Outcome::failed;
  return is_open(finding) || finding.judgement == Judgement::skipped ? Outcome::skipped
                                                                     : Outcome::passed;
}

// Bytes that are no UTF-8 become U+FFFD.
std::string as_utf8(std::string_view text) {
  const nlohmann::json json = text;
  return nlohmann::json::parse(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// What XML 1.0 cannot hold at all: control characters, U+FFFE and U+FFFF.
std::string without_forbidden(std::string text) {
  std::erase_if(text, [](unsigned char c) { return c < 0x20 && c != '\t' && c != '\n'; });
  for (const std::string_view forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    for (std::size_t at; (at = text.find(forbidden)) != text.npos;) text.erase(at, 3);
  return text;
}

// Line ends too: those of an attribute would be read as spaces.
constexpr std::pair<char, std::string_view> kEscapes[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\t', "&#9;"}, {'\n', "&#10;"}};

// Fit for an attribute and for text.
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

std::string content(const Finding& finding) {
  const std::string judgement = name(finding.judgement);
  std::string text = judgement + " " + described(finding);
  if (!finding.command.empty()) text += "\nrerun: " + finding.command;
  switch (outcome(finding)) {
    case Outcome::failed:
      return fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>", judgement,
                         xml(judgement + " " + described(finding)), xml(text));
    case Outcome::skipped:
      return fmt::format("<skipped message=\"{}\"/>", xml(text));
    case Outcome::passed:
      break;
  }
  if (finding.judgement == Judgement::same) return "";
  return fmt::format("<system-out>{}</system-out>", xml(text));
}

std::string testcase(const Finding& finding) {
  const std::string field = finding.field.empty() ? "" : " " + finding.field;
  const std::string head =
      fmt::format("    <testcase classname=\"qbench.{}\" name=\"{}\"{}", xml(finding.gate),
                  xml(finding.subject + field), location(finding));
  const std::string inside = content(finding);
  return head + (inside.empty() ? "/>\n" : ">" + inside + "</testcase>\n");
}

std::string numbers(const Findings& findings) {
  const auto count = [&](Outcome of) {
    return std::ranges::count(findings, of, [](const Finding* f) { return outcome(*f); });
  };
  return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"", findings.size(),
                     count(Outcome::failed), count(Outcome::skipped));
}

}  // namespace

std::string junit_findings(std::span<const Finding> findings) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"qbench\" {}>\n", numbers(worst_first(findings)));
  for (const auto& [gate, all] : gates_of(findings)) {
    out += fmt::format("  <testsuite name=\"{}\" {}>\n", xml(gate), numbers(all));
    for (const Finding* finding : all) out += testcase(*finding);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace qbench
