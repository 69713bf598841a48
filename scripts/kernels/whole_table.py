# SPDX-License-Identifier: Apache-2.0
"""The table of whole products that scripts/kernels/kernel_cycles --whole prints: modelled, not timed."""

import functools
from concurrent.futures import ProcessPoolExecutor

import cycle_gates
import occupancy
import sass
import whole
from definitions import definition, dynamic_shared, grid_of
from toolkit import UserError, compile_entries

SIZES = ((4096, 4096), (8192, 8192), (28672, 8192))
ROWS = (1, 2, 4, 8, 16, 32, 64)


def kernels_of(gates, mode):
    """{rows of x: short name}: the kernel for at most so many."""
    kernels = gates.get("products", {}).get(mode)
    if not kernels:
        raise UserError(f'{mode}: "products" of kernels/gates/gates.json has '
                        f'{", ".join(gates.get("products", {}))}')
    return {int(rows): name for rows, name in kernels.items()}


def kernel_for(kernels, m):
    return kernels[min(rows for rows in kernels if rows >= m)]


def cell(function, how, grid, launch, shape, card):
    """The share of copy bandwidth as text."""
    taken = whole.seconds(function, how, grid, shape, card, launch)
    return f"{whole.share_of_copy(taken, how, shape, card):.2f}" if taken else "no room"


def lines(title, card, share_at):
    """The text of a card's table; share_at(shape) is a cell."""
    rows = [f"\n{title} on {card.name} ({card.architecture}), modelled, not timed: share of copy bandwidth "
            f"({card.copy_bytes_per_second / 1e9:.0f} GB/s)",
            "n x k           " + "".join(f"{'m = ' + str(m):>9}" for m in ROWS)]
    for n, k in SIZES:
        cells = [share_at(whole.Shape(n, k, m)) for m in ROWS]
        rows.append(f"{f'{n} x {k}':16}" + "".join(f"{text:>9}" for text in cells))
    return "\n".join(rows)


def of_kernel(name, function, gates, launch, card):
    """The table of one kernel, of whose kind gates.json has to say how its blocks lie and what they move."""
    how, grid = definition(gates, name), grid_of(gates, name)
    if "bytes_per_weight" not in how or "moved" not in grid:
        raise UserError(f'{name}: --whole needs its line in "kernels" and its kind in "grids" of '
                        "kernels/gates/gates.json")
    most = max((int(rows) for kernels in gates.get("products", {}).values()
                for rows, one in kernels.items() if one == name), default=ROWS[-1])
    return lines(name, card, lambda shape: cell(function, how, grid, launch, shape, card) if shape.m <= most else "-")


def of_mode(nvcc, nvdisasm, ptx, gates, mode, card):
    """The table of the kernels that take a mode's products."""
    kernels = kernels_of(gates, mode)
    entries = {m: name for m, name in cycle_gates.entries_of(ptx, gates).items() if name in kernels.values()}
    code = compile_entries(nvcc, ptx, card.architecture, entries)
    _, functions = sass.read_cubin(code, nvdisasm)
    functions = {entries[mangled]: function for mangled, function in functions.items()}

    def share_at(shape):
        if shape.m > max(kernels):
            return "-"
        name = kernel_for(kernels, shape.m)
        launch = occupancy.launch_of(functions[name], dynamic_shared(gates, name))
        return cell(functions[name], gates["kernels"][name], grid_of(gates, name), launch, shape, card)
    return lines(mode, card, share_at)


def tables(nvcc, nvdisasm, ptx, gates, mode, cards):
    """The table of each card, as it is made, then what is assumed of all."""
    kernels = kernels_of(gates, mode)
    yield "kernels: " + ", ".join(f"{name} to m = {rows}" for rows, name in sorted(kernels.items()))
    with ProcessPoolExecutor(2) as pool:
        yield from pool.map(functools.partial(of_mode, nvcc, nvdisasm, ptx, gates, mode), cards)
    yield "\n" + whole.ASSUMED
