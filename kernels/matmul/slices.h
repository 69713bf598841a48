// SPDX-License-Identifier: Apache-2.0
// How many slices k is cut into, each for blocks of its own whose sums are added up.
#pragma once

#include <algorithm>
#include <cstdint>

namespace qbench {

inline constexpr std::int64_t kMostSlices = 32;

// The time of a grid whose blocks of all slices run in rounds of at_once, by the time of a tile of
// k. A block takes the time of its tiles, of one more to fill its table and, where there are
// slices, of two more to add its sums, by the bytes that are moved.
constexpr std::int64_t time_in_slices(std::int64_t slices, std::int64_t blocks, std::int64_t tiles,
                                      std::int64_t at_once) {
  const std::int64_t rounds = (blocks * slices + at_once - 1) / at_once;
  return rounds * ((tiles + slices - 1) / slices + (slices > 1 ? 3 : 1));
}

// The slices of k, which is so many tiles long, of a grid of `blocks` a slice: the fewest of those
// that take the least time.
constexpr std::int64_t slices_of(std::int64_t blocks, std::int64_t tiles, std::int64_t at_once) {
  std::int64_t best = 1;
  for (std::int64_t slices = 2; slices <= std::min(tiles, kMostSlices); ++slices)
    if (time_in_slices(slices, blocks, tiles, at_once) <
        time_in_slices(best, blocks, tiles, at_once))
      best = slices;
  return best;
}

}  // namespace qbench
