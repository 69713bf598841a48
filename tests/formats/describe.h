// SPDX-License-Identifier: Apache-2.0
// Modes and formats of the tests, as data alone.
#pragma once

#include "reference/mode.h"

namespace qbench::as_data {

inline constexpr int kSizes[] = {16, 32, 64, 128, 256, 1024, 4096};

constexpr Mode mode(const Format& format, const Quantizer& quantizer) {
  const bool blocks =
      format.granularity == Granularity::block || format.granularity == Granularity::group;
  return {.name = "as-data",
          .summary = "",
          .family = "",
          .used_by = "",
          .source = "",
          .format = format,
          .quantizer = quantizer,
          .block_size = blocks ? 32 : 0,
          .block_sizes = blocks ? std::span<const int>(kSizes) : std::span<const int>()};
}

constexpr Integers symmetric(int largest) { return {.lowest = -largest, .highest = largest}; }

// The sign, 0 to +.
inline constexpr float kSigns[] = {-1, 1};

}  // namespace qbench::as_data
