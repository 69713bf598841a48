# SPDX-License-Identifier: Apache-2.0
"""The hottest loop of a kernel on an SM: clocks a turn once the start no longer matters, and what binds."""

import collections
import functools
import itertools
import re

import cubin
from multiprocessor import Multiprocessor
from units import HEAVY, LITE, UNITS, Memory, work_of

SKIPPED_TURNS, COUNTED_TURNS = 3, 6  # of every warp
BINDS = 0.8  # a unit that is busy for less of the time does not bind: latencies do

# clocks: of a turn of all warps; shares: {unit: share of the time that it is busy}.
Steady = collections.namedtuple("Steady", "clocks shares instructions_a_clock")


def hottest_loop(instructions, marker=None):
    """The innermost loop with the most of an opcode; without one with the most tensor products, else the most
    fused products, else the longest."""
    loops = cubin.innermost_loops(instructions)
    patterns = [marker] if marker else [r"\w*MMA", r"[FHD]FMA2?|IDP|IDP4A", r".*"]
    for pattern in patterns:
        def weight(body, pattern=pattern):
            return sum(bool(re.match(rf"(?:{pattern})(\.|$)", one.opcode)) for one in body)
        best = max(loops, key=weight, default=[])
        if best and weight(best):
            return best
    return []


def shares_of(machine, clocks, busy, issued, card):
    """{unit: share} of a span of so many clocks."""
    parts = card.sub_partitions
    shares = {UNITS[u]: busy[u] / parts / clocks for u in range(len(UNITS)) if u not in (HEAVY, LITE)}
    shares["fma"] = (busy[HEAVY] + busy[LITE]) / parts / card.fma_pipes / clocks
    shares["imad"] = busy[HEAVY] / parts / clocks
    shares["issue"] = issued / parts / clocks
    for name in ("lsu", "l2", "dram"):
        shares[name] = busy[name] / clocks
    return shares


def steady(body, warps, blocks, card, memory=None, waves=None, dram=None):
    """Steady of a loop that `blocks` blocks of so many warps turn on an SM. Each branch is taken as it lies:
    both sides of one in the loop count."""
    works = tuple(work_of(one, card, memory or Memory(), waves) for one in body)
    return of_works(works, warps, blocks, OneCard(card), dram)


class OneCard:
    """A card as a key of a cache: the cubins of many modes hold one loop."""

    def __init__(self, card):
        self.card = card

    def __hash__(self):
        return hash(self.card.short)

    def __eq__(self, other):
        return vars(self.card) == vars(other.card)


@functools.lru_cache(maxsize=256)
def of_works(works, warps, blocks, one_card, dram):
    card = one_card.card
    every = [[itertools.cycle(works) for _ in range(warps)] for _ in range(blocks)]
    machine = Multiprocessor(card, every, blocks, dram)
    turn = len(works) * warps * blocks
    start = machine.run(SKIPPED_TURNS * turn)
    before, busy = machine.issued, machine.busy.copy()
    clocks = machine.run((SKIPPED_TURNS + COUNTED_TURNS) * turn) - start
    issued = machine.issued - before
    busy = collections.Counter({unit: machine.busy[unit] - busy[unit] for unit in machine.busy})
    return Steady(clocks * turn / issued, shares_of(machine, clocks, busy, issued, card), issued / clocks)


def binding(shares):
    """The unit that is busy longest, or "latency" where each is idle for a good part."""
    unit = max(shares, key=shares.get)
    return unit if shares[unit] >= BINDS else "latency"
