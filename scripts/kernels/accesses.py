# SPDX-License-Identifier: Apache-2.0
"""Opcodes of the load and store unit: how wide an access is, and how many wavefronts a warp's takes."""

import re

SHARED = re.compile(r"LDS|STS|LDSM|STSM|ATOMS|REDS")
GLOBAL = re.compile(r"LDG|LD|LDL|STG|ST|STL|ATOM|ATOMG|RED|REDG")
PREFETCH = re.compile(r"CCTL(\.E)?\.PF")
STORES = re.compile(r"ST[GL]?|STS|STSM|RED[GS]?")


def head_of(opcode):
    return opcode.split(".")[0]


def is_served(opcode):
    """Whether the load and store unit serves it; LDC waits in its queue too."""
    head = head_of(opcode)
    return bool(PREFETCH.match(opcode) or SHARED.fullmatch(head) or GLOBAL.fullmatch(head) or head in ("SHFL", "LDGSTS", "LDC"))


def in_shared(opcode):
    """Whether its wavefronts are those of shared memory: copies to it too."""
    return bool(SHARED.fullmatch(head_of(opcode))) or head_of(opcode) == "LDGSTS"


def width(opcode):
    """Bytes that each lane moves."""
    parts = opcode.split(".")
    if parts[0] in ("LDSM", "STSM"):
        return 4 * int(parts[-1] if parts[-1].isdigit() else 1)
    bits = next((int(p) for p in parts[1:] if p in ("32", "64", "128", "256")), 32)
    return bits // 8


def longest(opcode, table):
    """The key of the table that is the opcode or the beginning of its parts; the longest, or None."""
    return max((k for k in table if opcode == k or opcode.startswith(k + ".")), key=len, default=None)


def wavefronts(opcode, known=None):
    """Wavefronts of a warp's access where every lane has bytes of its own and none conflict. `known`:
    {opcode or the beginning of its parts: wavefronts} where it is otherwise."""
    key = longest(opcode, known or {})
    if key:
        return known[key]
    return 1 if head_of(opcode) in ("SHFL", "LDC") else max(1, width(opcode) // 4)
