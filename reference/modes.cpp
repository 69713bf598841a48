// SPDX-License-Identifier: Apache-2.0
// Modes by name.
#include "reference/modes.h"

#include <algorithm>

namespace qbench {

std::span<const Mode* const> all_modes() { return kModes; }

namespace {

// Names of modes are in lower case.
char lower(char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

const Mode* find_mode(std::string_view name) {
  const auto found = std::ranges::find_if(
      kModes, [name](const Mode* mode) { return std::ranges::equal(name, mode->name, {}, lower); });
  return found == kModes.end() ? nullptr : *found;
}

bool Mode::allows(int size) const {
  return block_sizes.empty() ? size == 0
                             : std::ranges::find(block_sizes, size) != block_sizes.end();
}

}  // namespace qbench
