// SPDX-License-Identifier: Apache-2.0
// Findings as JSON Lines, written and read: external gates use them to report their findings.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "reports/findings/finding_formats.h"

namespace qbench {
namespace {

using Json = nlohmann::ordered_json;

// The text fields, in the order of the JSON object.
constexpr std::pair<const char*, std::string Finding::*> kTexts[] = {
    {"gate", &Finding::gate},       {"subject", &Finding::subject}, {"field", &Finding::field},
    {"before", &Finding::before},   {"after", &Finding::after},     {"reason", &Finding::reason},
    {"command", &Finding::command}, {"file", &Finding::file},
};

// Invalid UTF-8 becomes U+FFFD.
std::string line_of(const Finding& finding) {
  Json line = {{"type", "finding"}, {"judgement", name(finding.judgement)}};
  for (const auto& [name, text] : kTexts)
    if (!(finding.*text).empty()) line[name] = finding.*text;
  if (finding.line > 0) line["line"] = finding.line;
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text_at(const Json& line, const char* name) {
  if (!line.contains(name)) return "";
  if (!line[name].is_string()) throw std::invalid_argument(fmt::format("{} is no text", name));
  return line[name];
}

Judgement judgement_of(const std::string& text) {
  const auto found = std::ranges::find(kJudgementNames, text);
  if (found == std::end(kJudgementNames))
    throw std::invalid_argument(
        fmt::format("judgement is '{}': give one of {}", text, fmt::join(kJudgementNames, ", ")));
  return static_cast<Judgement>(found - std::begin(kJudgementNames));
}

int line_number(const Json& value) {
  constexpr unsigned kMostLines = std::numeric_limits<int>::max();
  if (!value.is_number_unsigned() || value > kMostLines)
    throw std::invalid_argument("line is no line number");
  return value;
}

Finding finding_of(const Json& line) {
  Finding out;
  out.judgement = judgement_of(text_at(line, "judgement"));
  for (const auto& [name, text] : kTexts) out.*text = text_at(line, name);
  if (out.gate.empty()) throw std::invalid_argument("there is no gate");
  if (out.subject.empty()) throw std::invalid_argument("there is no subject");
  if (line.contains("line")) out.line = line_number(line["line"]);
  return out;
}

// Adds the finding of a line, if it is one.
void add(std::vector<Finding>& out, const std::string& text) {
  const Json line = Json::parse(text, nullptr, false);
  if (!line.is_object()) throw std::invalid_argument("this is no object of JSON");
  if (text_at(line, "type") == "finding") out.push_back(finding_of(line));
}

}  // namespace

std::string jsonl_findings(std::span<const Finding> findings, Detail) {
  std::string out;
  for (const Finding& finding : findings) out += line_of(finding) + "\n";
  return out;
}

std::vector<Finding> read_findings(std::string_view text) {
  std::vector<Finding> out;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    try {
      if (line.find_first_not_of(" \t\r") != line.npos) add(out, line);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(fmt::format("line {}: {}", number, error.what()));
    }
  }
  return out;
}

}  // namespace qbench
