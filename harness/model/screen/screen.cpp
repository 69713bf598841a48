// SPDX-License-Identifier: Apache-2.0
// The screen, made of its sections.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/model/screen/sections.h"
#include "reports/decibels.h"

namespace qbench {
namespace {

constexpr std::size_t kWorstLayers = 10, kFewestLayers = 3, kFewestModes = 6;

std::size_t less(std::size_t a, std::size_t b) { return a - std::min(a, b); }

// Lines with a blank one before each section.
std::size_t height(const std::vector<Lines>& sections) {
  std::size_t lines = 0;
  for (const Lines& section : sections) lines += section.size() + 1;
  return lines;
}

// The sections around the modes and the worst layers.
struct Frame {
  Lines header;
  std::vector<Lines> after;
};

Frame frame_of(const ScreenContent& content, const std::vector<ModeFigures>& modes,
               std::size_t advice, Length length) {
  Frame frame = {.header = header_lines(content, length), .after = {}};
  if (content.blocks_asked)
    if (Lines won = won_lines(*content.network, content.width); !won.empty())
      frame.after.push_back(std::move(won));
  if (content.plan) frame.after.push_back(plan_lines(content));
  frame.after.push_back(next_lines(content, modes, advice, length));
  return frame;
}

// Numbers of modes and of layers that are shown.
struct Shown {
  std::size_t modes, layers;
  bool operator==(const Shown&) const = default;
};

// The lines that are left for `most` modes and for layers: what the file has, the headings and the
// meaning of marks take some.
std::size_t room_in(const Frame& frame, const ScreenContent& content,
                    const std::vector<ModeFigures>& modes, std::size_t most) {
  const std::size_t headings = 1 + worst_lines(content, 0, 1).size() - 1;
  const std::size_t beside =
      headings + (content.network->tells_stored ? 1 : 0) + mark_lines(content, modes, most).size();
  return less(kScreenLines, height({frame.header, {}}) + height(frame.after) + beside);
}

Shown shown_in(const Frame& frame, const ScreenContent& content,
               const std::vector<ModeFigures>& modes, const Shown& all) {
  if (room_in(frame, content, modes, modes.size()) >= all.modes + all.layers) return all;
  const std::size_t room = room_in(frame, content, modes, kFewestModes);
  const std::size_t layers =
      std::min(all.layers, std::max(kFewestLayers, less(room, kFewestModes)));
  return {std::max(kFewestModes, less(room, layers)), layers};
}

}  // namespace

std::string decibel_text(double nmse) {
  if (nmse == 0) return "exact";
  const auto db = sqnr_db(nmse);
  return db ? fmt::format("{:.2f}", *db) : "-";
}

std::string error_text(double nmse) {
  const std::string text = decibel_text(nmse);
  return text == "-" ? "undefined" : nmse == 0 ? text : text + " dB";
}

std::string screen_text(const ScreenContent& content) {
  const std::vector<ModeFigures> modes = modes_of(*content.network);
  const std::size_t advice = advised(modes);
  Frame frame = frame_of(content, modes, advice, Length::whole);
  const Shown all = {modes.size(), std::min(kWorstLayers, content.network->layers.size())};
  Shown shown = shown_in(frame, content, modes, all);
  if (shown != all) {
    frame = frame_of(content, modes, advice, Length::brief);
    shown = shown_in(frame, content, modes, all);
  }
  std::vector<Lines> sections = {frame.header, mode_lines(content, modes, shown.modes),
                                 worst_lines(content, advice, shown.layers)};
  sections.insert(sections.end(), frame.after.begin(), frame.after.end());
  std::string text;
  for (const Lines& lines : sections)
    text += fmt::format("{}{}\n", text.empty() ? "" : "\n", fmt::join(lines, "\n"));
  return text;
}

}  // namespace qbench
