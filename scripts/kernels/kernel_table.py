# SPDX-License-Identifier: Apache-2.0
"""The table that scripts/kernels/kernel_gates prints: instructions and bytes per weight, and the
binding unit."""

# The H200: warp instructions a clock and SM by pipe, bytes/s as measured. The FMA pipe takes imad
# as well, at half its rate.
H200 = "sm_90"
H200_RATES = {"issue": 4, "alu": 2, "imad": 2, "fma": 4, "lsu": 1, "xu": 0.5, "tensor": 0.6,
              "fp64": 2, "shared": 1}  # of shared memory: wavefronts
H200_CLOCKS = 132 * 1.98e9  # SMs times Hz
H200_BYTES = 4.3e12


def binding(numbers, how):
    """(unit, share of the H200's memory rate that it leaves): 1 where memory binds."""
    pipes = dict(numbers["pipes"])
    pipes["issue"] = sum(pipes.values())
    pipes["fma"] = pipes.get("fma", 0) + pipes.get("imad", 0)
    pipes["shared"] = 32 * how.get("wavefronts", 0)
    seconds = {unit: pipes.get(unit, 0) / 32 / rate / H200_CLOCKS
               for unit, rate in H200_RATES.items()}
    memory = how["bytes_per_weight"] / H200_BYTES
    unit = max(seconds, key=seconds.get)
    return ("memory", 1.0) if seconds[unit] <= memory else (unit, memory / seconds[unit])


def table(architecture, measured, definition):
    pipes = ["imad", "fma", "alu", "lsu", "xu", "tensor", "fp64", "branch", "uniform"]
    head = ["kernel", "regs", "shared", "instr", *pipes, "waves", "bytes"]
    rows = [head + (["binds", "of memory's rate"] if architecture == H200 else [])]
    for kernel, numbers in measured.items():
        row = [kernel, numbers["registers"], numbers["shared_bytes"]]
        if "pipes" in numbers:
            how = definition(kernel)
            row += [f"{numbers['instructions_per_weight']:.1f}"]
            row += [f"{numbers['pipes'].get(pipe, 0):.1f}" for pipe in pipes]
            row += [f"{32 * how['wavefronts']:.2f}" if "wavefronts" in how else "-"]
            row += [f"{how['bytes_per_weight']:.3f}"]
            if architecture == H200:
                unit, share = binding(numbers, how)
                row += [unit, f"{100 * share:.1f} %"]
        rows.append(row + ["-"] * (len(rows[0]) - len(row)))
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    print(f"\n{architecture}: thread instructions, 32nds of wavefronts and bytes a weight: an upper "
          "bound of the speed")
    for row in rows:
        print("  ".join([str(row[0]).ljust(widths[0])] +
                        [str(c).rjust(w) for c, w in zip(row[1:], widths[1:])]).rstrip())


def cycle_table(modelled):
    """Clocks a weight by kernel and architecture, and what binds."""
    if not modelled:
        return
    print("\nmodelled clocks of an SM a weight (kernels/gates/cards.json), memory never limits; + fits no block, as if one did")
    names = sorted(set().union(*modelled.values()))
    rows = [["loop", *modelled]]
    for name in names:
        cells = [kernels.get(name) for kernels in modelled.values()]
        rows.append([name] + [f"{one['cycles_per_weight'] or 0:.4f}{'' if one['blocks'] else '+'} {one['binds']}"
                              if one else "-" for one in cells])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
