// SPDX-License-Identifier: Apache-2.0
// Quantizers in words: how scales and codes are found.
#pragma once

#include <string>
#include <string_view>

#include "reference/mode.h"

namespace qbench {

// How the scale, and the zero point or minimum, of a group are found.
std::string scales_found_text(const Mode& mode);

// How the code of a weight is found, with ties.
std::string codes_found_text(const Mode& mode);

// How a code is found by thresholds: "x goes to the nearest level, a tie to the lower".
std::string thresholds_text(const Mode& mode);

// How a search finds the scales of a group; no text where there is none.
struct SearchText {
  std::string text = {};
  bool from_statistic = true;     // it begins with the scale that the statistic gives
  bool finds_codes = false;       // it gives the codes too, in place of the rounding
  std::string_view divisor = {};  // of weights, for their codes; empty: the scale
};
SearchText search_text(const Mode& mode);

}  // namespace qbench
