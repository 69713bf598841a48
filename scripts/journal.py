# SPDX-License-Identifier: Apache-2.0
"""Reads the journals of qbench: error and size of each mode at each shape, for the plots."""

import collections
import json
import math
import re
import sys

# One mode at one block size: its size, and its error in dB (None: exact).
Point = collections.namedtuple("Point", "mode block_size bits sqnr_db")
# The points of one shape and input, or of all tensors of a checkpoint.
Figure = collections.namedtuple("Figure", "title file_stem points")


class UserError(Exception):
    """Ends the script with one line."""


def warn(text):
    print(f"plot_results: {text}", file=sys.stderr)


def parse_line(line):
    """The record of a line, or None if it is not a line of a journal."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    known = isinstance(record, dict) and record.get("type") in ("environment", "result")
    return record if known else None


def read_journals(paths):
    """The passed results with an error and a size, the last one of each case."""
    results = {}
    for path in paths:
        try:
            with open(path, encoding="utf-8", errors="replace") as journal:
                lines = journal.read().rstrip("\n").split("\n")
        except OSError as error:
            raise UserError(f"cannot read {path}: {error.strerror}") from error
        for number, line in enumerate(lines, 1):
            record = parse_line(line)
            if record is None:
                warn(f"{path}:{number}: not a line of a journal, skipped")
            elif is_drawable(record):
                results[record.get("case", f"{path}:{number}")] = record
    return list(results.values())


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_drawable(record):
    wanted = ("weight_nmse", "bits_per_param", "n", "k")
    return (record.get("status") == "passed" and record.get("mode")
            and all(is_number(record.get(name)) for name in wanted) and record["weight_nmse"] >= 0)


def total(records):
    """Mean NMSE and bits of some tensors, weighted by parameters."""
    weights = [r["n"] * r["k"] for r in records]
    nmse = sum(w * r["weight_nmse"] for w, r in zip(weights, records)) / sum(weights)
    bits = sum(w * r["bits_per_param"] for w, r in zip(weights, records)) / sum(weights)
    return nmse, bits


def make_figure(subject, file_stem, records, tensor_count):
    """One point per mode and block size: kernels, devices and dtypes share the weights' error."""
    groups = collections.defaultdict(dict)
    for r in records:
        groups[r["mode"], r.get("block_size")].setdefault(r.get("tensor"), r)
    points = []
    for (mode, block_size), tensors in groups.items():
        nmse, bits = total(list(tensors.values()))
        if len(tensors) < tensor_count:
            mode += f" ({len(tensors)} of {tensor_count} tensors)"
        sqnr_db = -10 * math.log10(nmse) if nmse > 0 else None
        points.append(Point(mode, block_size, bits, sqnr_db))
    points.sort(key=lambda p: (p.block_size or 0))
    title = ", ".join(dict.fromkeys(r.get("suite", "") for r in records)) + ": " + subject
    return Figure(title, re.sub(r"[^A-Za-z0-9.-]+", "_", file_stem), points)


def make_figures(results):
    """One figure per shape and input, and one for all tensors of real weights."""
    groups = collections.defaultdict(list)
    for r in results:
        real = bool(r.get("tensor"))
        groups["tensors" if real else (r["n"], r["k"], r.get("input", ""))].append(r)
    figures = []
    for key, records in groups.items():
        if key == "tensors":
            sizes = {r["tensor"]: r["n"] * r["k"] for r in records}
            name = next(iter(sizes)) if len(sizes) == 1 else f"total of {len(sizes)} tensors"
            subject = f"{name}, {sum(sizes.values()):,} parameters"
            figures.append(make_figure(subject, "real_weights", records, len(sizes)))
        else:
            n, k, distribution = key
            subject = f"weights {n} x {k}, {distribution}"
            figures.append(make_figure(subject, f"{n}x{k}_{distribution}", records, 1))
    return figures
