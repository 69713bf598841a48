// SPDX-License-Identifier: Apache-2.0
// Markdown: the sections as GitHub tables, the best figures in bold.
#include "reports/results/markdown.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/results/columns.h"
#include "reports/results/formats.h"
#include "reports/results/sections.h"
#include "reports/summaries/notes.h"

namespace qbench {
namespace {

std::string heading(const SectionColumn& column) {
  return escaped(joined(column.heading[0], column.heading[1]));
}

std::string marked(const Cell& cell) {
  switch (cell.mark) {
    case Mark::best:
      return "**" + escaped(cell.text) + "**";
    case Mark::noisy:
      return escaped(cell.text + "~");
    case Mark::none:
      break;
  }
  return escaped(cell.text);
}

std::string row(const Section& section, auto text_of) {
  std::string out = "|";
  for (const SectionColumn& column : section.columns) out += " " + text_of(column) + " |";
  return out + "\n";
}

std::string write(const Section& section) {
  std::string out = "## " + section.suite;
  if (!section.tensor.empty()) out += " " + escaped(section.tensor);
  out += "\n\n" + escaped(fmt::format("{}", fmt::join(section.conditions, "  "))) + "\n\n";
  out += row(section, heading);
  out +=
      row(section, [](const SectionColumn& c) { return std::string(c.right ? "---:" : ":---"); });
  for (std::size_t i = 0; i < section.columns[0].cells.size(); ++i)
    out += row(section, [&](const SectionColumn& c) { return marked(c.cells[i]); });
  for (const std::string& line : section.comparisons) out += "\n" + escaped(line) + "\n";
  return out + "\n";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_[]<>|~#&").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string markdown_report(const Environment& environment, std::span<const Result> results) {
  std::string out = "# qbench\n\n";
  for (const auto& [name, value] : environment)
    out += fmt::format("- {}: {}\n", escaped(printable(name)), escaped(printable(value)));
  if (!environment.empty()) out += "\n";
  for (const Section& section : make_sections(results)) out += write(section);
  for (const std::string& note : make_notes(results)) out += "- " + escaped(note) + "\n";
  return out;
}

}  // namespace qbench
