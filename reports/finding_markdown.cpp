// SPDX-License-Identifier: Apache-2.0
// Findings as a comment on a pull request: the verdict, what is not SAME, and the rest folded.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "reports/findings.h"
#include "reports/formats.h"
#include "reports/markdown.h"
#include "reports/sections.h"

namespace qbench {
namespace {

// GitHub refuses a comment of more than 65536 characters.
constexpr std::size_t kLongest = 60000, kMostRows = 50, kMostCommands = 10, kLongestCell = 200;
constexpr std::string_view kHeading =
    "| judgement | subject | field | before | after | reason |\n"
    "| :--- | :--- | :--- | ---: | ---: | :--- |\n";

std::string cell(const std::string& text) {
  return " " + escaped(shorten(printable(text), kLongestCell)) + " |";
}

std::string row(const Finding& finding) {
  return "|" + cell(name(finding.judgement)) + cell(finding.subject) + cell(finding.field) +
         cell(finding.before) + cell(finding.after) + cell(finding.reason) + "\n";
}

// As many rows as there is room for.
void add_table(std::string& out, const Findings& findings, std::size_t most) {
  out += kHeading;
  std::size_t shown = 0;
  for (const Finding* finding : findings) {
    const std::string text = row(*finding);
    if (shown == most || out.size() + text.size() > kLongest) break;
    out += text;
    ++shown;
  }
  if (shown < findings.size())
    out += fmt::format("\n{} more left out here.\n", findings.size() - shown);
}

void add_commands(std::string& out, const std::vector<std::string>& all) {
  std::string block;
  for (const std::string& command : std::span(all).first(std::min(all.size(), kMostCommands)))
    block += "    " + printable(command) + "\n";
  if (block.empty() || out.size() + block.size() > kLongest) return;
  out += "\nTo run it again:\n\n" + block;
}

bool is_same(const Finding* finding) { return finding->judgement == Judgement::same; }

// What is not SAME, the worst first.
void add_others(std::string& out, const Gate& gate) {
  Findings others;
  std::ranges::remove_copy_if(gate.findings, std::back_inserter(others), is_same);
  if (others.empty()) return;
  std::ranges::stable_sort(others, std::greater(), &Finding::judgement);
  out += fmt::format("\n{}: {}\n\n", escaped(printable(gate.name)), counts(gate.findings));
  add_table(out, others, kMostRows);
  add_commands(out, commands(others));
}

void add_folded(std::string& out, const Gate& gate) {
  Findings same;
  std::ranges::copy_if(gate.findings, std::back_inserter(same), is_same);
  if (same.empty()) return;
  out += fmt::format("\n<details><summary>{}: {}</summary>\n\n", escaped(printable(gate.name)),
                     counts(same));
  add_table(out, same, same.size());
  out += "\n</details>\n";
}

}  // namespace

std::string markdown_findings(std::span<const Finding> findings) {
  std::string out = fmt::format("**qbench: {}**\n", escaped(printable(verdict(findings))));
  const std::vector<Gate> gates = gates_of(findings);
  for (const Gate& gate : gates) add_others(out, gate);
  for (const Gate& gate : gates) add_folded(out, gate);
  return out;
}

}  // namespace qbench
