// SPDX-License-Identifier: Apache-2.0
// Text for terminals, with the Unicode tables of utf8proc.
#include "reports/text/text.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace qbench {
namespace {

struct Character {
  std::string_view bytes;
  utf8proc_int32_t code_point;  // negative: one byte that is not UTF-8
};

// The first character of a text that is not empty.
Character first_character(std::string_view text) {
  utf8proc_int32_t code_point = -1;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size =
      utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (size <= 0) return {text.substr(0, 1), -1};
  return {text.substr(0, static_cast<std::size_t>(size)), code_point};
}

bool is_printable(utf8proc_int32_t code_point) {
  if (code_point < 0) return false;
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

std::string escape(const Character& character) {
  switch (character.code_point) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  if (character.code_point >= 0x80) return fmt::format("\\u{{{:x}}}", character.code_point);
  return fmt::format("\\x{:02x}", static_cast<unsigned char>(character.bytes.front()));
}

std::size_t width_of(const Character& character) {
  if (character.code_point < 0) return 1;
  return static_cast<std::size_t>(std::max(0, utf8proc_charwidth(character.code_point)));
}

// A character with the combining marks behind it.
struct Cluster {
  std::string_view bytes;
  std::size_t width;
};

Cluster first_cluster(std::string_view text) {
  const Character first = first_character(text);
  std::size_t size = first.bytes.size();
  while (size < text.size()) {
    const Character next = first_character(text.substr(size));
    if (width_of(next) > 0) break;
    size += next.bytes.size();
  }
  return {text.substr(0, size), width_of(first)};
}

// Bytes of the longest suffix of at most `width` columns.
std::size_t fitting_end(std::string_view text, std::size_t width) {
  std::vector<Cluster> clusters;
  for (std::string_view rest = text; !rest.empty();
       rest.remove_prefix(clusters.back().bytes.size()))
    clusters.push_back(first_cluster(rest));
  std::size_t size = 0;
  for (; !clusters.empty() && clusters.back().width <= width; clusters.pop_back()) {
    size += clusters.back().bytes.size();
    width -= clusters.back().width;
  }
  return size;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character character = first_character(text);
    if (is_printable(character.code_point))
      out += character.bytes;
    else
      out += escape(character);
    text.remove_prefix(character.bytes.size());
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    width += width_of(character);
    text.remove_prefix(character.bytes.size());
  }
  return width;
}

std::size_t fitting(std::string_view text, std::size_t width) {
  std::size_t size = 0;
  while (size < text.size()) {
    const Cluster cluster = first_cluster(text.substr(size));
    if (cluster.width > width) break;
    size += cluster.bytes.size();
    width -= cluster.width;
  }
  return size;
}

std::string shorten(std::string_view text, std::size_t width) {
  constexpr std::string_view kDots = "...";
  if (display_width(text) <= width) return std::string(text);
  if (width <= kDots.size()) return std::string(text.substr(0, fitting(text, width)));
  const std::size_t kept = width - kDots.size();
  const std::size_t tail = kept / 2;
  return fmt::format("{}{}{}", text.substr(0, fitting(text, kept - tail)), kDots,
                     text.substr(text.size() - fitting_end(text, tail)));
}

std::string pad(std::string_view text, std::size_t width, bool right_aligned) {
  const std::string blanks(width - std::min(width, display_width(text)), ' ');
  return right_aligned ? blanks + std::string(text) : std::string(text) + blanks;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  return "'" + shorten(printable(text), kLongest) + "'";
}

}  // namespace qbench
