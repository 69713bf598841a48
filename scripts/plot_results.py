#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the journals of qbench: error of the weights against bits and against block size."""

import argparse
import collections
import math
import os
import sys

from journal import UserError, make_figures, read_journals, warn

DB_PER_BIT = 20 * math.log10(2)  # rate-distortion bound of a Gaussian source
BASELINE_BITS = 16  # wider formats are named in a note, so that they do not squeeze the others
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
MARKERS = "osD^vPX*"


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
    """The look of each mode: every second one hollow, dashed and on top, to show both of two
    lines that coincide."""
    narrow = [p for p in points if p.bits < BASELINE_BITS] or points
    return {mode: {"color": COLORS[i % len(COLORS)],
                   "marker": MARKERS[(i + i // len(COLORS)) % len(MARKERS)],
                   "linestyle": ("-", "--")[i % 2], "zorder": 2 + i % 2,
                   "markerfacecolor": (COLORS[i % len(COLORS)], "none")[i % 2]}
            for i, mode in enumerate(by_mode(narrow))}


def distance(box, point):
    dx = max(box.x0 - point[0], 0, point[0] - box.x1)
    dy = max(box.y0 - point[1], 0, point[1] - box.y1)
    return math.hypot(dx, dy)


class Labels:
    """Puts labels beside points where they cover nothing and no other point is nearer, if there."""

    # Offsets in font sizes, the preferred first.
    PLACES = ((0, 1), (0, -1), (1.2, 0), (-1.2, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))

    def __init__(self, axes, points, font_size=8):
        from matplotlib.transforms import Bbox  # pylint: disable=import-outside-toplevel
        self.axes, self.font_size = axes, font_size
        self.renderer = axes.figure.canvas.get_renderer()
        radius = 4 * axes.figure.dpi / 72
        self.centers = [tuple(center) for center in axes.transData.transform(points)]
        self.taken = [Bbox.from_extents(x - radius, y - radius, x + radius, y + radius)
                      for x, y in self.centers]

    def fits(self, box, center):
        inside = self.axes.get_window_extent(self.renderer)
        nearest = min(self.centers, key=lambda c: distance(box, c))
        return (nearest == center and inside.x0 < box.x0 and box.x1 < inside.x1
                and inside.y0 < box.y0 and box.y1 < inside.y1
                and box.count_overlaps(self.taken) == 0)

    def add(self, point, text, color):
        center = tuple(self.axes.transData.transform(point))
        for dx, dy in self.PLACES:
            align = "left" if dx > 0 else "right" if dx < 0 else "center"
            label = self.axes.annotate(
                text, point, (0.8 * dx * self.font_size, dy * self.font_size),
                textcoords="offset points", ha=align, va="center", fontsize=self.font_size,
                color=color)
            box = label.get_window_extent(self.renderer)
            if self.fits(box, center):
                self.taken.append(box)
                return
            label.remove()


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
    """Draws a line per mode through its block sizes; returns the legend's handles."""
    return [axes.plot([x_of(p) for p in group], [p.sqnr_db for p in group], label=mode,
                      linewidth=1.2, markersize=5, **look[mode])[0]
            for mode, group in by_mode(points).items()]


def note_of(points):
    """Names the modes that are too wide or too exact for the axes, in one line."""
    texts = []
    for p in sorted(points, key=lambda p: p.bits):
        error = "exact" if p.sqnr_db is None else f"{p.sqnr_db:.1f} dB"
        texts.append(f"{p.mode} ({p.bits:g} bits, {error})")
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
    panels, look = panels[0], styles(data.points)
    handles = {}
    for axes, (low, high) in zip(panels, runs):
        here = [p for p in drawn if low <= p.bits <= high]
        draw_bits_panel(axes, here, look, padded(low, high, 0.08, 0.15))
        handles.update((h.get_label(), h) for h in axes.get_lines())
    panels[0].set_ylabel("SQNR of the weights (dB)")
    figure.supxlabel("bits per parameter, scales included", fontsize=10, y=0.02)
    figure.text(0.5, -0.03, note_of([p for p in data.points if p not in drawn]), ha="center",
                fontsize=8, color="#666666")
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
        alone = sum(p.mode == other.mode for other in points) == 1
        text = f"{p.mode if alone else ''} {p.block_size or ''}".strip()
        labels.add((x_of(p), p.sqnr_db), text, look[p.mode]["color"])


def draw_block_sizes(plt, data):
    """SQNR over block size; a panel for each group of modes of like error."""
    drawn = [p for p in data.points if p.sqnr_db is not None and p.block_size]
    if len({p.block_size for p in drawn}) < 2:
        return None
    runs = clusters([p.sqnr_db for p in drawn], gap=8)[::-1]
    figure, panels = plt.subplots(len(runs), 1, figsize=(8.4, 4.2 + 1.2 * len(runs)), sharex=True,
                                  squeeze=False)
    panels, look = panels[:, 0], styles(data.points)
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
    """Writes PNG and SVG atomically; prints their names."""
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
        raise UserError("matplotlib is not installed: run scripts/deps plot "
                        "(or pip install matplotlib)") from error
    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "qbench",
                                "font.size": 9, "axes.edgecolor": "#888888"})
    import matplotlib.pyplot  # pylint: disable=import-outside-toplevel
    return matplotlib.pyplot


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journals", metavar="JOURNAL", nargs="+", help="of qbench --journal")
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
