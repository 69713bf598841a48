// SPDX-License-Identifier: Apache-2.0
// Fits sections to the width of a table.
#include "reports/results/fit.h"

#include <algorithm>

#include "reports/results/columns.h"

namespace qbench {
namespace {

constexpr std::size_t kShortestName = 8;
constexpr std::size_t kNamesShare = 5;  // a name takes at most this fraction of the width

std::string key(const SectionColumn& column) {
  return joined(column.heading[0], column.heading[1]);
}

// The width of a line: an indent of one, and a mark and a blank after each column but the last.
std::size_t line_width(const Section& section, const Widths& widths) {
  std::size_t total = 1;
  for (const SectionColumn& column : section.columns) total += width_of(column, widths) + 2;
  return total;
}

bool fits(const std::vector<Section>& sections, std::size_t width) {
  const Widths widths = widths_of(sections);
  return std::ranges::all_of(
      sections, [&](const Section& section) { return line_width(section, widths) <= width; });
}

void shorten_names(std::vector<Section>& sections, std::size_t width) {
  for (Section& section : sections)
    for (SectionColumn& column : section.columns)
      if (column.figure == nullptr)
        for (Cell& cell : column.cells) cell.text = shorten(cell.text, width);
}

// Returns false if there was no such column.
bool take(std::vector<Section>& sections, const Column& figure) {
  std::size_t taken = 0;
  for (Section& section : sections)
    taken +=
        std::erase_if(section.columns, [&](const SectionColumn& c) { return c.figure == &figure; });
  return taken > 0;
}

// Sorted by the order of removal.
std::vector<const Column*> in_order() {
  std::vector<const Column*> out;
  for (const Column& column : figure_columns()) out.push_back(&column);
  std::ranges::sort(out, {}, &Column::keep);
  return out;
}

}  // namespace

Widths widths_of(const std::vector<Section>& sections) {
  Widths widths;
  for (const Section& section : sections)
    for (const SectionColumn& column : section.columns) {
      std::size_t& widest = widths[key(column)];
      for (const std::string& heading : column.heading)
        widest = std::max(widest, display_width(heading));
      for (const Cell& cell : column.cells) widest = std::max(widest, display_width(cell.text));
    }
  return widths;
}

std::size_t width_of(const SectionColumn& column, const Widths& widths) {
  return widths.at(key(column));
}

std::vector<std::string> fit(std::vector<Section>& sections, std::size_t width) {
  if (!fits(sections, width)) shorten_names(sections, std::max(kShortestName, width / kNamesShare));
  std::vector<const Column*> taken;
  for (const Column* column : in_order())
    if (!fits(sections, width) && take(sections, *column)) taken.push_back(column);
  if (!fits(sections, width)) shorten_names(sections, kShortestName);
  std::ranges::sort(taken);
  std::vector<std::string> names;
  for (const Column* column : taken)
    names.push_back(joined(column->heading[0], column->heading[1]));
  return names;
}

}  // namespace qbench
