// SPDX-License-Identifier: Apache-2.0
// The page of verb memory: a model in each recipe, at most 100 columns wide.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "harness/memory/estimate.h"

namespace qbench {

inline constexpr std::size_t kMemoryWidth = 100;

struct MemoryUnit {
  std::string_view name;
  double bytes;
};
inline constexpr MemoryUnit kGigabytes = {"GB", 1e9}, kMegabytes = {"MB", 1e6};

// "0.123", "12.34", "123.4": at least three digits, without the unit.
std::string amount(double bytes, const MemoryUnit& unit);

// At most 40 lines for the recipes that are shown where none is named. In MB if no recipe needs a
// GB.
std::string memory_page(const ModelShape& shape, std::span<const Recipe> recipes, const Use& use);

}  // namespace qbench
