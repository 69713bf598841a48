#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the journals of qbench: error of the weights against bits and against block size."""

import argparse
import collections
import itertools
import json
import math
import os
import re
import sys

DB_PER_BIT = 20 * math.log10(2)  # rate-distortion bound of a Gaussian source
BASELINE_BITS = 16  # wider formats are named in a note, so that they do not squeeze the others
NO_MATPLOTLIB = ("plot_results: matplotlib is not installed: run scripts/deps plot "
                 "(or pip install matplotlib)")
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
MARKERS = "osD^vPX*"

# One mode at one block size: its size, and its error in dB (None: exact).
Point = collections.namedtuple("Point", "mode block_size bits sqnr_db")
# The points of one shape and input, or of all tensors of a checkpoint.
Figure = collections.namedtuple("Figure", "title file_stem points")


class UserError(Exception):
    """Ends the script with one line."""


def warn(text):
    print(f"plot_results: {text}", file=sys.stderr)


def parse_line(line):
    """The record of a line, or None where it is none of a journal's."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    known = isinstance(record, dict) and record.get("type") in ("environment", "result")
    return record if known else None


def read_journals(paths):
    """The passed results that tell an error and a size; of the same case the last one."""
    results = {}
    for path in paths:
        try:
            with open(path, encoding="utf-8", errors="replace") as journal:
                lines = journal.read().splitlines()
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


def decibels(nmse):
    return -10 * math.log10(nmse) if nmse > 0 else None


def total(records):
    """Mean NMSE and bits of some tensors, weighted by parameters."""
    weights = [r["n"] * r["k"] for r in records]
    nmse = sum(w * r["weight_nmse"] for w, r in zip(weights, records)) / sum(weights)
    bits = sum(w * r["bits_per_param"] for w, r in zip(weights, records)) / sum(weights)
    return nmse, bits


def make_figure(suites, subject, file_stem, records, tensor_count):
    """Kernels, devices and dtypes share the error of the weights: one point a mode, block size and tensor."""
    groups = collections.defaultdict(dict)
    for r in records:
        groups[r["mode"], r.get("block_size")].setdefault(r.get("tensor"), r)
    points = []
    for (mode, block_size), tensors in groups.items():
        nmse, bits = total(list(tensors.values()))
        partial = f" ({len(tensors)} of {tensor_count} tensors)" if len(tensors) < tensor_count else ""
        points.append(Point(mode + partial, block_size, bits, decibels(nmse)))
    points.sort(key=lambda p: (p.block_size or 0))
    title = ", ".join(dict.fromkeys(suites)) + ": " + subject
    return Figure(title, re.sub(r"[^A-Za-z0-9.-]+", "_", file_stem), points)


def make_figures(results):
    """One figure a shape and input; one for all tensors of real weights."""
    groups = collections.defaultdict(list)
    for r in results:
        real = bool(r.get("tensor"))
        groups["tensors" if real else (r["n"], r["k"], r.get("input", ""))].append(r)
    figures = []
    for key, records in groups.items():
        suites = [r.get("suite", "") for r in records]
        if key == "tensors":
            sizes = {r["tensor"]: r["n"] * r["k"] for r in records}
            name = next(iter(sizes)) if len(sizes) == 1 else f"total of {len(sizes)} tensors"
            subject = f"{name}, {sum(sizes.values()):,} parameters"
            figures.append(make_figure(suites, subject, "real_weights", records, len(sizes)))
        else:
            n, k, distribution = key
            subject = f"weights {n} x {k}, {distribution}"
            figures.append(
                make_figure(suites, subject, f"{n}x{k}_{distribution}", records, tensor_count=1))
    return figures


def clusters(values, gap):
    """(lowest, highest) of each run of values with no more than `gap` between neighbours."""
    runs = []
    for value in sorted(values):
        if runs and value - runs[-1][1] <= gap:
            runs[-1][1] = value
        else:
            runs.append([value, value])
    return runs


def by_mode(points):
    """Mode: its points, in the order of their block sizes; modes in the order of their names."""
    modes = collections.defaultdict(list)
    for point in points:
        modes[point.mode].append(point)
    return dict(sorted(modes.items()))


def styles(points):
    """A color and a marker for each mode."""
    return {mode: {"color": COLORS[i % len(COLORS)],
                   "marker": MARKERS[(i + i // len(COLORS)) % len(MARKERS)]}
            for i, mode in enumerate(by_mode(points))}


def overlap(a, b):
    return a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1


class Labels:
    """Puts labels beside points, where they cover no other label and no point; else leaves them out."""

    # Around the point, in units of the font size, the preferred first.
    PLACES = [(x, y) for r in (1.0, 1.6)
              for x, y in ((0, r), (0, -r), (r, 0), (-r, 0), (r, r), (-r, r), (r, -r), (-r, -r))]

    def __init__(self, axes, points, font_size=8):
        self.axes, self.font_size = axes, font_size
        self.renderer = axes.figure.canvas.get_renderer()
        radius = 4 * axes.figure.dpi / 72
        centers = axes.transData.transform(points)
        self.taken = [Box(x - radius, y - radius, x + radius, y + radius) for x, y in centers]

    def add(self, x, y, text, color):
        inside = self.axes.get_window_extent(self.renderer)
        for dx, dy in self.PLACES:
            label = self.axes.annotate(
                text, (x, y), (dx * self.font_size, dy * self.font_size),
                textcoords="offset points", ha="center", va="center", fontsize=self.font_size,
                color=color)
            box = label.get_window_extent(self.renderer)
            fits = inside.x0 < box.x0 and box.x1 < inside.x1 and inside.y0 < box.y0 and box.y1 < inside.y1
            if fits and not any(overlap(box, other) for other in self.taken):
                self.taken.append(box)
                return
            label.remove()


Box = collections.namedtuple("Box", "x0 y0 x1 y1")


def padded(low, high, share, least):
    pad = max(share * (high - low), least)
    return low - pad, high + pad


def finish(figure, panels, title, handles):
    for axes in panels:
        axes.grid(color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    figure.suptitle(title, fontsize=11)
    panels[-1].legend(handles=handles, loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False)


def draw_modes(axes, points, look, x_of):
    """A line a mode through its block sizes; returns the legend's handles."""
    return [axes.plot([x_of(p) for p in group], [p.sqnr_db for p in group], label=mode,
                      linewidth=1.2, markersize=5, **look[mode])[0]
            for mode, group in by_mode(points).items()]


def note_of(points):
    """What is too wide or too exact for the axes, in one line."""
    texts = []
    for p in sorted(points, key=lambda p: p.bits):
        error = "exact" if p.sqnr_db is None else f"{p.sqnr_db:.1f} dB"
        texts.append(f"{p.mode} {p.bits:g} bits {error}")
    return "not drawn: " + ", ".join(texts) if texts else ""


def draw_bits(plt, data):
    """SQNR over bits per parameter; bits that nothing uses are cut out of the axis."""
    drawn = [p for p in data.points if p.sqnr_db is not None and p.bits < BASELINE_BITS]
    drawn = drawn or [p for p in data.points if p.sqnr_db is not None]
    if not drawn:
        return None
    runs = clusters([p.bits for p in drawn], gap=1.5)
    shares = [1 + math.sqrt(sum(low <= p.bits <= high for p in drawn)) for low, high in runs]
    figure, panels = plt.subplots(1, len(runs), figsize=(8.4 + len(runs), 5.2), squeeze=False,
                                  gridspec_kw={"width_ratios": shares, "wspace": 0.22})
    panels, look = panels[0], styles(drawn)
    handles = {}
    for axes, (low, high) in zip(panels, runs):
        here = [p for p in drawn if low <= p.bits <= high]
        draw_bits_panel(axes, here, look, padded(low, high, 0.08, 0.15))
        handles.update((h.get_label(), h) for h in axes.get_lines())
    panels[0].set_ylabel("SQNR of the weights (dB)")
    figure.supxlabel("bits per parameter, scales included\n" + note_of(
        [p for p in data.points if p not in drawn]), fontsize=10, y=-0.04)
    finish(figure, panels, f"Error against bits\n{data.title}", list(handles.values()))
    figure.canvas.draw()
    for axes, (low, high) in zip(panels, runs):
        label_blocks(axes, [p for p in drawn if low <= p.bits <= high], look, lambda p: p.bits)
    return figure


def draw_bits_panel(axes, points, look, limits):
    bound = [DB_PER_BIT * bits for bits in limits]
    axes.plot(limits, bound, color="#444444", linestyle="--", linewidth=1.2,
              label=f"Gaussian bound,\n{DB_PER_BIT:.4f} dB per bit")
    draw_modes(axes, points, look, lambda p: p.bits)
    axes.set_xlim(limits)
    sqnr = [p.sqnr_db for p in points] + bound
    axes.set_ylim(padded(min(sqnr), max(sqnr), 0.06, 0.5))


def label_blocks(axes, points, look, x_of):
    labels = Labels(axes, [(x_of(p), p.sqnr_db) for p in points])
    for p in points:
        text = str(p.block_size) if p.block_size else p.mode
        labels.add(x_of(p), p.sqnr_db, text, look[p.mode]["color"])


def draw_block_sizes(plt, data):
    """SQNR over block size; a panel for each group of modes of like error."""
    drawn = [p for p in data.points if p.sqnr_db is not None and p.block_size]
    if len({p.block_size for p in drawn}) < 2:
        return None
    runs = clusters([p.sqnr_db for p in drawn], gap=8)[::-1]
    figure, panels = plt.subplots(len(runs), 1, figsize=(8.4, 4.2 + 1.2 * len(runs)), sharex=True,
                                  squeeze=False)
    panels, look = panels[:, 0], styles(drawn)
    handles = {}
    for axes, (low, high) in zip(panels, runs):
        here = [p for p in drawn if low <= p.sqnr_db <= high]
        handles.update((h.get_label(), h) for h in draw_modes(axes, here, look,
                                                              lambda p: p.block_size))
        axes.set_ylim(padded(low, high, 0.08, 0.3))
        axes.set_ylabel("SQNR of the weights (dB)")
    sizes = sorted({p.block_size for p in drawn})
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.minorticks_off()
    axes.set_xlabel("block size (weights that share a scale)")
    finish(figure, panels, f"Error against block size\n{data.title}", list(handles.values()))
    return figure


def save(figure, folder, name):
    """PNG and SVG, whole or not at all; prints their names."""
    for kind in ("png", "svg"):
        path = os.path.join(folder, f"{name}.{kind}")
        beside = f"{path}.{os.getpid()}.tmp"
        try:
            figure.savefig(beside, format=kind, dpi=160, bbox_inches="tight",
                           metadata={"Date": None} if kind == "svg" else None)
            os.replace(beside, path)
        except OSError as error:
            raise UserError(f"cannot write {path}: {error.strerror}") from error
        finally:
            if os.path.exists(beside):
                os.remove(beside)
        print(path)


def draw_all(plt, figures, folder):
    for data in figures:
        for name, draw in (("error_vs_bits", draw_bits), ("error_vs_block_size", draw_block_sizes)):
            figure = draw(plt, data)
            if figure is None:
                warn(f"{name}: nothing to draw for {data.title}")
                continue
            save(figure, folder, f"{name}_{data.file_stem}")
            plt.close(figure)


def load_matplotlib():
    try:
        import matplotlib  # pylint: disable=import-outside-toplevel
    except ImportError as error:
        raise UserError(NO_MATPLOTLIB.removeprefix("plot_results: ")) from error
    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "qbench",
                                "font.size": 9, "axes.edgecolor": "#888888"})
    import matplotlib.pyplot  # pylint: disable=import-outside-toplevel
    return matplotlib.pyplot


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journals", metavar="JOURNAL", nargs="+", help="written by qbench --journal")
    parser.add_argument("--out", metavar="FOLDER", default=".", help="of the pictures (default: .)")
    options = parser.parse_args()
    try:
        figures = make_figures(read_journals(options.journals))
        if not any(p.sqnr_db is not None for f in figures for p in f.points):
            raise UserError("no passed result with an error of the weights in "
                            + ", ".join(options.journals))
        plt = load_matplotlib()
        try:
            os.makedirs(options.out, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot create {options.out}: {error.strerror}") from error
        draw_all(plt, figures, options.out)
    except UserError as error:
        warn(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
