// SPDX-License-Identifier: Apache-2.0
// The table: aligned text for terminals.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reports/results/columns.h"
#include "reports/results/fit.h"
#include "reports/results/formats.h"
#include "reports/results/sections.h"
#include "reports/summaries/notes.h"

namespace qbench {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kShortestTensor = 40;

// Joins parts with `separator` into lines of at most `width`; longer parts are cut.
std::string wrap(const std::vector<std::string>& parts, std::string_view separator,
                 std::size_t width) {
  std::string out;
  std::size_t used = 0;
  for (std::string_view part : parts) {
    if (used > 0 && used + separator.size() + display_width(part) > width) {
      out += '\n' + std::string(kIndent, ' ');
      used = kIndent;
    } else if (used > 0) {
      out += separator;
      used += separator.size();
    }
    for (; used + display_width(part) > width; used = kIndent) {
      const std::size_t size = fitting(part, width - used);
      out += std::string(part.substr(0, size)) + '\n' + std::string(kIndent, ' ');
      part.remove_prefix(size);
    }
    out += part;
    used += display_width(part);
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

// The name of a tensor is shortened before the line is broken.
std::string title(const Section& section, std::size_t width) {
  constexpr std::string_view kGap = "  ";
  std::vector<std::string> parts = section.conditions;
  parts.insert(parts.begin(), section.suite);
  if (!section.tensor.empty()) {
    std::size_t others = kGap.size();
    for (const std::string& part : parts) others += display_width(part) + kGap.size();
    const std::size_t room = others + kShortestTensor < width ? width - others : kShortestTensor;
    parts.insert(parts.begin() + 1, shorten(section.tensor, room));
  }
  return wrap(parts, kGap, width);
}

// One line of a table; each column is followed by its mark, which stands in the gap of two.
template <class CellOf>
std::string line(const Section& section, const Widths& widths, CellOf cell_of) {
  std::string out;
  for (const SectionColumn& column : section.columns) {
    const Cell cell = cell_of(column);
    out += std::string(out.empty() ? kIndent : 1, ' ');
    out += pad(cell.text, width_of(column, widths), column.right);
    out += cell.mark == Mark::best ? '*' : cell.mark == Mark::noisy ? '~' : ' ';
  }
  return out.erase(out.find_last_not_of(' ') + 1) + '\n';
}

std::string write(const Section& section, const Widths& widths, std::size_t width) {
  std::string out = title(section, width);
  for (const int i : {0, 1})
    out += line(section, widths, [&](const SectionColumn& c) { return Cell{c.heading[i]}; });
  for (std::size_t row = 0; row < section.columns[0].cells.size(); ++row)
    out += line(section, widths, [&](const SectionColumn& c) { return c.cells[row]; });
  for (const std::string& comparison : section.comparisons)
    out += std::string(kIndent, ' ') + wrap(words(comparison), " ", width - kIndent);
  return out;
}

bool any_best(const std::vector<Section>& sections) {
  for (const Section& section : sections)
    for (const SectionColumn& column : section.columns)
      if (std::ranges::find(column.cells, Mark::best, &Cell::mark) != column.cells.end())
        return true;
  return false;
}

}  // namespace

std::string table_report(const Environment& environment, std::span<const Result> results,
                         std::size_t width) {
  std::string out;
  if (const auto brief = brief_conditions(environment); !brief.empty())
    out += wrap(brief, "  ", width) + '\n';
  std::vector<Section> sections = make_sections(results);
  const std::vector<std::string> dropped = fit(sections, width);
  const Widths widths = widths_of(sections);
  for (const Section& section : sections) out += write(section, widths, width) + '\n';
  std::vector<std::string> notes = make_notes(results);
  if (!dropped.empty())
    notes.insert(notes.begin(),
                 fmt::format("no room for: {} (see --report markdown)", fmt::join(dropped, ", ")));
  if (any_best(sections))
    notes.insert(notes.begin(),
                 "* best of the column, among modes under 16 bits per parameter; of times only "
                 "where the spreads are apart");
  for (const std::string& note : notes) out += wrap(words(note), " ", width);
  return out;
}

}  // namespace qbench
