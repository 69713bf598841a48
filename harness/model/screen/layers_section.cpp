// SPDX-License-Identifier: Apache-2.0
// The layers that a mode hurts most.
#include <fmt/format.h>

#include <cmath>

#include "harness/explain/page.h"
#include "harness/model/screen/columns.h"
#include "harness/model/screen/sections.h"

namespace qbench {
namespace {

std::string mend_text(const Network& network, const HurtLayer& hurt) {
  if (!hurt.mended_by) return "no mode of these";
  return fmt::format("{} ({})", text_of(network.candidates[*hurt.mended_by]),
                     error_text(output_nmse(network.row(hurt.layer, *hurt.mended_by))));
}

Cells cells_of(const Network& network, const HurtLayer& hurt, std::size_t mode) {
  const Result& row = network.row(hurt.layer, mode);
  const bool below = std::isfinite(hurt.median) && !(output_nmse(row) <= hurt.median);
  return {layer_name(row),
          fmt::format("{}x{}", *row.n, *row.k),
          row.kurtosis ? fmt::format("{:.1f}", *row.kurtosis) : "-",
          row.outlier_share ? fmt::format("{:.0f}", *row.outlier_share * 1e6) : "-",
          decibel_text(output_nmse(row)),
          below ? mend_text(network, hurt) : "-"};
}

}  // namespace

Lines worst_lines(const ScreenContent& content, std::size_t mode, std::size_t most) {
  const Network& network = *content.network;
  const std::vector<HurtLayer> hurt = worst_layers(network, mode, most);
  // Another mode and other layers are needed to tell what mends a layer.
  const bool others = std::isfinite(hurt.front().median);
  const bool mends = others && network.candidates.size() > 1;
  const std::string title = fmt::format(
      "Worst layers in {} by output{}{}", text_of(network.candidates[mode]),
      others ? fmt::format(" (others' median {})", error_text(hurt.front().median)) : "",
      mends ? ", and the smallest mode that reaches it" : "");
  Lines lines;
  add_lines(lines, wrapped(title, content.width, 0));
  std::vector<Cells> rows = {
      {"layer", "shape", "kurtosis", "outliers/M", "output dB", "mended by"}};
  for (const HurtLayer& each : hurt) rows.push_back(cells_of(network, each, mode));
  if (!mends)
    for (Cells& row : rows) row.pop_back();
  for (const std::string& line : in_columns(rows, mends ? "srrrrl" : "srrrr", content.width))
    lines.push_back(line);
  return lines;
}

}  // namespace qbench
