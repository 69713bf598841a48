// SPDX-License-Identifier: Apache-2.0
// Sets are made of the table of modes; patterns are looked up in both.
#include "suites/mode_sets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "suites/axis_values.h"
#include "suites/names.h"
#include "suites/unknown_mode.h"

namespace qbench {
namespace {

constexpr int kWidestCode = 8;

template <class Test>
Modes modes_that(Test test) {
  Modes modes;
  std::ranges::copy_if(all_modes(), std::back_inserter(modes), test);
  return modes;
}

Modes common_modes() {
  Modes modes;
  for (const std::string_view name : kCommonModes)
    if (const Mode* mode = find_mode(name)) modes.push_back(mode);
  return modes;
}

bool has_bits(const Mode& mode, int bits) {
  return mode.format.bits == bits * mode.format.weights_a_code();
}

std::vector<ModeSet> make_sets() {
  std::vector<ModeSet> sets = {{"common", common_modes()},
                               {"all", modes_that([](const Mode*) { return true; })}};
  std::vector<std::string_view> families;
  for (const Mode* mode : all_modes()) add_once(families, mode->family);
  for (const std::string_view family : families)
    sets.push_back({std::string(family),
                    modes_that([&](const Mode* mode) { return mode->family == family; })});
  for (int bits = 1; bits <= kWidestCode; ++bits)
    sets.push_back({fmt::format("{}bit", bits),
                    modes_that([&](const Mode* mode) { return has_bits(*mode, bits); })});
  std::erase_if(sets, [](const ModeSet& set) { return set.modes.empty(); });
  return sets;
}

// Both in lower case. After a mismatch the last * takes one character more.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t at = 0, star = pattern.npos, resume = 0;
  for (std::size_t i = 0; i < name.size();) {
    const bool more = at < pattern.size();
    if (more && pattern[at] == '*') {
      star = at++;
      resume = i;
    } else if (more && (pattern[at] == '?' || pattern[at] == name[i])) {
      ++at;
      ++i;
    } else if (star != pattern.npos) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == pattern.npos;
}

bool is_glob(std::string_view pattern) { return pattern.find_first_of("*?") != pattern.npos; }

// True of 7bit and the like.
bool names_bits(std::string_view pattern) {
  return pattern.ends_with("bit") && pattern.find_first_not_of("0123456789") == pattern.size() - 3;
}

std::string why_no_bits(const std::string& pattern) {
  Names known;
  for (const ModeSet& set : mode_sets())
    if (names_bits(set.name)) known.push_back(set.name);
  return fmt::format("no mode has the codes of '{}': there are {}", pattern,
                     fmt::join(known, ", "));
}

std::string why_none(const std::string& pattern) {
  if (names_bits(lowered(pattern))) return why_no_bits(pattern);
  return is_glob(pattern) ? unmatched_modes(pattern) : unknown_mode(pattern);
}

}  // namespace

const std::vector<ModeSet>& mode_sets() {
  static const std::vector<ModeSet> sets = make_sets();
  return sets;
}

bool matches_name(std::string_view pattern, std::string_view name) {
  return matches(lowered(pattern), lowered(name));
}

Modes find_modes(std::string_view pattern) {
  const std::string wanted = lowered(pattern);
  if (const Mode* mode = find_mode(wanted)) return {mode};
  const auto set = std::ranges::find(mode_sets(), wanted, &ModeSet::name);
  if (set != mode_sets().end()) return set->modes;
  return modes_that([&](const Mode* mode) { return matches(wanted, mode->name); });
}

Modes modes_of(std::span<const std::string> patterns) {
  Modes modes;
  for (const std::string& pattern : patterns) {
    const Modes found = find_modes(pattern);
    if (found.empty()) throw std::invalid_argument(why_none(pattern));
    for (const Mode* mode : found) add_once(modes, mode);
  }
  return modes;
}

}  // namespace qbench
