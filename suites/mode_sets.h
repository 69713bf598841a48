// SPDX-License-Identifier: Apache-2.0
// Sets of modes that have a name, and the patterns by which a list names modes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reference/mode.h"

namespace qbench {

using Modes = std::vector<const Mode*>;

struct ModeSet {
  std::string name;
  Modes modes;  // in the order of the table
};

// The modes that a sweep takes where none is named: those that people choose between first. Those
// that the table does not have are left out.
inline constexpr std::string_view kCommonModes[] = {"bf16", "int8", "fp8-row", "nf4",   "nf4-dq",
                                                    "int4", "q4_k", "q6_k",    "mxfp4", "nvfp4"};

// common and all; then each family of the table, and 1bit to 8bit: the modes whose codes have so
// many bits a weight.
const std::vector<ModeSet>& mode_sets();

// True if the name matches the glob, in which * stands for any characters and ? for one, ignoring
// case.
bool matches_name(std::string_view pattern, std::string_view name);

// The modes that a pattern means, ignoring case: the mode of that name, else the set of that name,
// else the modes whose names match it as a glob, in which * stands for any characters and ? for
// one. Empty if there are none.
Modes find_modes(std::string_view pattern);

// The modes of all patterns, each once, in the order of the patterns. Throws std::invalid_argument,
// with the nearest name, for a pattern that means none.
Modes modes_of(std::span<const std::string> patterns);

}  // namespace qbench
