// SPDX-License-Identifier: Apache-2.0
// How the blocks of gemm-mma share out a product.
#pragma once

#include <algorithm>
#include <cstdint>

namespace qbench {

// A product: m rows of x, so many blocks of rows of W, k in so many tiles; blocks that run at a
// time.
struct ProductTiles {
  std::int64_t m, w_blocks, tiles, at_once;
  constexpr std::int64_t places(int x_rows) const { return w_blocks * ((m + x_rows - 1) / x_rows); }
};

struct Share {
  int x_rows;                 // of a place
  std::int64_t tiles, parts;  // of a block, at most; of a place
  std::int64_t clocks;
};

// Clocks of an H200, as scripts/kernels/kernel_cycles models them in nf4: of entry and end of a
// block, of beginning at another place, of a tile, and of writing the sums of a part and adding
// those of all.
inline constexpr std::int64_t kBlockClocks = 5500, kPlaceClocks = 3000;
constexpr std::int64_t tile_clocks(int x_rows) { return 860 + 49 * x_rows / 2; }
constexpr std::int64_t sum_clocks(int x_rows, std::int64_t parts) {
  return parts > 1 ? 740 + 51 * x_rows + parts * (200 + 14 * x_rows) : 0;
}

// Blocks that take so many tiles, one place after the other (PartWalk).
constexpr Share share_in_parts(const ProductTiles& of, int x_rows, std::int64_t tiles) {
  const bool even = tiles % of.tiles == 0 || of.tiles % tiles == 0;
  const std::int64_t at = even ? 1 : 2;  // where places and blocks begin apart
  const std::int64_t places = (tiles + of.tiles - at) / of.tiles + at - 1;  // of a block
  const std::int64_t parts = (of.tiles + tiles - at) / tiles + at - 1;
  return {x_rows, tiles, parts,
          tiles * tile_clocks(x_rows) + kBlockClocks + kPlaceClocks * (places - 1) +
              std::min(places, std::int64_t{2}) * sum_clocks(x_rows, parts)};
}

// Blocks that take a slice of k at one place each, in rounds.
constexpr Share share_in_slices(const ProductTiles& of, int x_rows, std::int64_t slices) {
  const std::int64_t rounds = (of.places(x_rows) * slices + of.at_once - 1) / of.at_once;
  const std::int64_t tiles = (of.tiles + slices - 1) / slices;
  return {x_rows, tiles, slices,
          rounds * (tiles * tile_clocks(x_rows) + kBlockClocks + sum_clocks(x_rows, slices))};
}

// Returns whichever of share_at(0) to share_at(count - 1) takes the fewest clocks, the first one on
// a tie.
template <class ShareAt>
constexpr Share fewest_clocks(std::int64_t count, ShareAt share_at) {
  Share best = share_at(0);
  for (std::int64_t i = 1; i < count; ++i)
    if (const Share share = share_at(i); share.clocks < best.clocks) best = share;
  return best;
}

// Among blocks of 16 or 32 rows of x that all run at a time.
constexpr Share best_in_parts(const ProductTiles& of, int x_rows) {
  const std::int64_t least = (of.places(x_rows) * of.tiles + of.at_once - 1) / of.at_once;
  const std::int64_t whole = (least + of.tiles - 1) / of.tiles * of.tiles;
  return fewest_clocks(whole - least + 1, [&](std::int64_t fewer) {
    return share_in_parts(of, x_rows, whole - fewer);
  });
}

// Among blocks of 64.
constexpr Share best_in_slices(const ProductTiles& of, int x_rows) {
  constexpr std::int64_t kMostSlices = 32;
  return fewest_clocks(std::min(of.tiles, kMostSlices), [&](std::int64_t before) {
    return share_in_slices(of, x_rows, before + 1);
  });
}

// The share for a product. A place has 16 or 32 rows of x, whose blocks take parts, or 64, if
// most_x_rows is that, whose blocks take slices: no more than m fills, and fewer than that only
// where it saves a twentieth of the clocks, since codes are decoded, and read from L2, for each.
constexpr Share share_of(const ProductTiles& of, int most_x_rows) {
  const int filled = of.m <= 16 ? 16 : of.m <= 32 ? 32 : most_x_rows;
  Share best = filled == 64 ? best_in_slices(of, 64) : best_in_parts(of, filled);
  for (int x_rows = filled / 2; x_rows >= 16; x_rows /= 2)
    if (const Share share = best_in_parts(of, x_rows); share.clocks * 20 < best.clocks * 19)
      best = share;
  return best;
}

}  // namespace qbench
