// SPDX-License-Identifier: Apache-2.0
// Every layer of a network, one a line.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/model/screen/columns.h"
#include "harness/model/screen/sections.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

constexpr std::size_t kLongestName = 48;
constexpr std::size_t kModeWidth = 8;  // of a column of decibels, with the blanks before it

Cells heading(const ScreenContent& content, std::size_t modes) {
  Cells cells = {"layer", "shape", "kurtosis", "outliers/M"};
  for (std::size_t i = 0; i < modes; ++i) cells.push_back(text_of(content.network->candidates[i]));
  if (content.plan) cells.push_back("plan");
  return cells;
}

Cells cells_of(const ScreenContent& content, std::size_t layer, std::size_t modes) {
  const Network& network = *content.network;
  const Result& row = network.row(layer, 0);
  Cells cells = {shortened_name(layer_name(row), kLongestName),
                 fmt::format("{}x{}", *row.n, *row.k),
                 row.kurtosis ? fmt::format("{:.1f}", *row.kurtosis) : "-",
                 row.outlier_share ? fmt::format("{:.0f}", *row.outlier_share * 1e6) : "-"};
  for (std::size_t i = 0; i < modes; ++i)
    cells.push_back(decibel_text(output_nmse(network.row(layer, i))));
  if (content.plan) cells.push_back(text_of(network.candidates[content.plan->plan.chosen[layer]]));
  return cells;
}

std::vector<std::string> lines_with(const ScreenContent& content, std::size_t modes,
                                    std::size_t width) {
  std::vector<Cells> rows = {heading(content, modes)};
  for (std::size_t layer = 0; layer < content.network->layers.size(); ++layer)
    rows.push_back(cells_of(content, layer, modes));
  return in_columns(rows, "lrrr" + std::string(modes, 'r') + (content.plan ? "l" : ""), width);
}

std::size_t width_of(const std::vector<std::string>& lines) {
  std::size_t width = 0;
  for (const std::string& line : lines) width = std::max(width, display_width(line));
  return width;
}

}  // namespace

std::string layer_list(const ScreenContent& content, std::size_t width) {
  std::size_t modes = content.network->candidates.size();
  std::vector<std::string> lines = lines_with(content, modes, width);
  while (modes > 1 && width_of(lines) > width) {
    const std::size_t beyond = (width_of(lines) - width) / (2 * kModeWidth);
    modes -= std::min(modes - 1, std::max<std::size_t>(beyond, 1));
    lines = lines_with(content, modes, width);
  }
  const std::size_t left_out = content.network->candidates.size() - modes;
  return fmt::format(
      "Output SQNR in dB\n{}\n{}", fmt::join(lines, "\n"),
      left_out > 0
          ? fmt::format("more modes ({}): --report csv=FILE, or a larger COLUMNS\n", left_out)
          : "");
}

}  // namespace qbench
