# SPDX-License-Identifier: Apache-2.0
"""What an instruction asks of an SM: its unit, for how long, and when its result is there."""

import collections
import re

import cubin
from accesses import SHARED, STORES, is_served, longest, wavefronts

# Units of a sub-partition, by index; `heavy` and `lite` are the two pipes of FMA.
UNITS = ("alu", "heavy", "lite", "xu", "tensor", "uniform", "fp64")
ALU, HEAVY, LITE, XU, TENSOR, UNIFORM, FP64 = range(len(UNITS))

# Kinds of work that the SM treats in a way of their own.
PIPE, LSU, BARRIER, COMMIT, COPIES, ISSUE = "pipe", "lsu", "barrier", "commit", "copies", "issue"
PRODUCT, PRODUCTS = "product", "products"  # of a warpgroup; the wait for them

# unit: an index for PIPE, else None. interval: clocks of the unit, for LSU its wavefronts. latency: from
# the unit's end to the result. l2, dram: bytes that are moved. copy: its arrival is waited for by DEPBAR. shared:
# wavefronts of shared memory that a PRODUCT reads beside its tensor core.
Work = collections.namedtuple(
    "Work", "kind unit interval latency l2 dram copy count shared stall written unread wait")

# Tensor memory, bulk copies and their barriers, textures, fences: taken as their issue alone.
UNMODELLED = re.compile(r"MEMBAR|UTC\w*|UTMA\w*|UBLK\w*|SYNCS|LDT|STT|TEX|TLD4?|TXQ|SU(LD|ST|RED)")
SPECIAL = re.compile(r"S2R|S2UR|CS2R|CS2UR")
PIPES = {"alu": ALU, "imad": HEAVY, "fma": LITE, "xu": XU, "tensor": TENSOR, "uniform": UNIFORM, "fp64": FP64}


def product_interval(opcode, card):
    """Clocks of a tensor core for a product; the shape is the digits of the opcode, as in HMMA.16816."""
    shape = re.search(r"\.(\d{3,5})", opcode)
    if opcode.startswith("IMMA"):
        return card.imma_16832_interval * {"16816": 0.5, "8816": 0.25}.get(shape and shape[1], 1)
    return card.hmma_16816_interval * {"1688": 0.5, "884": 0.125}.get(shape and shape[1], 1)


def warpgroup_product(one, card):
    """(clocks of a tensor core, wavefronts of shared memory) of a warp's part of a product of 64 rows of A and n columns of
    B, 32 bytes of k, at the dense rate: B is read for the four warps, and A where the descriptors of both are behind D."""
    columns = int(re.search(r"\.64x(\d+)x", one.opcode)[1])
    a_in_shared = one.operands.split(",")[1].strip().startswith("gdesc")
    rows = columns / 4 + 16 * a_in_shared
    return columns / 8 * card.dense_16816_interval, rows * 32 / 128


def interval(unit, opcode, card):
    if unit == TENSOR:
        return product_interval(opcode, card)
    return {ALU: card.alu_interval, HEAVY: card.fma_interval, LITE: card.fma_interval, XU: card.xu_interval,
            UNIFORM: card.uniform_interval, FP64: card.fp64_interval}[unit]


class Memory:
    """Where global accesses are answered. By default each is a hit of L1, at any rate."""

    def __init__(self, levels=None):
        self.levels = levels or {}  # opcode, as in accesses.wavefronts(): (level, bytes of L2, bytes of DRAM) of a warp

    def of(self, opcode, card):
        """(latency, bytes of L2, bytes of DRAM)."""
        key = longest(opcode, self.levels)
        if not key:
            return card.l1_latency, 0, 0
        level, l2, dram = self.levels[key]
        return getattr(card, level + "_latency"), l2, dram


def memory_work(one, head, card, memory, known):
    """(wavefronts, latency, bytes of L2, bytes of DRAM) of an instruction of the load and store unit."""
    waves = wavefronts(one.opcode, known)
    if SHARED.fullmatch(head):
        return waves, card.shared_latency, 0, 0
    if head == "SHFL":
        return waves, card.shuffle_latency, 0, 0
    if head == "LDC":
        return waves, card.constant_latency, 0, 0
    latency, l2, dram = memory.of(one.opcode, card)
    return waves, 0 if STORES.fullmatch(head) else latency, l2, dram


def unmodelled(body):
    """{opcode's head: how many} of what the model leaves out."""
    heads = (one.opcode.split(".")[0] for one in body)
    return collections.Counter(head for head in heads if UNMODELLED.fullmatch(head))


def work_of(one, card, memory, known=None):
    """The Work of an instruction."""
    head = one.opcode.split(".")[0]
    control = (one.stall or 1, one.write_barrier, one.read_barrier, one.wait)

    def work(kind, unit=None, clocks=0, latency=0, l2=0, dram=0, copy=False, count=0, shared=0):
        return Work(kind, unit, clocks, latency, l2, dram, copy, count, shared, *control)

    if one.predicate.startswith("@!PT") or UNMODELLED.fullmatch(head) or one.opcode.startswith(("WARPGROUP.ARRIVE", "FENCE")):
        return work(ISSUE)
    if is_served(one.opcode):
        return work(LSU, None, *memory_work(one, head, card, memory, known), copy=head == "LDGSTS")
    if head in ("BAR", "BARRIER"):
        return work(BARRIER)
    if head == "LDGDEPBAR":
        return work(COMMIT)
    if head.endswith("GMMA"):
        clocks, waves = warpgroup_product(one, card)
        return work(PRODUCT, TENSOR, clocks, count=int("gsb0" in one.operands), shared=waves)
    if head == "DEPBAR" or one.opcode.startswith("WARPGROUP.DEPBAR"):
        count = re.search(r",\s*(0x[0-9a-f]+|\d+)", one.operands)
        return work(COPIES if head == "DEPBAR" else PRODUCTS, count=int(count[1], 0) if count else 0)
    if SPECIAL.fullmatch(head) or head == "LDCU":
        return work(ISSUE, latency=card.constant_latency if head == "LDCU" else card.special_register_latency)
    unit = PIPES.get(cubin.pipe(one.opcode))
    if unit is None or head == "NOP":
        return work(ISSUE)
    if unit == LITE and card.fma_pipes == 1:
        unit = HEAVY
    return work(PIPE, unit, interval(unit, one.opcode, card), card.xu_latency)
