// SPDX-License-Identifier: Apache-2.0
// The page of verb memory: a model in each recipe, at most kMemoryWidth columns wide.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "harness/memory/estimate.h"
#include "reports/text/units.h"

namespace qbench {

inline constexpr std::size_t kMemoryWidth = 100;

// "0.123", "12.34", "123.4": at least three digits, without the unit.
std::string amount(double bytes, const ByteUnit& unit);

// At most 40 lines for the recipes that are shown where none is named. In MB if no recipe needs a
// GB. In fewer columns than kMemoryWidth the table leaves out what the text below it tells; it has
// 80 at the least.
std::string memory_page(const ModelShape& shape, std::span<const Recipe> recipes, const Use& use,
                        std::size_t width = kMemoryWidth);

}  // namespace qbench
