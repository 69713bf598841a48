// SPDX-License-Identifier: Apache-2.0
// Findings as a comment on a pull request: the verdict, a row for each group that is not SAME, and
// the folded rows of ratios that are. A comment is always one page, even in a file.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "reports/findings/finding_formats.h"
#include "reports/findings/finding_groups.h"
#include "reports/findings/findings.h"
#include "reports/results/markdown.h"
#include "reports/results/sections.h"

namespace qbench {
namespace {

// GitHub refuses a comment of more than 65536 characters.
constexpr std::size_t kLongest = 60000, kLongestCell = 200;
constexpr std::string_view kHeading =
    "| judgement | subject | field | before | after | reason |\n"
    "| :--- | :--- | :--- | ---: | ---: | :--- |\n";

using Groups = std::vector<Group>;

std::string cell(const std::string& text) {
  return " " + escaped(shorten(printable(text), kLongestCell)) + " |";
}

std::string row(const Group& group) {
  const Finding& example = *group.example;
  const bool whole = is_whole_gate(example);
  return "|" + cell(name(example.judgement)) + cell(subject_of(group)) + cell(example.field) +
         cell(example.before) + cell(example.after) +
         cell(whole ? described(example) : remark_of(group)) + "\n";
}

// Adds rows while there is room.
void add_table(std::string& out, const Groups& groups) {
  out += kHeading;
  std::size_t shown = 0;
  for (const Group& group : groups) {
    const std::string text = row(group);
    if (out.size() + text.size() > kLongest) break;
    out += text;
    ++shown;
  }
  if (shown < groups.size())
    out += fmt::format("\n{} more left out here.\n", groups.size() - shown);
}

void add_commands(std::string& out, const Groups& groups) {
  std::string block;
  for (const Group& group : groups)
    if (!group.command.empty()) block += "    " + printable(group.command) + "\n";
  if (block.empty() || out.size() + block.size() > kLongest) return;
  out += "\nTo run it again:\n\n" + block;
}

Groups of_gate(const FindingsPage& page, const std::string& gate, bool same) {
  Groups out;
  std::ranges::copy_if(page.groups, std::back_inserter(out), [&](const Group& group) {
    const Finding& example = *group.example;
    return example.gate == gate && (example.judgement == Judgement::same) == same;
  });
  return out;
}

void add_gate(std::string& out, const Gate& gate, const FindingsPage& page) {
  const Groups others = of_gate(page, gate.name, false);
  out += fmt::format("\n{}: {}\n", escaped(printable(gate.name)), counts(gate.findings));
  if (others.empty()) return;
  out += "\n";
  add_table(out, others);
  add_commands(out, others);
}

void add_folded(std::string& out, const Gate& gate, const FindingsPage& page) {
  const Groups same = of_gate(page, gate.name, true);
  if (same.empty()) return;
  out += fmt::format("\n<details><summary>{}: what is SAME</summary>\n\n",
                     escaped(printable(gate.name)));
  add_table(out, same);
  out += "\n</details>\n";
}

}  // namespace

std::string markdown_findings(std::span<const Finding> findings, Detail) {
  std::string out = fmt::format("**qbench: {}**\n", escaped(printable(verdict(findings))));
  const FindingsPage page = page_of(findings);
  const std::vector<Gate> gates = gates_of(findings);
  for (const Gate& gate : gates) add_gate(out, gate, page);
  for (const Gate& gate : gates) add_folded(out, gate, page);
  if (const std::string missing = left_out(page); !missing.empty())
    out += "\n" + escaped(missing) + "\n";
  return out;
}

}  // namespace qbench
