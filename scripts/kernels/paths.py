# SPDX-License-Identifier: Apache-2.0
"""The instructions that a warp of a kernel executes from its entry to EXIT, as the code tells without running it.

The hottest loop is turned as often as is said. Of the other loops that have an opcode of `fills` the one with
the most of it is turned until the warp has executed that so many times, and those for what is left are not
entered; every other loop is turned once. A branch is not taken, but: one without a
condition; one that alone leads to the hottest loop; behind that loop one over more of its marker, which is
for what is left of rows, as k is a multiple of a turn here. Calls are not entered.
"""

import collections

import cubin

# segments: (instructions, times), that of index `hot` the hottest loop; prologue, drain: the instructions that a
# warp executes before and behind it.
Path = collections.namedtuple("Path", "segments hot prologue drain")


def last_exit(code):
    """The index behind the last EXIT: subroutines of the compiler lie behind it."""
    return max((i for i, one in enumerate(code) if one.opcode.startswith("EXIT")), default=len(code) - 1) + 1


def loops_of(code):
    """{last: first} of the innermost loops before the last EXIT."""
    ends = {}
    for last, one in enumerate(code):
        if one.target is not None and one.target < last:
            ends[one.target] = max(last, ends.get(one.target, 0))
    return {last: first for first, last in ends.items() if last < last_exit(code)}


def never(one):
    return one.opcode.startswith(("BRA.DIV", "CALL", "BRX", "RET"))


def is_conditional(one):
    """A branch under a predicate, or under a uniform one among its operands."""
    return bool(one.predicate) or one.operands.lstrip("!").startswith("UP")


def skips(code, first, last, at):
    """Whether a branch without a condition in code[first:last] leads behind `at`, or the kernel ends there."""
    return any(not is_conditional(one) and (one.opcode.startswith("EXIT") or one.opcode.startswith("BRA") and
               not never(one) and one.target is not None and one.target > at) for one in code[first:last])


def taken(code, i, hot, marker):
    """Whether the forward branch at i is taken."""
    one, (first, last) = code[i], hot
    if never(one) or one.target is None or one.target <= i:
        return False
    if not is_conditional(one):
        return True
    if i < first:
        return one.target <= first and skips(code, i + 1, one.target, first)
    return i > last and cubin.count(code[i + 1:one.target], marker) > 0


def filling(code, loops, hot, fills):
    """{first: (last, turns)} of the loops that have an opcode of `fills`."""
    found = {}
    for opcode, times in fills.items():
        counts = {(first, last): cubin.count(code[first:last + 1], opcode) for last, first in loops.items()
                  if (first, last) != hot}
        most = max(counts.values(), default=0)
        found.update({first: (last, -(-times // most) if count == most else 0)
                      for (first, last), count in counts.items() if count})
    return found


def walk(code, hot, turns, marker, fills):
    """Path. `hot`: (first, last) of the hottest loop, which is turned so often; `fills`: {opcode: times}."""
    starts, end = filling(code, loops_of(code), hot, fills), last_exit(code)
    segments, plain, i = [], [], 0
    index = None

    def flush():
        if plain:
            segments.append((list(plain), 1))
            plain.clear()

    while i < end:
        if i == hot[0]:
            flush()
            index = len(segments)
            segments.append((code[hot[0]:hot[1] + 1], turns))
            i = hot[1] + 1
        elif i in starts:
            flush()
            last, times = starts[i]
            segments.append((code[i:last + 1], times))
            i = last + 1
        else:
            plain.append(code[i])
            if code[i].opcode.startswith("EXIT") and not code[i].predicate:
                break
            i = code[i].target if taken(code, i, hot, marker) else i + 1
    flush()
    if index is None:
        raise ValueError("no path leads to the loop")
    counts = [len(part) * times for part, times in segments]
    return Path(segments, index, sum(counts[:index]), sum(counts[index + 1:]))
