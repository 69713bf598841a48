# SPDX-License-Identifier: Apache-2.0
"""How the blocks of a kernel share out a product, as its launch does (kernels/matmul/shares.h, mma_trials.cuh)."""

import collections
import math

TILE_ROWS = 16  # of W, that a persistent kernel takes at a time

# Of gemm-mma: rows of x of a place; tiles of k that a block takes at most, at so many places; parts of a place.
Share = collections.namedtuple("Share", "x_rows tiles places parts clocks")
# Of any kernel: how many blocks; at each place of one, of each stage of x, how often it turns the hottest loop; the blocks
# that have parts of a place.
Blocks = collections.namedtuple("Blocks", "count places parts")


def tile_clocks(x_rows):
    return 860 + 49 * x_rows // 2


def sum_clocks(x_rows, parts):
    return 740 + 51 * x_rows + parts * (200 + 14 * x_rows) if parts > 1 else 0


def in_parts(x_rows, share, tiles):
    at = 1 if share % tiles == 0 or tiles % share == 0 else 2
    places, parts = (share + tiles - at) // tiles + at - 1, (tiles + share - at) // share + at - 1
    clocks = share * tile_clocks(x_rows) + 5500 + 3000 * (places - 1) + min(places, 2) * sum_clocks(x_rows, parts)
    return Share(x_rows, share, places, parts, clocks)


def in_slices(x_rows, places, slices, tiles, at_once):
    rounds, share = -(-places * slices // at_once), -(-tiles // slices)
    return Share(x_rows, share, 1, slices, rounds * (share * tile_clocks(x_rows) + 5500 + sum_clocks(x_rows, slices)))


def best_of(m, w_blocks, tiles, at_once, x_rows):
    """That of the fewest clocks, and of those of the fewest parts, among places of so many rows of x."""
    places = w_blocks * -(-m // x_rows)
    if x_rows == 64:
        shares = [in_slices(x_rows, places, slices, tiles, at_once) for slices in range(1, min(tiles, 32) + 1)]
    else:
        least = -(-places * tiles // at_once)
        shares = [in_parts(x_rows, share, tiles) for share in range(-(-least // tiles) * tiles, least - 1, -1)]
    return min(shares, key=lambda share: share.clocks)


def share_of(m, w_blocks, tiles, at_once, x_rows=(16, 32, 64)):
    """The Share of m rows of x and w_blocks blocks of rows of W, k in so many tiles, among places of so many rows of x."""
    filled = [rows for rows in x_rows if m > rows // 2 or rows == min(x_rows)]
    best, *fewer = (best_of(m, w_blocks, tiles, at_once, rows) for rows in sorted(filled, reverse=True))
    for share in fewer:
        if share.clocks * 20 < best.clocks * 19:
            best = share
    return best


def share_at(grid, shape, at_once, x_rows):
    """None where the grid is not shared out by tiles."""
    if "tile" not in grid:
        return None
    return share_of(shape.m, -(-shape.n // grid["rows"]), -(-shape.k // grid["tile"]), at_once, x_rows)


def even(total, places):
    """So much in so many parts."""
    return [total * (i + 1) // places - total * i // places for i in range(places)]


def in_stages(tiles, most):
    """So many tiles in stages of at most so many."""
    return [min(most, tiles - first) for first in range(0, tiles, most)]


def blocks_of(grid, shape, turn, at_once):
    """`turn`: the weights that a block takes in a turn. A persistent kernel has as many blocks as run at once."""
    if grid.get("persistent"):
        return Blocks(at_once, [[math.ceil(shape.n * shape.k / at_once / turn)]], math.ceil(shape.k * TILE_ROWS / turn))
    places = -(-shape.n // grid["rows"]) * -(-shape.m // grid["x_rows"])
    share = share_at(grid, shape, at_once, [grid["x_rows"]])
    if not share:
        return Blocks(places, [[math.ceil(grid["rows"] * shape.k / turn)]], 1)
    tiles = -(-shape.k // grid["tile"])
    count = places * share.parts if share.x_rows == 64 else -(-places * tiles // share.tiles)
    of_tile = grid["rows"] * grid["tile"] / turn  # turns
    return Blocks(count, [[math.ceil(stage * of_tile) for stage in in_stages(part, grid.get("x_tiles", part))]
                          for part in even(share.tiles, share.places)], share.parts)
