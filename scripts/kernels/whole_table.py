# SPDX-License-Identifier: Apache-2.0
"""The table of whole products that scripts/kernels/kernel_cycles --whole prints: modelled, not timed."""

import functools

import cubin
import cycle_gates
import floors
import occupancy
import sass
import shares
import whole
from definitions import definition, dynamic_shared, grid_of
from toolkit import UserError, compile_entries, compile_wgmma, supported

SIZES = ((4096, 4096), (8192, 8192), (28672, 8192))
ROWS = (1, 2, 4, 8, 16, 32, 64, 128)


def kernels_of(gates, mode):
    """{rows of x: short name}: the kernel for at most so many."""
    kernels = gates.get("products", {}).get(mode)
    if not kernels:
        raise UserError(f'{mode}: "products" of kernels/gates/gates.json has '
                        f'{", ".join(gates.get("products", {}))}')
    return {int(rows): name for rows, name in kernels.items()}


def kernel_for(kernels, m):
    """That of the most rows takes more of them too."""
    return kernels[min((rows for rows in kernels if rows >= m), default=max(kernels))]


def name_at(gates, kernels, shape, card):
    """The kernel that takes a product: of those whose blocks share it out, the one that shares.py says."""
    name = kernel_for(kernels, shape.m)
    among = [rows for rows, one in kernels.items()
             if "tile" in grid_of(gates, one) and dynamic_shared(gates, one) <= card.shared_bytes_block]
    share = shares.share_at(grid_of(gates, name), shape, card.multiprocessors, among)
    return kernels[share.x_rows] if share else name


def figures(taken, how, shape, card):
    """The figures of a product, by the tables below; none where no block fits."""
    if taken is None:
        return ["no room"] * 3
    return [f"{figure:.2f}" for figure in (
        whole.share_of_copy(taken, how, shape, card), floors.bf16(shape, card) / taken,
        floors.dequantized(shape, card, how["bytes_per_weight"]) / taken)]


def lines(title, card, how, seconds_at, rows=ROWS):
    """The text of a card's tables; seconds_at(shape) is what the product takes."""
    every = {(n, k, m): figures(seconds_at(whole.Shape(n, k, m)), how, whole.Shape(n, k, m), card)
             for n, k in SIZES for m in rows}
    text = [f"\n{title} on {card.name} ({card.architecture}), modelled, not timed"]
    for i, head in enumerate((f"share of copy bandwidth ({card.copy_bytes_per_second / 1e9:.0f} GB/s)",
                              "times as fast as the floor of bf16", "times as fast as the floor of dequantize+cublaslt")):
        text += [head, "n x k           " + "".join(f"{'m = ' + str(m):>9}" for m in rows)]
        text += [f"{f'{n} x {k}':16}" + "".join(f"{every[n, k, m][i]:>9}" for m in rows) for n, k in SIZES]
    return "\n".join(text)


def of_kernel(name, function, gates, launch, card):
    """The table of one kernel, of whose kind gates.json has to say how its blocks lie and what they move."""
    how, grid = definition(gates, name), grid_of(gates, name)
    if "bytes_per_weight" not in how or "moved" not in grid:
        raise UserError(f'{name}: --whole needs its line in "kernels" and its kind in "grids" of '
                        "kernels/gates/gates.json")
    if "x_rows" in grid:  # takes any m
        return lines(name, card, how, lambda shape: whole.seconds(function, how, grid, shape, card, launch))
    most = max((int(rows) for kernels in gates.get("products", {}).values()
                for rows, one in kernels.items() if one == name), default=ROWS[-1])
    return lines(name, card, how, lambda shape: whole.seconds(function, how, grid, shape, card, launch),
                 [m for m in ROWS if m <= most])


def of_mode(nvcc, nvdisasm, parts, gates, mode, card):
    """The table of the kernels that take a mode's products, all of which are in one of the parts."""
    kernels = kernels_of(gates, mode)
    ptx, entries = max(((part, {m: name for m, name in cycle_gates.entries_of(part, gates).items()
                                if name in kernels.values()}) for part in parts), key=lambda one: len(one[1]))
    code, _ = compile_entries(nvcc, ptx, card.architecture, entries)
    _, functions = sass.read_cubin(code, nvdisasm)
    functions = {entries[mangled]: function for mangled, function in functions.items()}

    def seconds_at(shape):
        name = name_at(gates, kernels, shape, card)
        launch = occupancy.launch_of(functions[name], dynamic_shared(gates, name))
        return whole.seconds(functions[name], gates["kernels"][name], grid_of(gates, name), shape, card, launch)
    takes_any = not grid_of(gates, kernels[max(kernels)]).get("persistent")
    rows = [m for m in ROWS if takes_any or m <= max(kernels)]
    return lines(mode, card, gates["kernels"][kernel_for(kernels, 1)], seconds_at, rows)


def by_wgmma(nvcc, nvdisasm, folder, gates, mode, cards):
    """The tables of a mode's products by wgmma, on the cards that have them."""
    cards = [card for card in cards if card.architecture.rstrip("a") == cycle_gates.WGMMA.rstrip("a")]
    if not cards or not supported(nvcc, [cycle_gates.WGMMA]):
        return
    ptx = compile_wgmma(nvcc, folder)
    entries = {m: name for m, name in cubin.names_in(ptx).items() if name.split("/")[1] == mode}
    if not entries:
        return
    code, _ = compile_entries(nvcc, ptx, cycle_gates.WGMMA, entries)
    _, functions = sass.read_cubin(code, nvdisasm)
    for mangled, name in entries.items():
        launch = occupancy.launch_of(functions[mangled], dynamic_shared(gates, name))
        for card in cards:
            yield of_kernel(name, functions[mangled], gates, launch, card)


def tables(pool, nvcc, nvdisasm, parts, gates, mode, cards):
    """The table of each card, as it is made, then what is assumed of all."""
    kernels = kernels_of(gates, mode)
    yield "kernels: " + ", ".join(f"{name} to m = {rows}" for rows, name in sorted(kernels.items()))
    yield from pool.map(functools.partial(of_mode, nvcc, nvdisasm, parts, gates, mode), cards)
    yield "\n" + whole.ASSUMED
