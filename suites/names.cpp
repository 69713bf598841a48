// SPDX-License-Identifier: Apache-2.0
// Edit distance, and suggestions for mistyped names.
#include "suites/names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace qbench {
namespace {

int lower(char c) { return std::tolower(static_cast<unsigned char>(c)); }

}  // namespace

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(lower(c));
  return out;
}

int edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the table of distances between prefixes of a and b: two rows up, one row up, this
  // one.
  std::vector<int> before(b.size() + 1), above(b.size() + 1), line(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    line[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      line[j] = std::min({above[j] + 1, line[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) line[j] = std::min(line[j], before[j - 2] + 1);
    }
    before = std::move(above);
    above = line;
  }
  return above[b.size()];
}

const std::string& nearest_name(std::string_view typed, std::span<const std::string> known) {
  return *std::ranges::min_element(
      known, {}, [typed](const std::string& name) { return edit_distance(typed, name); });
}

bool is_near(std::string_view typed, std::string_view name) {
  return name.starts_with(typed) ||
         edit_distance(typed, name) <= std::max(1, static_cast<int>(typed.size()) / 3);
}

std::string unknown_name(std::string_view kind, std::string_view typed,
                         std::span<const std::string> known) {
  if (!known.empty() && is_near(typed, nearest_name(typed, known)))
    return fmt::format("unknown {} '{}': did you mean '{}'?", kind, typed,
                       nearest_name(typed, known));
  std::vector<std::string> each;  // unique: several operations may share a name
  for (const std::string& name : known)
    if (std::ranges::find(each, name) == each.end()) each.push_back(name);
  return fmt::format("unknown {} '{}': there are {}", kind, typed, fmt::join(each, ", "));
}

std::vector<std::string> split_list(std::string_view option, std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end == begin)
      throw std::invalid_argument(fmt::format("{}: '{}' has an empty name in it", option, text));
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace qbench
