// SPDX-License-Identifier: Apache-2.0
// Results to columns of text.
#include "reports/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <tuple>

#include "reports/columns.h"
#include "reports/totals.h"

namespace qbench {
namespace {

using Rows = std::vector<const Result*>;

constexpr double kBaselineBits = 16;  // fp16, bf16 and wider are there for comparison
constexpr std::size_t kLongestName = 24;

std::string dash_if_empty(const std::string& text) {
  return text.empty() ? "-" : shorten(printable(text), kLongestName);
}

struct Label {
  const char* heading;
  bool right;
  bool always;  // a column even where all rows have the same
  std::string (*text)(const Result&);
};
constexpr Label kLabels[] = {
    {"mode", false, true, [](const Result& r) { return dash_if_empty(r.mode); }},
    {"block", true, true,
     [](const Result& r) { return r.block_size ? std::to_string(*r.block_size) : "-"; }},
    {"kernel", false, false, [](const Result& r) { return dash_if_empty(r.kernel); }},
    {"device", false, false, [](const Result& r) { return dash_if_empty(r.device); }},
    {"dtype", false, false, [](const Result& r) { return dash_if_empty(r.dtype); }},
};

SectionColumn label_column(const Label& label, const Rows& rows) {
  SectionColumn out{{"", label.heading}, label.right, {}};
  for (const Result* r : rows) out.cells.push_back({label.text(*r)});
  return out;
}

bool all_same(const SectionColumn& column) {
  return std::ranges::all_of(column.cells,
                             [&](const Cell& c) { return c.text == column.cells[0].text; });
}

// A tie is one of the texts that are read. All tied, or a single candidate: nothing to tell apart.
void mark_best(std::vector<Cell>& cells, std::span<const std::optional<double>> figures,
               const Rows& rows, Better better) {
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (figures[i] && rows[i]->bits_per_param.value_or(kBaselineBits) < kBaselineBits)
      candidates.push_back(i);
  if (better == Better::neither || candidates.empty()) return;
  const std::size_t best = *std::ranges::min_element(candidates, {}, [&](std::size_t i) {
    return better == Better::lower ? *figures[i] : -*figures[i];
  });
  const auto ties = [&](std::size_t i) { return cells[i].text == cells[best].text; };
  if (std::ranges::all_of(candidates, ties)) return;
  for (const std::size_t i : candidates | std::views::filter(ties)) cells[i].best = true;
}

SectionColumn figure_column(const Column& column, const Rows& rows) {
  std::vector<std::optional<double>> figures;
  for (const Result* r : rows) figures.push_back(column.figure(*r));
  ColumnText text = write_column(column, figures);
  SectionColumn out{
      {std::string(column.heading[0]), std::string(column.heading[1]) + text.unit}, true, {}};
  for (std::string& cell : text.cells) out.cells.push_back({std::move(cell)});
  mark_best(out.cells, figures, rows, column.better);
  return out;
}

std::string conditions(const Result& r, const std::vector<std::string>& shared) {
  std::vector<std::string> parts;
  const bool total = r.id.empty();
  if (r.m.value_or(0) > 0) parts.push_back(fmt::format("m {}", *r.m));
  if (r.n && !total) parts.push_back(fmt::format("n {}", *r.n));
  if (r.k) parts.push_back(total ? fmt::format("{} parameters", *r.k) : fmt::format("k {}", *r.k));
  const bool generated = r.tensor.empty() || r.m.value_or(0) > 0;
  if (generated && !r.input.empty()) parts.push_back(dash_if_empty(r.input));
  if (!shared.empty()) parts.push_back(fmt::format("({})", fmt::join(shared, ", ")));
  return fmt::format("{}", fmt::join(parts, "  "));
}

Section make_section(const Rows& rows) {
  const Result& first = *rows.front();
  Section out{dash_if_empty(first.suite), printable(first.tensor), "", {}};
  std::vector<std::string> shared;
  for (const Label& label : kLabels) {
    SectionColumn column = label_column(label, rows);
    if (label.always || !all_same(column))
      out.columns.push_back(std::move(column));
    else if (column.cells[0].text != "-")
      shared.push_back(column.cells[0].text);
  }
  out.conditions = conditions(first, shared);
  for (const Column& column : figure_columns())
    if (std::ranges::any_of(rows, [&](const Result* r) { return column.figure(*r).has_value(); }))
      out.columns.push_back(figure_column(column, rows));
  return out;
}

bool same_group(const Result& a, const Result& b) {
  const auto key = [](const Result& r) {
    return std::tie(r.suite, r.m, r.n, r.k, r.input, r.tensor);
  };
  return key(a) == key(b);
}

}  // namespace

std::vector<std::vector<const Result*>> group_results(std::span<const Result> results) {
  std::vector<Rows> groups;
  for (const Result& result : results) {
    // From the back: results of one group mostly follow each other.
    const auto found = std::ranges::find_if(groups.rbegin(), groups.rend(), [&](const Rows& rows) {
      return same_group(*rows.front(), result);
    });
    if (found == groups.rend())
      groups.push_back({&result});
    else
      found->push_back(&result);
  }
  return groups;
}

std::vector<Section> make_sections(std::span<const Result> results) {
  std::vector<Result> all = with_totals(results);
  std::erase_if(all, [](const Result& r) { return r.status != Status::passed; });
  std::vector<Section> out;
  for (const Rows& rows : group_results(all)) out.push_back(make_section(rows));
  return out;
}

std::string shorten(const std::string& text, std::size_t width) {
  constexpr std::string_view kDots = "...";
  if (text.size() <= width) return text;
  if (width <= kDots.size()) return text.substr(0, width);
  const std::size_t kept = width - kDots.size();
  const std::size_t tail = kept / 2;
  return text.substr(0, kept - tail) + std::string(kDots) + text.substr(text.size() - tail);
}

std::string printable(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(
      out, [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

}  // namespace qbench
