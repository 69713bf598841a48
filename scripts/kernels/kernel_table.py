# SPDX-License-Identifier: Apache-2.0
"""The table that scripts/kernels/kernel_gates prints: instructions and bytes per weight, and the
binding unit."""

from cards import card_of

H200 = "sm_90a"
SHARED_LIMITS = (99, 163, 227)  # KiB of a block: sm_86, 89 and 120; sm_80; sm_90 and 100


def lsu_wavefronts(numbers, how):
    """32nds of wavefronts of the load and store unit a weight: those of the code, with the conflicts of shared
    memory that the emulator counted."""
    conflicts = 32 * how.get("wavefronts", 0) - numbers["shared_wavefronts"]
    return numbers["lsu_wavefronts"] + max(0, conflicts)


def rates_of(card):
    """Warp instructions a clock and SM by pipe; of the load and store unit wavefronts. The FMA pipes take imad as
    well, in one of the two."""
    parts = card.sub_partitions
    return {"issue": parts, "alu": parts / card.alu_interval, "imad": parts / card.fma_interval,
            "fma": parts * card.fma_pipes / card.fma_interval, "lsu": card.lsu_wavefronts,
            "xu": parts / card.xu_interval, "tensor": parts / card.hmma_16816_interval, "fp64": parts / card.fp64_interval}


def binding(numbers, how, card):
    """(unit, share of the card's memory rate that it leaves): 1 where memory binds."""
    pipes = dict(numbers["pipes"])
    pipes["issue"] = sum(pipes.values())
    pipes["fma"] = pipes.get("fma", 0) + pipes.get("imad", 0)
    pipes["lsu"] = lsu_wavefronts(numbers, how)
    clocks = card.multiprocessors * card.clock_hz
    seconds = {unit: pipes.get(unit, 0) / 32 / rate / clocks for unit, rate in rates_of(card).items()}
    memory = how["bytes_per_weight"] / card.copy_bytes_per_second
    unit = max(seconds, key=seconds.get)
    return ("memory", 1.0) if seconds[unit] <= memory else (unit, memory / seconds[unit])


def fits(shared_bytes):
    """The smallest limit of shared memory that a block is within, in KiB."""
    return next((str(limit) for limit in SHARED_LIMITS if shared_bytes <= 1024 * limit), "none")


def counted_cells(numbers, how, pipes):
    cells = [f"{numbers['instructions_per_weight']:.1f}"]
    cells += [f"{numbers['pipes'].get(pipe, 0):.1f}" for pipe in pipes]
    cells += [f"{lsu_wavefronts(numbers, how):.2f}"]
    cells += [f"{32 * how['wavefronts']:.2f}" if "wavefronts" in how else "-"]
    cells += [f"{how['sectors_per_request']:.1f}" if "sectors_per_request" in how else "-"]
    cells += [f"{how['l2_bytes_per_weight']:.2f}" if "l2_bytes_per_weight" in how else "-"]
    return cells + [f"{how['bytes_per_weight']:.3f}"]


def table(architecture, measured, definition, dynamic_shared):
    pipes = ["imad", "fma", "alu", "xu", "tensor", "fp64", "branch", "uniform"]
    head = ["kernel", "regs", "shared", "fits", "instr", *pipes, "lsu", "waves", "sectors", "L2", "bytes"]
    rows = [head + (["binds", "of memory's rate"] if architecture == H200 else [])]
    for kernel, numbers in measured.items():
        shared = numbers["shared_bytes"] + dynamic_shared(kernel)
        row = [kernel, numbers["registers"], shared, fits(shared)]
        if "pipes" in numbers:
            how = definition(kernel)
            row += counted_cells(numbers, how, pipes)
            if architecture == H200:
                unit, share = binding(numbers, how, card_of(architecture))
                row += [unit, f"{100 * share:.1f} %"]
        rows.append(row + ["-"] * (len(rows[0]) - len(row)))
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    print(f"\n{architecture}: counted a weight: thread instructions, 32nds of wavefronts (lsu: of the load and store "
          "unit; waves: of shared memory, emulated), bytes of L2 and of DRAM; sectors a request; the KiB of shared "
          "memory that a block fits in. An upper bound of the speed")
    for row in rows:
        print("  ".join([str(row[0]).ljust(widths[0])] +
                        [str(c).rjust(w) for c, w in zip(row[1:], widths[1:])]).rstrip())


def unrecorded_table(architecture, found):
    """The clocks and counts of kernels that have no record."""
    if not found:
        return
    cycle_table({architecture: found})
    print("counted, of the same:")
    for name, one in found.items():
        print(f"  {name}: {one['instructions_per_weight']:.1f} instructions a weight, {one['registers']} registers")


def cycle_table(modelled):
    """Clocks a weight by kernel and architecture, and what binds."""
    if not modelled:
        return
    print("\nmodelled clocks of an SM a weight (kernels/gates/cards.json), memory never limits (+: no block fits, "
          "as if one did); counted instructions of a warp before and behind the loop, of the last architecture")
    names = sorted(set().union(*modelled.values()))
    last = list(modelled.values())[-1]
    rows = [["loop", *modelled, "before + behind"]]
    for name in names:
        cells = [kernels.get(name) for kernels in modelled.values()]
        rows.append([name] + [f"{one['cycles_per_weight'] or 0:.4f}{'' if one['blocks'] else '+'} {one['binds']}"
                              if one else "-" for one in cells] +
                    [f"{last[name]['prologue']} + {last[name]['drain']}" if name in last else "-"])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
