// SPDX-License-Identifier: Apache-2.0
// Breaks paragraphs into lines.
#include "harness/explain/page.h"

#include <fmt/format.h>

#include <algorithm>

namespace qbench {
namespace {

constexpr std::size_t kLabelWidth = 12;

}  // namespace

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find(' '), text.size());
    const bool fits = column + 1 + size <= width;
    if (!out.empty()) out += fits ? " " : "\n" + std::string(indent, ' ');
    column = (out.empty() ? indent : fits ? column + 1 : indent) + size;
    out += text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return out;
}

void Page::add_title(std::string_view text) { text_ += wrapped(text, kPageWidth, 0) + "\n"; }

void Page::add(std::string_view label, std::string_view text) {
  text_ += fmt::format("{:<{}}{}\n", label, kLabelWidth, wrapped(text, kPageWidth, kLabelWidth));
}

void Page::add_line(std::string_view text) {
  text_ += fmt::format("{:{}}{}\n", "", kLabelWidth, text);
}

}  // namespace qbench
