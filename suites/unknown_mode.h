// SPDX-License-Identifier: Apache-2.0
// What a name that is no mode's is answered.
#pragma once

#include <string>
#include <string_view>

namespace qbench {

// One line that says which mode may be meant, or how to see them all:
//   unknown mode 'mxfp8-e4m3': did you mean 'mxfp8'?
// No mode of another width is taken for the one that is meant.
std::string unknown_mode(std::string_view typed);

// The same of a pattern that matches no mode, as 'q8_9*'.
std::string unmatched_modes(std::string_view pattern);

}  // namespace qbench
