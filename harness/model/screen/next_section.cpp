// SPDX-License-Identifier: Apache-2.0
// What to do next, by the figures.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/model/screen/sections.h"
#include "harness/model/targets/planned_model.h"
#include "reports/text/units.h"

namespace qbench {
namespace {

std::optional<std::size_t> smallest_of(const std::vector<ModeFigures>& modes, double nmse) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < modes.size(); ++i)
    if (modes[i].unfit == 0 && output_nmse(modes[i].total) <= nmse &&
        *modes[i].total.bits_per_param < 16 &&
        (!best || modes[i].layer_bytes < modes[*best].layer_bytes))
      best = i;
  return best;
}

// The modes of the screen, and which of them advice is about.
struct Advice {
  const ScreenContent& content;
  const std::vector<ModeFigures>& modes;
  std::size_t mode;
  Length length;

  double bits() const { return *modes[mode].total.bits_per_param; }
};

std::string mode_text(const Advice& advice, std::size_t i) {
  const ModeFigures& mode = advice.modes[i];
  return fmt::format("{} ({}{}, {})", text_of(advice.content.network->candidates[i]),
                     error_text(output_nmse(mode.total)),
                     advice.length == Length::brief
                         ? ""
                         : fmt::format(" at {:.2f} bits", *mode.total.bits_per_param),
                     bytes_text(mode.layer_bytes + advice.content.network->left_bytes));
}

std::string advised_text(const Advice& advice) {
  constexpr double kNearlyLossless = 1e-3;
  if (advice.modes[advice.mode].unfit > 0)
    return "none of these modes takes the rows of every layer: add q8_0, nf4 or bf16";
  std::string text = advice.bits() > kAdvisedBits     ? "no mode has 5 bits or fewer; smallest: "
                     : advice.length == Length::brief ? "up to 5 bits: "
                                                      : "least error of 5 bits and below: ";
  text += mode_text(advice, advice.mode);
  if (const auto fine = smallest_of(advice.modes, kNearlyLossless); fine && *fine != advice.mode)
    text +=
        (advice.length == Length::brief ? "; from 30 dB on: " : "; smallest of 30 dB and more: ") +
        mode_text(advice, *fine);
  return text;
}

// The forms of plans that take every mode, then those that take certain modes only.
std::string plans_text(const ScreenContent& content) {
  Lines all, own;
  for (const PlanFormat& format : plan_formats()) {
    if (content.of_gguf && !format.takes_gguf) continue;
    if (format.modes.empty())
      all.emplace_back(format.name);
    else
      own.push_back(fmt::format("{} ({})", format.name, format.modes));
  }
  return fmt::format("--plan {}; with --modes of their own: {}", fmt::join(all, ", "),
                     fmt::join(own, ", "));
}

// The least budget in hundredths of a bit that the mode is within.
std::string budget_text(const Advice& advice) {
  return fmt::format("--bits {:.2f}", std::ceil(advice.bits() * 100) / 100);
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
                 std::size_t mode, Length length) {
  Lines lines;
  const auto add = [&](const std::string& text) {
    add_labelled(lines, lines.empty() ? "next" : "", text, content.width);
  };
  if (const std::string undefined = undefined_text(*content.network); !undefined.empty()) {
    add(undefined);
    return lines;
  }
  const Advice advice = {content, modes, mode, length};
  add(advised_text(advice));
  if (const std::string unfit = unfit_text(*content.network); !unfit.empty() && !content.plan)
    add("in no file: " + unfit);
  if (content.plan)
    add("the plan: " + plans_text(content));
  else if (modes.size() > 1 && modes[mode].unfit == 0)
    add(fmt::format("a mode for each layer: {} or --memory; {}", budget_text(advice),
                    plans_text(content)));
  if (length == Length::whole)
    add(content.input.input == Input::normal
            ? "every layer: --layers all, --report csv=FILE; with outliers: --inputs outliers"
            : "every layer: --layers all, --report csv=FILE");
  return lines;
}

}  // namespace qbench
