// SPDX-License-Identifier: Apache-2.0
// By how much a figure changed, in words that people read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reports/findings/finding.h"

namespace qbench {

// ln(after / before); infinite where one of the two is 0. Nothing for hashes and for what is not a
// figure on both sides, in the same unit: a decimal or a hex float.
std::optional<double> growth_of(const Finding& finding);

// How much a field grew, in words: "0.12 dB worse" of a mean squared error, "3.1 % slower" of a
// time, "3.1 % larger" of all others; empty for 0.
std::string growth_words(std::string_view field, double growth);

}  // namespace qbench
