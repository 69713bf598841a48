// SPDX-License-Identifier: Apache-2.0
// Turns results into columns of text.
#include "reports/results/sections.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "reports/results/columns.h"
#include "reports/summaries/against_bf16.h"
#include "reports/summaries/runs.h"
#include "reports/summaries/totals.h"

namespace qbench {
namespace {

using Rows = std::vector<const Result*>;

constexpr std::size_t kLongestName = 24;

std::string dash_if_empty(const std::string& text) {
  return text.empty() ? "-" : shorten(printable(text), kLongestName);
}

struct Label {
  const char* heading;
  bool right;
  bool always;  // shown even if all rows have the same
  std::string (*text)(const Result&);
};
constexpr Label kLabels[] = {
    {"mode", false, true, [](const Result& r) { return dash_if_empty(r.mode); }},
    {"block", true, true,
     [](const Result& r) {
       return r.block_size ? std::to_string(*r.block_size) : dash_if_empty(r.granularity);
     }},
    {"kernel", false, false, [](const Result& r) { return dash_if_empty(r.kernel); }},
    {"device", false, false, [](const Result& r) { return dash_if_empty(r.device); }},
    {"dtype", false, false, [](const Result& r) { return dash_if_empty(r.dtype); }},
};

// Choices shared by all sections of a run; columns are chosen per operation.
struct Frame {
  std::vector<Prefix> prefixes;                             // one per figure_columns()
  std::set<std::pair<std::string, const Label*>> labels;    // operation, label that varies in it
  std::set<std::pair<std::string, const Column*>> figures;  // operation, column that a row has
};

bool differs(const Label& label, const Rows& rows) {
  return std::ranges::any_of(
      rows, [&](const Result* r) { return label.text(*r) != label.text(*rows.front()); });
}

std::vector<std::optional<double>> figures_of(const Column& column, const Rows& rows) {
  std::vector<std::optional<double>> out;
  for (const Result* r : rows) out.push_back(column.figure(*r));
  return out;
}

Frame make_frame(std::span<const Result> results, const std::vector<Rows>& groups) {
  Frame frame;
  Rows all;
  for (const Result& r : results) all.push_back(&r);
  for (const Label& label : kLabels)
    for (const Rows& rows : groups)
      if (label.always || differs(label, rows)) frame.labels.emplace(rows.front()->op, &label);
  for (const Column& column : figure_columns()) {
    frame.prefixes.push_back(choose_prefix(column.unit, figures_of(column, all)));
    for (const Result* r : all)
      if (column.figure(*r)) frame.figures.emplace(r->op, &column);
  }
  return frame;
}

SectionColumn label_column(const Label& label, const Rows& rows) {
  SectionColumn out{{"", label.heading}, label.right, nullptr, {}};
  for (const Result* r : rows) out.cells.push_back({label.text(*r)});
  return out;
}

SectionColumn figure_column(const Column& column, const Prefix& prefix, const Rows& rows) {
  const auto figures = figures_of(column, rows);
  const std::vector<std::string> texts = write_figures(column, prefix, figures);
  const std::vector<Mark> marks = marks_of(column, rows, figures, texts);
  SectionColumn out{{std::string(column.heading[0]), std::string(column.heading[1]) + prefix.name},
                    true,
                    &column,
                    {}};
  for (std::size_t i = 0; i < rows.size(); ++i) out.cells.push_back({texts[i], marks[i]});
  return out;
}

// "transposed, stack of 12"; empty for a plain matrix.
std::string layout(const Result& r) {
  const std::string stack = r.slices ? fmt::format("stack of {}", *r.slices) : "";
  if (r.layout.empty() || (r.layout == "stack" && !stack.empty())) return stack;
  return printable(r.layout) + (stack.empty() ? "" : ", " + stack);
}

std::vector<std::string> conditions(const Result& r, const std::vector<std::string>& shared) {
  std::vector<std::string> parts;
  const bool total = r.id.empty();
  if (r.m.value_or(0) > 0) parts.push_back(fmt::format("m {}", *r.m));
  if (!r.model.empty()) parts.push_back("all linear layers of " + printable(r.model));
  if (r.n && !total) parts.push_back(fmt::format("n {}", *r.n));
  if (r.k) parts.push_back(total ? fmt::format("{} parameters", *r.k) : fmt::format("k {}", *r.k));
  if (r.lora_rank) parts.push_back(fmt::format("rank {}", *r.lora_rank));
  if (r.lora_alpha) parts.push_back(fmt::format("alpha {}", *r.lora_alpha));
  if (std::string taken = layout(r); !taken.empty()) parts.push_back(std::move(taken));
  if (!r.stored_as.empty()) parts.push_back("stored as " + printable(r.stored_as));
  if (!r.against.empty()) parts.push_back("against " + printable(r.against));
  const bool generated = !is_real(r) || r.m.value_or(0) > 0;
  if (generated && !r.input.empty()) parts.push_back(dash_if_empty(r.input));
  if (!shared.empty()) parts.push_back(fmt::format("({})", fmt::join(shared, ", ")));
  return parts;
}

std::string tensor_title(const Result& r) {
  return is_real(r) && r.tensor.empty() ? "tensor \"\"" : printable(r.tensor);
}

Section make_section(const Rows& rows, const Frame& frame) {
  const Result& first = *rows.front();
  Section out{dash_if_empty(first.suite), tensor_title(first), {}, {}, compare_with_bf16(rows)};
  std::vector<std::string> shared;
  for (const Label& label : kLabels) {
    const std::string text = label.text(first);
    if (frame.labels.contains({first.op, &label}))
      out.columns.push_back(label_column(label, rows));
    else if (text != "-")
      shared.push_back(text);
  }
  out.conditions = conditions(first, shared);
  for (std::size_t i = 0; i < figure_columns().size(); ++i)
    if (const Column& column = figure_columns()[i]; frame.figures.contains({first.op, &column}))
      out.columns.push_back(figure_column(column, frame.prefixes[i], rows));
  return out;
}

}  // namespace

std::vector<Section> make_sections(std::span<const Result> results) {
  std::vector<Result> all = with_totals(last_runs(results));
  std::erase_if(all, [](const Result& r) { return r.status != Status::passed; });
  const std::vector<Rows> groups = group_results(all);
  const Frame frame = make_frame(all, groups);
  std::vector<Section> out;
  for (const Rows& rows : groups) out.push_back(make_section(rows, frame));
  return out;
}

}  // namespace qbench
