// SPDX-License-Identifier: Apache-2.0
// The table: aligned text of at most 120 columns, for a terminal.
#include <fmt/format.h>

#include <algorithm>

#include "reports/formats.h"
#include "reports/notes.h"
#include "reports/sections.h"

namespace qbench {
namespace {

constexpr std::size_t kWidth = 120;
constexpr std::size_t kIndent = 2;
constexpr std::size_t kShortestTensor = 40;

// Joins parts with `separator` into lines of at most kWidth; parts that are longer than a line are
// cut.
std::string wrap(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  std::size_t used = 0;
  for (std::string part : parts) {
    if (used > 0 && used + separator.size() + part.size() > kWidth) {
      out += '\n' + std::string(kIndent, ' ');
      used = kIndent;
    } else if (used > 0) {
      out += separator;
      used += separator.size();
    }
    for (; used + part.size() > kWidth; used = kIndent) {
      out += part.substr(0, kWidth - used) + '\n' + std::string(kIndent, ' ');
      part.erase(0, kWidth - used);
    }
    out += part;
    used += part.size();
  }
  return out + '\n';
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == ' ')
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

std::string title(const Section& section) {
  std::string out = section.suite;
  if (!section.tensor.empty()) {
    const std::size_t others = out.size() + section.conditions.size() + 4;
    const std::size_t room = others + kShortestTensor < kWidth ? kWidth - others : kShortestTensor;
    out += "  " + shorten(section.tensor, room);
  }
  return shorten(out + "  " + section.conditions, kWidth) + '\n';
}

std::size_t width(const SectionColumn& column) {
  std::size_t widest = std::max(column.heading[0].size(), column.heading[1].size());
  for (const Cell& cell : column.cells) widest = std::max(widest, cell.text.size());
  return widest;
}

// One line of a table; each column is followed by its mark, which stands in the gap of two.
template <class CellOf>
std::string line(const std::vector<SectionColumn>& columns, CellOf cell_of) {
  std::string out;
  for (const SectionColumn& column : columns) {
    const Cell cell = cell_of(column);
    out += std::string(out.empty() ? kIndent : 1, ' ');
    out += column.right ? fmt::format("{:>{}}", cell.text, width(column))
                        : fmt::format("{:<{}}", cell.text, width(column));
    out += cell.best ? '*' : ' ';
  }
  return out.erase(out.find_last_not_of(' ') + 1) + '\n';
}

std::size_t line_width(const std::vector<SectionColumn>& columns) {
  std::size_t total = kIndent - 1;
  for (const SectionColumn& column : columns) total += width(column) + 2;
  return total;
}

// Takes columns from the right until the rest fits, and returns their headings.
std::vector<std::string> drop_columns(std::vector<SectionColumn>& columns) {
  std::vector<std::string> dropped;
  while (line_width(columns) > kWidth) {
    dropped.insert(dropped.begin(), columns.back().heading[0]);
    columns.pop_back();
  }
  return dropped;
}

std::string write(Section section) {
  std::string out = title(section);
  const std::vector<std::string> dropped = drop_columns(section.columns);
  for (const int i : {0, 1})
    out += line(section.columns, [&](const SectionColumn& c) { return Cell{c.heading[i]}; });
  for (std::size_t row = 0; row < section.columns[0].cells.size(); ++row)
    out += line(section.columns, [&](const SectionColumn& c) { return c.cells[row]; });
  if (!dropped.empty())
    out += fmt::format("  no room for: {} (see --report markdown)\n", fmt::join(dropped, ", "));
  return out;
}

}  // namespace

std::string table_report(const Environment& environment, std::span<const Result> results) {
  std::string out;
  if (const auto brief = brief_conditions(environment); !brief.empty())
    out += wrap(brief, "  ") + '\n';
  bool marked = false;
  for (const Section& section : make_sections(results)) {
    out += write(section) + '\n';
    for (const SectionColumn& column : section.columns)
      marked = marked || std::ranges::any_of(column.cells, &Cell::best);
  }
  if (marked) out += "* best of the column, among modes under 16 bits per parameter\n";
  for (const std::string& note : make_notes(results)) out += wrap(words(note), " ");
  return out;
}

}  // namespace qbench
