# SPDX-License-Identifier: Apache-2.0
"""One SM that issues the instructions of its warps, clock by clock, as their control words allow.

A warp issues an instruction when the stall count of the one before has passed, when the barriers of its
wait mask are down, and when its unit takes one. Each sub-partition issues one a clock: of the warp that
issued last, else of the oldest that can. The load and store unit serves the SM a wavefront a clock, in
order, behind a queue for each sub-partition; L2 and DRAM move so many bytes a clock. Bank conflicts,
tags, partial sectors, instruction caches and register banks are not modelled.
"""

import collections
import math

from units import BARRIER, COMMIT, COPIES, LITE, HEAVY, LSU, PIPE, PRODUCT, PRODUCTS, UNITS

NEVER = math.inf


class Warp:
    """A warp: what it does next, and from when on it may."""

    def __init__(self, stream, block):
        self.stream, self.block = iter(stream), block
        self.ready, self.held = 0, None  # held: when it would be ready, at a barrier
        self.barriers = [0, 0, 0, 0, 0, 0]  # when each is down
        self.groups = collections.deque()  # when each group of copies is there
        self.open_group = 0  # when the copies that no group has yet are there
        self.products = collections.deque()  # when each group of products of its warpgroup is done
        self.work = next(self.stream, None)

    def advance(self, clock):
        """Takes the next instruction. Barriers of blocks are met elsewhere."""
        done = self.work
        self.work = work = next(self.stream, None)
        ready = clock + done.stall
        if work is None:
            self.ready = NEVER
            return
        wait, barrier = work.wait, 0
        while wait:
            if wait & 1 and self.barriers[barrier] > ready:
                ready = self.barriers[barrier]
            wait >>= 1
            barrier += 1
        if work.kind is COPIES:
            while len(self.groups) > work.count:
                ready = max(ready, self.groups.popleft())
        elif work.kind is PRODUCTS:
            while len(self.products) > work.count:
                ready = max(ready, self.products.popleft())
        self.ready = ready


class Multiprocessor:
    """`blocks`: an iterator of lists of streams of Work, a stream a warp; as many at once as `resident`.
    `dram`: the bytes a clock that this SM gets of DRAM; None: neither DRAM nor L2 limits."""

    def __init__(self, card, blocks, resident, dram=None):
        self.card, self.coming, self.clock = card, iter(blocks), 0
        self.rates = (NEVER, NEVER) if dram is None else (card.l2_bytes_per_clock, dram)
        parts = card.sub_partitions
        self.free = [[0] * len(UNITS) for _ in range(parts)]
        self.queues = [collections.deque() for _ in range(parts)]
        self.warps = [[] for _ in range(parts)]
        self.lsu_free = self.l2_free = self.dram_free = 0
        self.issued, self.busy = 0, collections.Counter()
        self.last, self.wake, self.soonest = [None] * parts, [0] * parts, 0
        self.started, self.running, self.met = 0, {}, collections.Counter()
        for _ in range(resident):
            self.start_block()

    def start_block(self):
        streams = next(self.coming, None)
        if streams is None:
            return
        block, self.started = self.started, self.started + 1
        self.running[block] = len(streams)
        for stream in streams:
            part = min(range(len(self.warps)), key=lambda p: len(self.warps[p]))
            warp = Warp(stream, block)
            warp.ready = self.clock
            self.warps[part].append(warp)
            self.wake[part] = min(self.wake[part], self.clock)

    def run(self, until=NEVER):
        """Issues until so many instructions have been, or nothing is left. The clock."""
        wake = self.wake
        while self.running and self.issued < until:
            clock = self.clock
            for part, at in enumerate(wake):
                if at <= clock:
                    wake[part] = clock + 1 if self.issue_one(part) else self.soonest
            self.clock = max(clock + 1, math.ceil(min(wake)))
        return self.clock

    def issue_one(self, part):
        """Whether a warp of a sub-partition issued; if not, self.soonest is when one may."""
        clock, soonest, last = self.clock, NEVER, self.last[part]
        warps = self.warps[part] if last is None else [last, *self.warps[part]]
        for warp in warps:
            at = warp.ready
            if at <= clock:
                at = self.unit_free(warp.work, part)
                if at <= clock:
                    self.last[part] = warp
                    self.issue(warp, part)
                    return True
            if at < soonest:
                soonest = at
        self.soonest = soonest
        return False

    def unit_free(self, work, part):
        """When the unit of an instruction takes it."""
        if work.kind is PIPE:
            free = self.free[part]
            return min(free[LITE], free[HEAVY]) if work.unit == LITE else free[work.unit]
        if work.kind is LSU:
            queue = self.queues[part]
            while queue and queue[0] <= self.clock:
                queue.popleft()
            return queue[0] if len(queue) >= self.card.lsu_queue else 0
        return 0

    def issue(self, warp, part):
        work, clock = warp.work, self.clock
        self.issued += 1
        done = read = clock + self.card.operand_read_latency
        if work.kind is PIPE:
            unit, free = work.unit, self.free[part]
            if unit == LITE and free[LITE] > free[HEAVY]:
                unit = HEAVY
            late = clock - free[unit]  # less than a clock where the unit was waited for: its intervals may be fractions
            free[unit] = (free[unit] if late < 1 else clock) + work.interval
            self.busy[unit] += work.interval
            done = clock + work.latency
        elif work.kind is LSU:
            done, read = self.access(warp, work, part)
        elif work.kind is PRODUCT:
            self.multiply(warp, work, part)
        elif work.kind is COMMIT:
            warp.groups.append(max(warp.open_group, warp.groups[-1] if warp.groups else 0))
            warp.open_group = 0
        else:
            done = clock + work.latency
        if work.written < 6:
            warp.barriers[work.written] = max(warp.barriers[work.written], done)
        if work.unread < 6:
            warp.barriers[work.unread] = max(warp.barriers[work.unread], read)
        warp.advance(clock)
        if work.kind is BARRIER:
            self.meet(warp)
        if warp.work is None:
            self.end_warp(warp, part)

    def multiply(self, warp, work, part):
        """A product behind the warp's back: it has the tensor core for its interval, and of shared memory its wavefronts."""
        free, clock = self.free[part], self.clock
        self.lsu_free = max(self.lsu_free, clock) + work.shared / self.card.lsu_wavefronts
        self.busy["lsu"] += work.shared / self.card.lsu_wavefronts
        late = clock - free[work.unit]
        free[work.unit] = max((free[work.unit] if late < 1 else clock) + work.interval, self.lsu_free)
        self.busy[work.unit] += work.interval
        if work.count:
            warp.products.append(free[work.unit])

    def access(self, warp, work, part):
        """(when the result is there, when the operands have been read)."""
        end = max(self.lsu_free, self.clock + self.card.lsu_queue_latency) + work.interval / self.card.lsu_wavefronts
        self.lsu_free = end
        self.busy["lsu"] += work.interval / self.card.lsu_wavefronts
        self.queues[part].append(end)
        moved = end
        if work.l2:
            self.l2_free = max(self.l2_free, end) + work.l2 / self.rates[0]
            self.busy["l2"] += work.l2 / self.rates[0]
            moved = self.l2_free
        if work.dram:
            self.dram_free = max(self.dram_free, end) + work.dram / self.rates[1]
            self.busy["dram"] += work.dram / self.rates[1]
            moved = max(moved, self.dram_free)
        there = moved + max(0, work.latency - self.card.lsu_queue_latency - 1)  # latencies begin at the issue
        if work.copy:
            warp.open_group = max(warp.open_group, there)
            return end, end + self.card.operand_read_latency
        return there, end

    def meet(self, warp):
        """A barrier: the warp waits until all of its block that still run have come."""
        self.met[warp.block] += 1
        warp.held, warp.ready = warp.ready, NEVER
        self.release(warp.block)

    def release(self, block):
        if self.met[block] < self.running[block]:
            return
        self.met[block] = 0
        for part, warps in enumerate(self.warps):
            for one in warps:
                if one.block == block and one.held is not None:
                    one.ready, one.held = max(one.held, self.clock + self.card.barrier_latency), None
                    self.wake[part] = min(self.wake[part], one.ready)

    def end_warp(self, warp, part):
        self.warps[part].remove(warp)
        self.last[part] = None
        self.running[warp.block] -= 1
        if self.running[warp.block]:
            if self.met[warp.block]:
                self.release(warp.block)
            return
        del self.running[warp.block]
        self.start_block()
