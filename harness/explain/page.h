// SPDX-License-Identifier: Apache-2.0
// Page: labelled paragraphs of plain text, wrapped for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace qbench {

inline constexpr std::size_t kPageWidth = 80;

class Page {
 public:
  void add_title(std::string_view text);
  // A paragraph beside its label; words that are longer than a line are left whole.
  void add(std::string_view label, std::string_view text);
  // A line as it is, below the text of the paragraphs.
  void add_line(std::string_view text);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// The text in lines of at most `width` columns, each after the first below `indent` blanks.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace qbench
