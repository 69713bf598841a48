// SPDX-License-Identifier: Apache-2.0
// Verb explain: all that a mode is, from its description alone.
#pragma once

#include <span>
#include <string>

#include "reference/mode.h"

namespace qbench {

// One screen: at most 80 columns and 40 lines.
std::string explained(const Mode& mode);

// Prints the screen of each mode, with a blank line between two. Returns 0.
int explain(std::span<const Mode* const> modes);

}  // namespace qbench
