// SPDX-License-Identifier: Apache-2.0
// The modes of the screen: one a line, and block sizes against each other.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/model/screen/columns.h"
#include "harness/model/screen/sections.h"
#include "suites/axis_values.h"

namespace qbench {
namespace {

Cells cells_of(const ScreenContent& content, const ModeFigures& mode, std::size_t i, double unit) {
  const Network& network = *content.network;
  const Candidate& candidate = network.candidates[i];
  const Result& worst = network.row(mode.worst, i);
  return {mode.on_front ? "*" : "",
          std::string(candidate.mode->name),
          block_text(candidate),
          fmt::format("{:.4f}", *mode.total.bits_per_param),
          fmt::format("{:.3f}", (mode.layer_bytes + network.left_bytes) / unit),
          mode.total.weight_nmse ? decibel_text(*mode.total.weight_nmse) : "-",
          decibel_text(output_nmse(mode.total)),
          worst.weight_nmse ? decibel_text(*worst.weight_nmse) : "-",
          layer_name(worst, kLongestName)};
}

// The modes that are shown, those of most bytes first: those on the front, then those of the least
// error, at most so many.
std::vector<std::size_t> shown_modes(const std::vector<ModeFigures>& modes, std::size_t most) {
  std::vector<std::size_t> order(modes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto error = [&](std::size_t i) {
    const double nmse = output_nmse(modes[i].total);
    return std::isfinite(nmse) ? nmse : HUGE_VAL;
  };
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) { return std::pair(!modes[i].on_front, error(i)); });
  order.resize(std::min(order.size(), most));
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](std::size_t i) { return modes[i].layer_bytes; });
  return order;
}

}  // namespace

Lines mode_lines(const ScreenContent& content, const std::vector<ModeFigures>& modes,
                 std::size_t most) {
  const double largest = std::ranges::max(modes, {}, &ModeFigures::layer_bytes).layer_bytes +
                         content.network->left_bytes;
  const bool giga = largest >= 1e9;
  const bool all = modes.size() <= most;
  std::vector<Cells> rows = {{"", "mode", "block", "bits/param", giga ? "model GB" : "model MB",
                              "SQNR dB", "output dB", "worst dB", "worst layer"}};
  for (const std::size_t i : shown_modes(modes, most))
    rows.push_back(cells_of(content, modes[i], i, giga ? 1e9 : 1e6));
  Lines lines = in_columns(rows, "llrrrrrrl");
  lines.push_back(
      fmt::format("*  no other mode has as few bytes and as small an output error{}",
                  all ? "" : fmt::format("; {} more modes: --report totals", modes.size() - most)));
  return lines;
}

Lines won_lines(const Network& network) {
  std::vector<int> sizes;
  for (const Candidate& candidate : network.candidates)
    if (candidate.block_size > 0 && !candidate.mode->block_sizes.empty())
      add_once(sizes, candidate.block_size);
  Lines lines;
  for (const int size : sizes) {
    std::vector<std::size_t> rivals;
    for (std::size_t i = 0; i < network.candidates.size(); ++i)
      if (network.candidates[i].block_size == size &&
          !network.candidates[i].mode->block_sizes.empty())
        rivals.push_back(i);
    if (rivals.size() < 2) continue;
    const std::vector<std::size_t> won = layers_won(network, rivals);
    std::vector<std::string> parts;
    for (const std::size_t i : rivals)
      parts.push_back(fmt::format("{} {}", network.candidates[i].mode->name, won[i]));
    lines.push_back(fmt::format("layers won at block {}: {}", size, fmt::join(parts, ", ")));
  }
  return lines;
}

}  // namespace qbench
