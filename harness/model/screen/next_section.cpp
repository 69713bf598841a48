// SPDX-License-Identifier: Apache-2.0
// What to do next, by the figures.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "harness/model/screen/sections.h"
#include "reports/text/units.h"

namespace qbench {
namespace {

std::optional<std::size_t> smallest_of(const std::vector<ModeFigures>& modes, double nmse) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < modes.size(); ++i)
    if (output_nmse(modes[i].total) <= nmse && *modes[i].total.bits_per_param < 16 &&
        (!best || modes[i].layer_bytes < modes[*best].layer_bytes))
      best = i;
  return best;
}

std::string mode_text(const ScreenContent& content, const ModeFigures& mode, std::size_t i) {
  return fmt::format("{} ({} dB at {:.2f} bits, {})", text_of(content.network->candidates[i]),
                     decibel_text(output_nmse(mode.total)), *mode.total.bits_per_param,
                     bytes_text(mode.layer_bytes + content.network->left_bytes));
}

// Modes of GGUF whose blocks the rows of some layers do not fill, and how many; or empty.
std::string odd_rows_text(const Network& network) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < network.candidates.size(); ++i) {
    std::size_t odd = 0;
    for (std::size_t layer = 0; layer < network.layers.size(); ++layer)
      odd += takes_rows(network.candidates[i], *network.row(layer, i).k) ? 0 : 1;
    if (odd > 0) parts.push_back(fmt::format("{} ({})", network.candidates[i].mode->name, odd));
  }
  if (parts.empty()) return "";
  const std::size_t more = parts.size() > 4 ? parts.size() - 4 : 0;
  parts.resize(parts.size() - more);
  return fmt::format(
      "in a GGUF file rows are whole blocks: layers that llama.cpp gives another type than {}{}",
      fmt::join(parts, ", "), more ? fmt::format(" and {} more modes", more) : "");
}

// Layers that have no error in any mode; or empty.
std::string undefined_text(const Network& network) {
  std::string first;
  std::size_t count = 0;
  for (const LayerFigures& layer : network.layers)
    if (std::ranges::none_of(layer.rows,
                             [](const Result& row) { return row.weight_nmse.has_value(); })) {
      if (count++ == 0) first = layer_name(layer.rows.front());
    }
  if (count == 0) return "";
  return fmt::format(
      "no figure is defined with {}{}, whose weights are not finite or all zero: leave out by "
      "--exclude",
      first, count > 1 ? fmt::format(" and {} more", count - 1) : "");
}

}  // namespace

Lines next_lines(const ScreenContent& content, const std::vector<ModeFigures>& modes,
                 std::size_t advice) {
  constexpr double kNearlyLossless = 1e-3;
  Lines lines;
  if (const std::string undefined = undefined_text(*content.network); !undefined.empty()) {
    add_labelled(lines, "next", undefined, content.width);
    return lines;
  }
  std::string text = fmt::format("least error of {:g} bits and below: {}", kAdvisedBits,
                                 mode_text(content, modes[advice], advice));
  if (*modes[advice].total.bits_per_param > kAdvisedBits)
    text = "no mode has 5 bits or fewer; smallest: " + mode_text(content, modes[advice], advice);
  if (const auto fine = smallest_of(modes, kNearlyLossless); fine && *fine != advice)
    text += "; smallest of 30 dB and more: " + mode_text(content, modes[*fine], *fine);
  add_labelled(lines, "next", text, content.width);
  if (const std::string odd = odd_rows_text(*content.network); !odd.empty())
    add_labelled(lines, "", odd, content.width);
  if (!content.plan && modes.size() > 1)
    add_labelled(lines, "",
                 fmt::format("a mode for each layer: --bits {:.2f} or --memory, with --plan json, "
                             "llama.cpp, compressed-tensors or bitsandbytes",
                             *modes[advice].total.bits_per_param),
                 content.width);
  if (content.plan)
    add_labelled(lines, "", "the plan: --plan json, llama.cpp, compressed-tensors or bitsandbytes",
                 content.width);
  add_labelled(lines, "",
               content.input.input == Input::normal
                   ? "every layer: --layers all, --report csv=FILE; activations with outliers: "
                     "--inputs outliers"
                   : "every layer: --layers all, --report csv=FILE",
               content.width);
  return lines;
}

}  // namespace qbench
