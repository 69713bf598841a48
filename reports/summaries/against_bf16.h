// SPDX-License-Identifier: Apache-2.0
// Compares the speed of each mode's products with bf16's, in words.
#pragma once

#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// The mode that the others are compared with.
inline constexpr const char* kBaseline = "bf16";

// One line per device for the passed results of one section: "against bf16: nf4 2.1 times slower,
// int8 as fast". The fastest row of each mode counts. "as fast" means that the spreads overlap;
// "about" and "~" mean that one of the times is not to be trusted. Layers with adapters are
// products too. Empty without products or a time of bf16.
std::vector<std::string> compare_with_bf16(const std::vector<const Result*>& rows);

}  // namespace qbench
