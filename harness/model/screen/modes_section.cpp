// SPDX-License-Identifier: Apache-2.0
// The modes of the screen: one a line, and block sizes against each other.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "harness/explain/page.h"
#include "harness/model/screen/columns.h"
#include "harness/model/screen/sections.h"
#include "reports/summaries/tally.h"
#include "reports/text/units.h"
#include "suites/axis_values.h"

namespace qbench {
namespace {

Cells cells_of(const ModeFigures& mode, const Candidate& candidate, const Result& worst,
               double left_bytes, const ByteUnit& unit) {
  const auto weight_text = [](const Result& row) {
    return row.weight_nmse ? decibel_text(*row.weight_nmse) : "-";
  };
  return {mode.unfit > 0  ? "!"
          : mode.on_front ? "*"
                          : "",
          std::string(candidate.mode->name),
          block_text(candidate),
          fmt::format("{:.4f}", *mode.total.bits_per_param),
          fmt::format("{:.3f}", (mode.layer_bytes + left_bytes) / unit.bytes),
          weight_text(mode.total),
          decibel_text(output_nmse(mode.total)),
          weight_text(worst),
          worst.weight_nmse ? layer_name(worst) : "-"};
}

// The column of times, after that of errors of the outputs.
void add_times(std::vector<Cells>& rows, const std::vector<std::string>& times) {
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].insert(rows[i].begin() + 7, times[i]);
}

std::string time_text(const std::optional<TokenTime>& time) {
  if (!time) return "-";
  return fmt::format("{}{:.4g}", time->noisy ? "~" : "", time->seconds * 1e3);
}

// Takes `most` members of the list, evenly spaced, the first and the last among them.
std::vector<std::size_t> spread(const std::vector<std::size_t>& list, std::size_t most) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < most; ++i) kept.push_back(list[i * (list.size() - 1) / (most - 1)]);
  return kept;
}

// The modes that are shown, at most `most` (two or more), those of most bytes first: the front, and
// of what is not on it the least errors, of modes that no file has last.
std::vector<std::size_t> shown_modes(const std::vector<ModeFigures>& modes, std::size_t most) {
  std::vector<std::size_t> front, others;
  for (std::size_t i = 0; i < modes.size(); ++i) (modes[i].on_front ? front : others).push_back(i);
  const auto by_bytes = [&](std::vector<std::size_t>& list) {
    std::ranges::stable_sort(list, std::ranges::greater(),
                             [&](std::size_t i) { return modes[i].layer_bytes; });
  };
  by_bytes(front);
  if (front.size() > most) return spread(front, most);
  std::ranges::stable_sort(others, {}, [&](std::size_t i) {
    const double nmse = output_nmse(modes[i].total);
    return std::pair(modes[i].unfit > 0, std::isfinite(nmse) ? nmse : HUGE_VAL);
  });
  others.resize(std::min(others.size(), most - front.size()));
  front.insert(front.end(), others.begin(), others.end());
  by_bytes(front);
  return front;
}

}  // namespace

Lines mode_lines(const ScreenContent& content, const std::vector<ModeFigures>& modes,
                 std::size_t most) {
  const Network& network = *content.network;
  const double largest =
      std::ranges::max(modes, {}, &ModeFigures::layer_bytes).layer_bytes + network.left_bytes;
  const ByteUnit& unit = unit_of(largest);
  std::vector<Cells> rows = {{"", "mode", "block", "bits", fmt::format("model {}", unit.name),
                              "SQNR dB", "output", "worst SQNR", "of layer"}};
  std::vector<std::string> times = {"ms/token"};
  if (network.tells_stored) {
    const ModeFigures stored = stored_of(network);
    rows.push_back(cells_of(stored, {&kStoredMode, 0}, network.layers[stored.worst].stored,
                            network.left_bytes, unit));
    times.emplace_back("-");
  }
  for (const std::size_t i : shown_modes(modes, most)) {
    rows.push_back(cells_of(modes[i], network.candidates[i], network.row(modes[i].worst, i),
                            network.left_bytes, unit));
    if (!content.times.empty()) times.push_back(time_text(content.times[i]));
  }
  if (!content.times.empty()) add_times(rows, times);
  Lines lines = in_columns(rows, content.times.empty() ? "llrrrrrrs" : "llrrrrrrrs", content.width);
  for (const std::string& line : mark_lines(content, modes, most)) lines.push_back(line);
  return lines;
}

Lines mark_lines(const ScreenContent& content, const std::vector<ModeFigures>& modes,
                 std::size_t most) {
  const bool unfit =
      std::ranges::any_of(modes, [](const ModeFigures& mode) { return mode.unfit > 0; });
  std::string marks =
      fmt::format("*  no other mode {}has as few bytes and as small an output error{}",
                  unfit ? "but ! " : "", unfit ? "; ! in no GGUF file" : "");
  if (modes.size() > most)
    marks += fmt::format("; more modes ({}): --report totals", modes.size() - most);
  Lines lines;
  add_lines(lines, wrapped(marks, content.width, 3));
  if (!content.times.empty())
    add_lines(lines, wrapped("ms/token: one token through all layers, each by its fastest kernel, "
                             "with generated weights of its shape, timed alone; ~ is not to be "
                             "trusted",
                             content.width, 3));
  return lines;
}

std::string unfit_text(const Network& network) {
  std::map<std::int64_t, std::pair<std::size_t, Lines>> by_block;  // layers and modes
  for (std::size_t i = 0; i < network.candidates.size(); ++i)
    if (const std::size_t layers = unfit_layers(network, i); layers > 0) {
      auto& unfit = by_block[row_block(network.candidates[i])];
      unfit.first = layers;
      unfit.second.push_back(text_of(network.candidates[i]));
    }
  Lines parts;
  for (const auto& [block, unfit] : by_block)
    parts.push_back(fmt::format("{} in the {} of {} layers whose rows are not whole blocks of {}",
                                first_few(unfit.second, 4), unfit.first, network.layers.size(),
                                block));
  return fmt::format("{}", fmt::join(parts, "; "));
}

Lines won_lines(const Network& network, std::size_t width) {
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
    add_lines(
        lines,
        wrapped(fmt::format("layers won at block {}: {}", size, fmt::join(parts, ", ")), width, 3));
  }
  return lines;
}

}  // namespace qbench
