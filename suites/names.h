// SPDX-License-Identifier: Apache-2.0
// Names that people type: the nearest right one to a wrong one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

// Insertions, deletions, substitutions and swaps of neighbours that make one of the other; case
// does not count.
int edit_distance(std::string_view a, std::string_view b);

// "unknown mode 'nf5': did you mean 'nf4'?", or, where nothing is near, all the known names.
std::string unknown_name(std::string_view kind, std::string_view typed,
                         std::span<const std::string> known);

// The parts between commas. Throws std::invalid_argument, with the name of the option, when one is
// empty.
std::vector<std::string> split_list(std::string_view option, std::string_view text);

}  // namespace qbench
