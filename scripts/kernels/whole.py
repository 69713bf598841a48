# SPDX-License-Identifier: Apache-2.0
"""A whole product on a card: the blocks of the SM that has most of them, with memory as it limits."""

import collections
import itertools
import math

import cubin
import loops
import occupancy
import paths
from cards import share_of_dram
from multiprocessor import Multiprocessor
from units import ISSUE, Memory, work_of

ASSUMED = """\
assumed of every figure: each SM runs what the one with most blocks runs, and gets an even share of DRAM;
weights and scales come from DRAM once, x from L2 whenever it is read; k is a multiple of a turn; no bank
conflicts, tags, partial sectors, TLB or instruction cache; no launch; fences as their issue alone; branches as
paths.py takes them, so each block adds the sums of one slice, where the last to arrive adds them all; as many
blocks as run at once, exactly. bf16's floor moves each byte once at the copy bandwidth and multiplies at the
dense rate of the tensor cores; that of dequantize+cublaslt reads codes and writes weights before. On a GPU they take more."""

Shape = collections.namedtuple("Shape", "n k m")


def first_of(function, body):
    return next(i for i, one in enumerate(function.code) if one is body[0])


def slices_of(blocks, steps, at_once):
    """The slices of k of a grid, as kernels/matmul/slices.h has them."""
    def time(slices):
        return -(-blocks * slices // at_once) * (-(-steps // slices) + (3 if slices > 1 else 1))
    return min(range(1, min(steps, 32) + 1), key=time)


def blocks_of(grid, shape, resident, card):
    """(blocks of a product, weights that each takes). A persistent kernel has as many as run at once."""
    if grid.get("persistent"):
        blocks = resident * card.multiprocessors
        return blocks, shape.n * shape.k / blocks
    columns = -(-shape.m // grid["x_rows"])
    tiles = -(-shape.n // grid["rows"]) * columns
    step = grid.get("slice_step", shape.k)
    slices = slices_of(tiles, -(-shape.k // step), resident * card.multiprocessors)
    return tiles * slices, grid["rows"] * shape.k / slices


def memory_of(moved, shape):
    """Memory of {opcode: {level, dram, l2, l2_a_row}}: bytes of a warp's access, some for each row of x up to 8."""
    return Memory({opcode: (one["level"], one.get("l2", 0) + one.get("l2_a_row", 0) * min(8, shape.m),
                            one.get("dram", 0)) for opcode, one in moved.items()})


def waves_of(moved, shape):
    """{opcode: wavefronts} of accesses to x: each half of a warp takes one, and 128 bytes do."""
    return {opcode: max(2, one["l2_a_row"] * min(8, shape.m) / 128)
            for opcode, one in moved.items() if "l2_a_row" in one}


def without_copies(works):
    return [one._replace(kind=ISSUE, copy=False) if one.copy else one for one in works]


def works_of(path, works):
    """(Works, times) of a path. Copies that the prologue makes for the first turns are not made in the last."""
    hot = path.hot
    ahead = sum(one.copy for part in works[:hot] for one in part)
    a_turn = sum(one.copy for one in works[hot])
    turns = path.segments[hot][1]
    off = min(turns, ahead // a_turn) if a_turn else 0
    timed = [(part, times) for part, (_, times) in zip(works, path.segments)]
    return timed[:hot] + [(works[hot], turns - off), (without_copies(works[hot]), off)] + timed[hot + 1:]


def at_rows(grid, m):
    """(the grid for m rows of x, the share of the hottest loop's markers that their loop has)."""
    narrow = grid.get("narrow")
    if not narrow or m > narrow["x_rows"]:
        return grid, 1
    return {**grid, "moved": {**grid["moved"], **narrow["moved"]}}, narrow["markers"]


def loop_of(function, marker, share):
    """The loop that has such a share of the markers of the hottest."""
    hottest = loops.hottest_loop(function.code, marker)
    if share == 1:
        return hottest
    return next(body for body in cubin.innermost_loops(function.code)
                if cubin.count(body, marker) == share * cubin.count(hottest, marker))


def path_of(function, body, how, grid, turns):
    first = first_of(function, body)
    return paths.walk(function.code, (first, first + len(body) - 1), turns, how["marker"], grid.get("fills", {}))


def seconds(function, how, grid, shape, card, launch):
    """Seconds of the kernel at a shape; None where no block fits."""
    resident = occupancy.blocks_at_once(card, launch)
    if not resident:
        return None
    warps = occupancy.warps_of(launch)
    blocks, weights = blocks_of(grid, shape, resident, card)
    grid, share = at_rows(grid, shape.m)
    body = loop_of(function, how["marker"], share)
    turns = math.ceil(weights * share / (32 * cubin.counted_weights(body, how) * warps))
    memory, waves = memory_of(grid["moved"], shape), waves_of(grid["moved"], shape)
    path = path_of(function, body, how, grid, turns)
    works = works_of(path, [[work_of(one, card, memory, waves) for one in part] for part, _ in path.segments])
    busy_sms = min(card.multiprocessors, blocks)
    held = -(-blocks // card.multiprocessors)

    def stream():
        return itertools.chain.from_iterable(itertools.chain.from_iterable(itertools.repeat(part, times))
                                             for part, times in works)

    every = ([stream() for _ in range(warps)] for _ in range(held))
    machine = Multiprocessor(card, every, resident, share_of_dram(card, busy_sms))
    return machine.run() / card.clock_hz


def share_of_copy(taken, how, shape, card):
    """The share of the copy bandwidth at which the bytes of weights, x and y are moved once."""
    moved = shape.n * shape.k * how["bytes_per_weight"] + 2 * shape.m * (shape.n + shape.k)
    return moved / card.copy_bytes_per_second / taken
