// SPDX-License-Identifier: Apache-2.0
// Findings for a terminal: a line for each group that is not SAME, the rows of gates that show
// ratios, the commands that rerun them, and counts. For a file, also each finding in full.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/findings/finding_formats.h"
#include "reports/findings/finding_groups.h"
#include "reports/findings/findings.h"
#include "reports/results/sections.h"

namespace qbench {
namespace {

using Groups = std::vector<Group>;
using Row = std::array<std::string, 6>;

Row row_of(const Group& group) {
  const Finding& example = *group.example;
  Row row = {name(example.judgement), subject_of(group), example.field,
             example.before,          example.after,     remark_of(group)};
  for (std::string& cell : row) cell = cell.empty() ? "-" : printable(cell);
  if (row.back() == "-") row.back().clear();
  return row;
}

std::string table(const std::string& gate, const Groups& groups) {
  std::vector<Row> rows = {{"judgement", "subject", "field", "before", "after", "reason"}};
  for (const Group& group : groups) rows.push_back(row_of(group));
  std::string out = printable(gate) + "\n";
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const auto length = [&](const Row& one) { return display_width(one[column]); };
      const std::size_t width = length(*std::ranges::max_element(rows, {}, length));
      const bool right = column == 3 || column == 4;  // values
      line += pad(row[column], width, right) + "  ";
    }
    out += line.erase(line.find_last_not_of(' ') + 1) + '\n';
  }
  return out;
}

// "BREACH errors: 2 cases of nf4 ..."
std::string line(const Finding& finding, const std::string& what) {
  return fmt::format("{} {}: {}\n", name(finding.judgement), printable(finding.gate),
                     printable(what));
}

// Rows of ratios as a table, and findings without a ratio as lines.
std::string lines(const std::string& gate, Groups groups) {
  const auto is_row = [&](const Group& group) {
    return shows_ratios(gate) && !is_whole_gate(*group.example);
  };
  const auto rest = std::ranges::stable_partition(groups, is_row);
  std::string out;
  for (const Group& group : rest) out += line(*group.example, described(group));
  groups.erase(rest.begin(), rest.end());
  return groups.empty() ? out : table(gate, groups) + out;
}

std::string reruns(const Groups& groups) {
  std::string out;
  for (const Group& group : groups)
    if (!group.command.empty()) out += "rerun: " + printable(group.command) + "\n";
  return out;
}

Groups of_gate(const FindingsPage& page, const std::string& gate) {
  Groups out;
  std::ranges::copy_if(page.groups, std::back_inserter(out),
                       [&](const Group& group) { return group.example->gate == gate; });
  return out;
}

std::string each_of(std::span<const Finding> findings) {
  std::string out = "\nEach finding:\n";
  for (const Finding& finding : findings) {
    out += line(finding, described(finding));
    if (!finding.command.empty()) out += "rerun: " + printable(finding.command) + "\n";
  }
  return out;
}

}  // namespace

std::string text_findings(std::span<const Finding> findings, Detail detail) {
  if (findings.empty()) return verdict(findings) + "\n";
  const FindingsPage page = page_of(findings);
  std::string out;
  std::vector<std::string> summary;
  for (const auto& [gate, all] : gates_of(findings)) {
    const Groups groups = of_gate(page, gate);
    out += lines(gate, groups) + reruns(groups);
    summary.push_back(printable(gate) + ": " + counts(all));
  }
  if (const std::string missing = left_out(page); !missing.empty()) out += missing + "\n";
  out += fmt::format("{}\n", fmt::join(summary, "; "));
  return detail == Detail::full ? out + each_of(findings) : out;
}

}  // namespace qbench
