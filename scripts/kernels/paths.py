# SPDX-License-Identifier: Apache-2.0
"""The instructions that a warp of a kernel executes from its entry to EXIT, as the code tells without running it.

The hottest loop is turned as often as is said, each time that the loop around it is turned, and again each time that the
loop around that one is. Of the other loops that have an opcode of `fills` the one with
the most of it is turned until the warp has executed that so many times, and those for what is left are not
entered; each that has an opcode of `times` is turned so often; every other loop is turned once. A branch is not taken, but: one without a
condition; one that alone leads to the hottest loop; behind that loop one over more of its marker, which is
for what is left of rows, as k is a multiple of a turn here. Calls are not entered.
"""

import collections

import cubin

# segments: (instructions, times), those of the indices `hot` the hottest loop; prologue, drain: the instructions that a
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


def fall_through(code, first, last):
    """The end of what code[first:last] executes without a branch that is always taken."""
    return next((i for i in range(first, last) if not is_conditional(code[i]) and not never(code[i]) and
                 code[i].opcode.startswith(("EXIT", "BRA"))), last)


def taken(code, i, hot, marker):
    """Whether the forward branch at i is taken."""
    one, (first, last) = code[i], hot
    if never(one) or one.target is None or one.target <= i:
        return False
    if not is_conditional(one):
        return True
    if i < first:
        return one.target <= first and skips(code, i + 1, one.target, first)
    return i > last and cubin.count(code[i + 1:fall_through(code, i + 1, one.target)], marker) > 0


def filling(code, loops, hot, fills):
    """{first: (last, turns)} of the loops that have an opcode of `fills`."""
    found = {}
    for opcode, in_all in fills.items():
        counts = {(first, last): cubin.count(code[first:last + 1], opcode) for last, first in loops.items()
                  if (first, last) != hot}
        most = max(counts.values(), default=0)
        found.update({first: (last, -(-in_all // most) if count == most else 0)
                      for (first, last), count in counts.items() if count})
    return found


def turned(code, loops, hot, times):
    """{first: (last, turns)} of the innermost loops that have an opcode of `times`."""
    inner = {first: last for last, first in loops.items()
             if not any(first <= other and end < last for end, other in loops.items())}
    return {first: (last, turns) for opcode, turns in times.items() for first, last in inner.items()
            if (first, last) != hot and cubin.count(code[first:last + 1], opcode)}


def around(code, hot, end):
    """Where the loops around the hottest begin, from the innermost on."""
    return sorted({one.target for one in code[hot[1] + 1:end] if one.target is not None and one.target < hot[0] and
                   not never(one)}, reverse=True)


def goes_around(places, starts):
    """Where each turn of the hottest loop's surroundings goes on at its end; None behind the last."""
    if not starts:
        return [None]
    return [starts[0] if another else starts[-1] for place in places
            for another in [True] * (len(place) - 1) + [False]][:-1] + [None]


def walk(code, hot, places, marker, fills, times=None):
    """Path. `hot`: (first, last) of the hottest loop; `places`: of each turn of the outermost loop around it, of each turn of
    the innermost, how often it is turned; `fills`: {opcode: how often in all}; `times`: {opcode: turns}."""
    inner, end = loops_of(code), last_exit(code)
    turns, again = [once for place in places for once in place], goes_around(places, around(code, hot, end))
    starts = {**filling(code, inner, hot, fills), **turned(code, inner, hot, times or {})}
    segments, plain, hots, i = [], [], [], 0

    def flush():
        if plain:
            segments.append((list(plain), 1))
            plain.clear()

    while i < end:
        one = code[i]
        if i == hot[0]:
            flush()
            segments.append((code[hot[0]:hot[1] + 1], turns[len(hots)]))
            hots.append(len(segments) - 1)
            i = hot[1] + 1
        elif i in starts:
            flush()
            last, times = starts[i]
            segments.append((code[i:last + 1], times))
            i = last + 1
        else:
            plain.append(one)
            if one.opcode.startswith("EXIT") and not one.predicate:
                break
            goes = hots and i > hot[1] and one.target is not None and one.target == again[len(hots) - 1]
            i = one.target if goes or taken(code, i, hot, marker) else i + 1
    flush()
    if not hots:
        raise ValueError("no path leads to the loop")
    counts = [len(part) * times for part, times in segments]
    return Path(segments, tuple(hots), sum(counts[:hots[0]]), sum(counts[hots[-1] + 1:]))
