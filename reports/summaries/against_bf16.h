// SPDX-License-Identifier: Apache-2.0
// How fast products of each mode are beside those of bf16, in words.
#pragma once

#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// One line a device, of the passed results of one section: "against bf16: nf4 2.1 times slower,
// int8 as fast". The fastest row of each mode counts. None for what is no product, or without a
// time of bf16. "as fast": the spreads overlap; "about" and "~": one of the times is not to be
// trusted.
std::vector<std::string> compare_with_bf16(const std::vector<const Result*>& rows);

}  // namespace qbench
