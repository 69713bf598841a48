// SPDX-License-Identifier: Apache-2.0
// Names and numbers that people type: suggestions for wrong names, and errors of numbers.
#pragma once

#include <charconv>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

using Names = std::vector<std::string>;

std::string lowered(std::string_view text);

// The number of insertions, deletions, substitutions and swaps of neighbours that turn one into the
// other, ignoring case.
int edit_distance(std::string_view a, std::string_view b);

// The known name at the least distance; `known` is not empty.
const std::string& nearest_name(std::string_view typed, std::span<const std::string> known);

// True if the name is likely to be what was meant.
bool is_near(std::string_view typed, std::string_view name);

// "unknown mode 'nf5': did you mean 'nf4'?" or, if nothing is near, all known names.
std::string unknown_name(std::string_view kind, std::string_view typed,
                         std::span<const std::string> known);

// The parts between commas. Throws std::invalid_argument, with the name of the option, if one is
// empty.
std::vector<std::string> split_list(std::string_view option, std::string_view text);

template <class Range, class Name>
Names names_of(const Range& range, Name name) {
  Names names;
  for (const auto& item : range) names.emplace_back(name(item));
  return names;
}

// The whole text as a number of at least `least`. Throws std::invalid_argument with the name of the
// option and `what` it takes.
template <class Number>
Number number(std::string_view option, const std::string& text, Number least, const char* what) {
  const std::string given = std::string(option) + ": '" + text + "' is ";
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) throw std::invalid_argument(given + "too large");
  if (error != std::errc() || end != text.data() + text.size() || !(value >= least))
    throw std::invalid_argument(given + "not " + what);
  return value;
}

}  // namespace qbench
