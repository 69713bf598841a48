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

}  // namespace

std::string decibel_text(double nmse) {
  if (nmse == 0) return "exact";
  const auto db = sqnr_db(nmse);
  return db ? fmt::format("{:.2f}", *db) : "-";
}

std::string screen_text(const ScreenContent& content) {
  const std::vector<ModeFigures> modes = modes_of(*content.network);
  const std::size_t advice = advised(modes);
  const std::vector<Lines> before = {header_lines(content)};
  std::vector<Lines> after;
  if (content.plan) after.push_back(plan_lines(content));
  after.push_back(next_lines(content, modes, advice));
  if (content.blocks_asked)
    if (const Lines won = won_lines(*content.network, content.width); !won.empty())
      after.insert(after.begin(), won);
  // The modes have a heading, perhaps what the file has, a line on marks (two where it is wrapped)
  // and perhaps two on times, the worst layers a title and a heading.
  const std::size_t beside = 2 + 3 + (content.width < kScreenWidth ? 1 : 0) +
                             (content.network->tells_stored ? 1 : 0) +
                             (content.times.empty() ? 0 : 2);
  const std::size_t left = less(kScreenLines, height(before) + height(after) + beside);
  const std::size_t layers = std::clamp(less(left, kFewestModes), kFewestLayers, kWorstLayers);
  const Lines worst = worst_lines(content, advice, layers);
  const Lines shown =
      mode_lines(content, modes, std::max(kFewestModes, less(left, worst.size() - 2)));
  std::vector<Lines> sections = {before.front(), shown, worst};
  sections.insert(sections.end(), after.begin(), after.end());
  std::string text;
  for (const Lines& lines : sections)
    text += fmt::format("{}{}\n", text.empty() ? "" : "\n", fmt::join(lines, "\n"));
  return text;
}

}  // namespace qbench
