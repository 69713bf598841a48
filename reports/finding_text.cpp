// SPDX-License-Identifier: Apache-2.0
// Findings for a terminal: what is not SAME in full, all rows of the gates that show ratios, and
// counts.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/findings.h"
#include "reports/formats.h"
#include "reports/sections.h"

namespace qbench {
namespace {

using Row = std::array<std::string, 6>;

Row row_of(const Finding& finding) {
  Row row = {name(finding.judgement), finding.subject, finding.field,
             finding.before,          finding.after,   finding.reason};
  for (std::string& cell : row) cell = cell.empty() ? "-" : printable(cell);
  if (row.back() == "-") row.back().clear();
  return row;
}

std::string table(const Findings& findings) {
  std::vector<Row> rows = {{"judgement", "subject", "field", "before", "after", "reason"}};
  for (const Finding* finding : findings) rows.push_back(row_of(*finding));
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const auto length = [&](const Row& one) { return one[column].size(); };
      const std::size_t width = length(*std::ranges::max_element(rows, {}, length));
      const bool right = column == 3 || column == 4;  // values
      line += right ? fmt::format("{:>{}}  ", row[column], width)
                    : fmt::format("{:<{}}  ", row[column], width);
    }
    out += line.erase(line.find_last_not_of(' ') + 1) + '\n';
  }
  return out;
}

std::string lines(const Findings& findings) {
  std::string out;
  for (const Finding* finding : findings)
    if (finding->judgement != Judgement::same)
      out += fmt::format("{} {} {}\n", name(finding->judgement), printable(finding->gate),
                         printable(described(*finding)));
  return out;
}

}  // namespace

std::string text_findings(std::span<const Finding> findings) {
  std::string out;
  std::vector<std::string> summary;
  for (const auto& [gate, all] : gates_of(findings)) {
    out += gate == "speed" || gate == "instructions" ? gate + "\n" + table(all) : lines(all);
    for (const std::string& command : commands(all)) out += "rerun: " + printable(command) + "\n";
    summary.push_back(printable(gate) + ": " + counts(all));
  }
  if (summary.empty()) return "there was nothing to judge\n";
  return out + fmt::format("{}\n", fmt::join(summary, "; "));
}

}  // namespace qbench
