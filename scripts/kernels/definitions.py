# SPDX-License-Identifier: Apache-2.0
"""What kernels/gates/gates.json says of a kernel: its weights, the bytes that are moved for one, and its loops."""

import json
import re

from toolkit import ROOT

GATES = ROOT / "kernels" / "gates" / "gates.json"


def read_gates():
    return json.loads(GATES.read_text(encoding="ascii"))


def key_of(mode):
    """The key of a mode in "modes"."""
    return re.sub(r"[^a-z0-9]", "", mode.lower())


def definition(gates, kernel):
    """What a weight of the kernel is, and how many bytes are moved for it; {} where nothing says."""
    if kernel in gates["kernels"]:
        return gates["kernels"][kernel]
    kind, mode = (kernel.split("/") + [""])[:2]
    how, of_mode = gates.get("plain", {}).get(kind), gates.get("modes", {}).get(key_of(mode))
    if not how or not of_mode:  # a search's loops have no weight of their own
        return {}
    moved = {"codes": of_mode["bits_per_param"] / 8, "bf16": 2}
    filled = {**how, "bytes_per_weight": sum(moved[part] for part in how["moves"])}
    if "weights" in how:
        filled["weights"] = of_mode["weights_a_thread"]
    return filled


def of_kind(table, kernel):
    """The entry of a kernel: of its kind and last parameter, gemv_mma_1, where there is one, else of its kind."""
    parts = kernel.split("/")
    return table.get(f"{parts[0]}_{parts[-1]}", table.get(parts[0]))


def dynamic_shared(gates, kernel):
    """The bytes of shared memory that a launch adds to a block of the kernel: those of its "launch", else of its kind."""
    shared = gates.get("dynamic_shared", {})
    launch = gates.get("kernels", {}).get(kernel, {}).get("launch")
    return (shared.get(launch) if launch else of_kind(shared, kernel)) or 0


def grid_of(gates, kernel):
    """How the blocks of a product lie and what they move, by the kind of the kernel; {} where nothing says:

    rows            of W that a block takes; or persistent: as many blocks as run at once share n x k
    x_rows          the rows of x that a block takes
    tile            blocks share out tiles of so many columns of k at all places (shares.py); without it a block takes all k
    x_tiles         x is copied so many tiles at a time, around the hottest loop
    adds            {opcode, parts, outputs}: the loop that adds the sums of parts of k is that of this opcode, of so many
                    parts a turn; outputs: those of a thread that a turn is of, where it is not of all
    fills           {opcode: how often a warp executes it outside of the hottest loop, as to fill a table}
    moved           {opcode: {level: l1, l2 or dram, which answers; outside: which does outside of the hottest loop, where
                     nothing has been prefetched yet; l2, dram: bytes of a warp's access;
                     l2_a_row: those for each row of x up to 8}}; dram "weights": an even part of those of a turn;
                     what is not named is a hit of L1
    """
    return of_kind(gates.get("grids", {}), kernel) or {}
