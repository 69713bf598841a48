// SPDX-License-Identifier: Apache-2.0
// Describes changes of figures for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reports/findings/finding.h"

namespace qbench {

// ln(after / before); infinite if one of the two is 0. Absent for hashes, and unless both sides are
// numbers (decimal or hex floats) in the same unit.
std::optional<double> growth_of(const Finding& finding);

// The growth of a field in words: "0.12 dB worse" for a mean squared error, "3.1 % slower" for a
// time, "3.1 % larger" for all others; empty for 0.
std::string growth_words(std::string_view field, double growth);

}  // namespace qbench
