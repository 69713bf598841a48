// SPDX-License-Identifier: Apache-2.0
// What to do next, by the figures.
#include <fmt/format.h>

#include <optional>

#include "harness/model/screen/sections.h"

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

}  // namespace

Lines next_lines(const ScreenContent& content, const std::vector<ModeFigures>& modes,
                 std::size_t advice) {
  constexpr double kNearlyLossless = 1e-3;
  Lines lines;
  std::string text = fmt::format("least error of {:g} bits and below: {}", kAdvisedBits,
                                 mode_text(content, modes[advice], advice));
  if (*modes[advice].total.bits_per_param > kAdvisedBits)
    text = "no mode has 5 bits or fewer; smallest: " + mode_text(content, modes[advice], advice);
  if (const auto fine = smallest_of(modes, kNearlyLossless); fine && *fine != advice)
    text += "; smallest of 30 dB and more: " + mode_text(content, modes[*fine], *fine);
  add_labelled(lines, "next", text);
  if (!content.plan && modes.size() > 1)
    add_labelled(lines, "",
                 fmt::format("a mode for each layer: --bits {:.2f} or --memory, with --plan json, "
                             "llama.cpp, compressed-tensors or bitsandbytes",
                             *modes[advice].total.bits_per_param));
  if (content.plan)
    add_labelled(lines, "", "the plan: --plan json, llama.cpp, compressed-tensors or bitsandbytes");
  add_labelled(lines, "",
               content.input.input == Input::normal
                   ? "every layer: --layers all, --report csv=FILE; activations with outliers: "
                     "--inputs outliers"
                   : "every layer: --layers all, --report csv=FILE");
  return lines;
}

}  // namespace qbench
