# SPDX-License-Identifier: Apache-2.0
"""Records of scripts/kernels/kernel_gates, as text and as findings: a line of JSON each (reports/findings/finding.h)."""

import collections
import json

# A judgement is one of reports/findings/finding.h: BREACH, RECORDED, FAST, SAME or SKIPPED. `kernel` may be
# empty, or name something else that was not judged; before and after may be None.
Record = collections.namedtuple(
    "Record", "judgement architecture kernel field before after reason",
    defaults=("", "", "", None, None, ""))

# Fields of "cycles" in gates.json; the others of an architecture are in "toolkits".
CYCLE_FIELDS = ("cycles_per_weight", "binds", "blocks", "prologue", "drain")

WORDS = {"BREACH": "breach", "RECORDED": "recorded", "FAST": "better", "SKIPPED": "skipped"}


def subject(record):
    return f"{record.architecture} {record.kernel}".strip()


def as_text(record):
    """"breach: sm_90 gemv/nf4/bf16 registers: 48 -> 49: reason", without empty parts."""
    text = f"{WORDS[record.judgement]}: {subject(record)} {record.field}".rstrip()
    if (record.before, record.after) != (None, None):
        before, after = ("none" if v is None else v for v in (record.before, record.after))
        text += f": {before} -> {after}"
    return text + (f": {record.reason}" if record.reason else "")


def line_of(text, keys):
    """The line of the last of nested keys in JSON that has a line for each; 0 if a key is missing."""
    lines, number = text.splitlines(), 0
    for key in keys:
        start = json.dumps(key) + ":"
        number = next((i for i, line in enumerate(lines[number:], number + 1)
                       if line.lstrip().startswith(start)), None)
        if number is None:
            return 0
    return number


def place(record, version, gates, text):
    """The line in gates.json, whose parsed form is `gates`, or that of what is around it; 0: none."""
    part = "cycles" if record.field in CYCLE_FIELDS else "toolkits"
    wanted = ([part, version, record.architecture, record.kernel] if record.architecture else
              ["kernels", record.kernel])
    keys = []
    for key in wanted:
        if key not in gates:
            break
        gates = gates[key]
        keys.append(key)
    return line_of(text, keys)


def as_finding(record, line):
    """A line of JSON; `line` is of kernels/gates/gates.json."""
    fields = {"subject": subject(record), "field": record.field, "before": record.before,
              "after": record.after, "reason": record.reason}
    found = {"type": "finding", "judgement": record.judgement, "gate": "static"}
    found.update({k: str(v) for k, v in fields.items() if v not in (None, "")})
    found.update(command="scripts/kernels/kernel_gates", file="kernels/gates/gates.json")
    return json.dumps({**found, "line": line} if line else found)
