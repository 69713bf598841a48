# SPDX-License-Identifier: Apache-2.0
"""A whole product on a card: the blocks of the SM that has most of them, with memory as it limits."""

import collections
import itertools
import math

import cubin
import loops
import occupancy
import paths
from accesses import longest
from cards import share_of_dram
from multiprocessor import Multiprocessor
from shares import TILE_ROWS, blocks_of
from units import ISSUE, Memory, work_of

ASSUMED = """\
assumed of every figure: each SM runs what the one with most blocks runs, and gets an even share of DRAM;
weights and scales come from DRAM once, x from L2 whenever it is read, and what was prefetched; k is a multiple of a turn; no bank
conflicts, tags, partial sectors, TLB or instruction cache; no launch; fences as their issue alone; products of a
warpgroup from when a warp issues them; branches as
paths.py takes them; each block adds the sums of all slices, as the last to arrive does, while those of the others
leave it their share of L2, up to 64 bytes a clock; as many blocks as run at once, exactly. bf16's floor moves each byte once at the copy bandwidth and multiplies at the
dense rate of the tensor cores; that of dequantize+cublaslt reads codes and writes weights before. On a GPU they take more."""

Shape = collections.namedtuple("Shape", "n k m")


def first_of(function, body):
    return next(i for i, one in enumerate(function.code) if one is body[0])


def adding(adds, shape, blocks, threads, card):
    """(turns, share) of the loop that adds the sums of all parts, for grid["adds"]: of the bytes of L2 that its loads
    may move, the share that they do, by what an SM gets of L2 then."""
    columns = 1 << (shape.m - 1).bit_length()  # of a tile
    tiles = shape.n / TILE_ROWS / max(1, blocks.count // blocks.parts)
    outputs = TILE_ROWS * math.ceil(tiles) * columns / threads / adds["outputs"] if "outputs" in adds else 1
    parts = blocks.parts / adds["parts"]
    turns = math.ceil(outputs) * math.ceil(parts)
    return turns, outputs * parts / turns * max(1 / blocks.parts, card.l2_bytes_per_clock / card.l2_port_bytes_per_clock)


def dram_of(body, bytes_of_turn, grid, m):
    """The bytes of DRAM of each access that the grid calls "weights": a turn's, shared out evenly. Of blocks that take the
    same weights for other rows of x beside each other one reads them from there."""
    keys = [longest(one.opcode, grid["moved"]) for one in body]
    accesses = sum(grid["moved"][key].get("dram") == "weights" for key in keys if key)
    return bytes_of_turn / max(1, accesses) / -(-m // grid.get("x_rows", m))


def memory_of(moved, shape, weights=0, shares=None, where="level"):
    """Memory of {opcode: {level, outside, dram, l2, l2_a_row}}: bytes of a warp's access, some for each row of x up to 8.
    `weights`: of DRAM, of those that say so; `shares` {opcode: share}: of L2's bytes that a load moves; `where`: "outside"
    of the hottest loop."""
    return Memory({opcode: (one.get(where, one["level"]), (shares or {}).get(opcode, 1) *
                            (one.get("l2", 0) + one.get("l2_a_row", 0) * min(8, shape.m)),
                            weights if one.get("dram") == "weights" else one.get("dram", 0)) for opcode, one in moved.items()})


def waves_of(moved, shape):
    """{opcode: wavefronts} of accesses to x: each half of a warp takes one, and 128 bytes do."""
    return {opcode: max(2, one["l2_a_row"] * min(8, shape.m) / 128)
            for opcode, one in moved.items() if "l2_a_row" in one}


def without_copies(works):
    return [one._replace(kind=ISSUE, copy=False) if one.copy else one for one in works]


def copied_before(path):
    """{index of the hottest loop in the path: its last turns, whose copies have been made before}: as many as code before it,
    or before those that lead to it, has copied."""
    inside = collections.Counter(one.opcode for one in path.segments[path.hot[0]][0] if one.opcode.startswith("LDGSTS"))
    groups, copies = [], 0
    for i, (part, _) in enumerate(path.segments):
        if i not in path.hot:
            copies += sum(one.opcode in inside for one in part)
            continue
        if copies or not groups:
            groups.append((copies // max(1, inside.total()), []))
        groups[-1][1].append(i)
        copies = 0
    found = {}
    for left, indices in groups:
        for i in reversed(indices):
            found[i] = min(path.segments[i][1], left)
            left -= found[i]
    return found


def works_of(path, works):
    """(Works, times) of a path."""
    timed, before = [], copied_before(path)
    for i, (part, (_, turns)) in enumerate(zip(works, path.segments)):
        timed += [(part, turns - before.get(i, 0)), (without_copies(part), before.get(i, 0))]
    return timed


def path_of(function, body, how, grid, places, times=None):
    first = first_of(function, body)
    return paths.walk(function.code, (first, first + len(body) - 1), places, how["marker"], grid.get("fills", {}), times)


def seconds(function, how, grid, shape, card, launch):
    """Seconds of the kernel at a shape; None where no block fits."""
    resident = occupancy.blocks_at_once(card, launch)
    if not resident:
        return None
    warps, at_once = occupancy.warps_of(launch), resident * card.multiprocessors
    body = loops.hottest_loop(function.code, how["marker"])
    turn = 32 * cubin.counted_weights(body, how)  # weights of a warp
    blocks = blocks_of(grid, shape, turn * warps, at_once)
    times, l2 = {}, {"STG.E.128": 0}  # without parts there are no sums to write
    if "adds" in grid and blocks.parts > 1:
        opcode = grid["adds"]["opcode"]
        turns, share = adding(grid["adds"], shape, blocks, 32 * warps, card)
        times[opcode], l2 = turns, {opcode: share}
    dram = dram_of(body, how["bytes_per_weight"] * turn, grid, shape.m)
    memory = {where: memory_of(grid["moved"], shape, dram, l2, where) for where in ("level", "outside")}
    waves = waves_of(grid["moved"], shape)
    path = path_of(function, body, how, grid, blocks.places, times)
    works = works_of(path, [[work_of(one, card, memory["level" if i in path.hot else "outside"], waves) for one in segment]
                            for i, (segment, _) in enumerate(path.segments)])
    busy_sms = min(card.multiprocessors, blocks.count)
    held = -(-blocks.count // card.multiprocessors)

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
