# SPDX-License-Identifier: Apache-2.0
"""Clocks a weight of the kernels of kernels/gates/gates.json: measured by the model, compared with its records."""

import re

import cubin
import loops
import occupancy
import sass
import whole
from cards import card_of
from definitions import definition, dynamic_shared, grid_of
from kernel_records import CYCLE_FIELDS, Record
from toolkit import compile_entries, compile_wgmma

GATED = ["sm_80", "sm_86", "sm_89", "sm_90a"]
ASSUMED = ["sm_100", "sm_120"]  # printed, and what is assumed of them
WGMMA = "sm_90a"  # alone has the kernels of wgmma_kernels.cu: printed, with no record until a GPU has run one


def entries_of(ptx, gates):
    """{mangled name: short name} of the kernels in PTX whose loop the gates define."""
    return {mangled: name for mangled, name in cubin.names_in(ptx).items()
            if "marker" in gates["kernels"].get(name, {})}


def shared_in(ptx):
    """{kind of kernel: bytes of shared memory that its launch adds}, from a file of PTX."""
    try:
        with open(ptx, encoding="ascii") as file:
            found = re.findall(r"\.u32 \w*dynamic_shared_of_([a-z0-9_]+)E? = (\d+);", file.read())
    except FileNotFoundError:
        return {}
    return {kind: int(size) for kind, size in found}


def model(function, name, gates, card):
    """{cycles_per_weight, binds, blocks} of a kernel's loop, and {prologue, drain}: the instructions that a warp
    executes before and behind it. blocks is 0 where none fits; the loop is then that of one."""
    how = definition(gates, name)
    body = loops.hottest_loop(function.code, how["marker"])
    weights = cubin.counted_weights(body, how)
    if not weights:
        return {"cycles_per_weight": None, "binds": "loop cannot be read", "blocks": 0, "prologue": None, "drain": None}
    launch = occupancy.launch_of(function, dynamic_shared(gates, name))
    held, warps = occupancy.blocks_at_once(card, launch), occupancy.warps_of(launch)
    steady = loops.steady(body, warps, max(1, held), card)
    clocks = steady.clocks / (32 * weights * warps * max(1, held))
    path = whole.path_of(function, body, how, grid_of(gates, name), [[1]])
    return {"cycles_per_weight": round(clocks, 5), "binds": loops.binding(steady.shares), "blocks": held,
            "prologue": path.prologue, "drain": path.drain}


def models(architecture, functions, log, entries, gates):
    """{short name: model, with spilled_bytes where there are any} of the entries of a cubin that was compiled with this log;
    `functions`: those of the cubin."""
    used = cubin.resources(log)
    card = card_of(architecture)
    return {name: {**model(functions[mangled], name, gates, card), **spilled(used[mangled])}
            for mangled, name in sorted(entries.items(), key=lambda one: one[1])}


def of_architecture(architecture, nvcc, nvdisasm, ptx, gates):
    """The models of all the loops in a file of PTX that the gates define."""
    entries = entries_of(ptx, gates)
    code, log = compile_entries(nvcc, ptx, architecture, entries)
    _, functions = sass.read_cubin(code, nvdisasm)
    return models(architecture, functions, log, entries, gates)


def serialized(log):
    """The mangled names of kernels whose products the assembler puts in a row."""
    return set(re.findall(r"wgmma\.mma_async instructions are serialized .* in the function '(\w+)'", log))


def counted(function, how):
    """{instructions_per_weight, registers} of a kernel: of its loop, and of a thread."""
    body = loops.hottest_loop(function.code, how["marker"])
    return {"instructions_per_weight": len(body) / max(1, cubin.counted_weights(body, how)), "registers": function.registers}


def of_wgmma(nvcc, nvdisasm, folder, gates):
    """{short name: model, counts, and serialized} of the kernels by wgmma."""
    ptx = compile_wgmma(nvcc, folder)
    entries = cubin.names_in(ptx)
    if not entries:
        return {}
    code, log = compile_entries(nvcc, ptx, WGMMA, list(entries))
    slow = {entries.get(mangled) for mangled in serialized(log)}
    _, functions = sass.read_cubin(code, nvdisasm)
    found = models(WGMMA, functions, log, entries, gates)
    for mangled, name in entries.items():
        found[name].update(counted(functions[mangled], definition(gates, name)))
        found[name].update({"serialized": True} if name in slow else {})
    return found


def spilled(used):
    return {"spilled_bytes": used["spilled_bytes"]} if used["spilled_bytes"] else {}


def compare(architecture, kernel, old, new):
    """Records of a kernel: more clocks or instructions, fewer blocks, another unit at no fewer clocks are a BREACH."""
    if old == new:
        return [Record("SAME", architecture, kernel)]
    if old is None or new is None:
        return [Record("BREACH", architecture, kernel, CYCLE_FIELDS[0], reason=(
            "has no cycles: record them with --update" if old is None else "is gone: drop it with --update"))]
    def fewer(field):
        a, b = old.get(field), new.get(field)
        return b is not None and (a is None or b < a)
    better = {field: fewer(field) for field in CYCLE_FIELDS}
    better.update(binds=fewer("cycles_per_weight"), blocks=new["blocks"] > old["blocks"])
    return [Record("FAST" if better[field] else "BREACH", architecture, kernel, field, old.get(field), new.get(field),
                   "record it with --update" if better[field] else "")
            for field in CYCLE_FIELDS if old.get(field) != new.get(field)]


def forbidden(architecture, kernel, found, gates):
    """Breaches that no record can allow: a loop that cannot be read, spills, and more clocks than "cycles_at_most"."""
    if found is None:
        return []
    clocks = found["cycles_per_weight"]
    most = gates.get("kernels", {}).get(kernel, {}).get("cycles_at_most", {}).get(architecture)
    if clocks is None:
        return [Record("BREACH", architecture, kernel, CYCLE_FIELDS[0], reason=f"{found['binds']}: no record allows it")]
    if found.get("spilled_bytes"):
        return [Record("BREACH", architecture, kernel, "spilled_bytes", 0, found["spilled_bytes"], "no record allows it")]
    if found.get("serialized"):
        return [Record("BREACH", architecture, kernel, CYCLE_FIELDS[0], reason="ptxas puts its products in a row")]
    if most is not None and clocks > most:
        return [Record("BREACH", architecture, kernel, CYCLE_FIELDS[0], f"at most {most}", clocks, "no record allows it")]
    return []


def judge(gates, version, measured, update):
    """Records. With `update` the gates become what was modelled."""
    known = gates.setdefault("cycles", {}).setdefault(version, {}) if update else gates.get("cycles", {}).get(version)
    if known is None:
        return [Record("SKIPPED", kernel=f"cycles of CUDA {version}", reason="none are recorded: record them with "
                       "--update")] if measured else []
    records, hard = [], []
    for architecture, kernels in measured.items():
        before = known.get(architecture, {})
        for kernel in sorted(before.keys() | kernels.keys()):
            never = forbidden(architecture, kernel, kernels.get(kernel), gates)
            hard += never
            if not never:
                records += compare(architecture, kernel, before.get(kernel), kernels.get(kernel))
    records += [Record("BREACH", a, field=CYCLE_FIELDS[0], reason="was not modelled")
                for a in sorted(known.keys() - measured.keys())]
    if update:
        records = [one if one.judgement == "SAME" else one._replace(judgement="RECORDED", reason="")
                   for one in records]
        known.clear()
        known.update(measured)
    return hard + records


def judge_shared(gates, found, update):
    """Records of launches whose shared memory is not that of "dynamic_shared". With `update` it becomes that."""
    known = gates.get("dynamic_shared", {})
    changed = [kind for kind in sorted(known.keys() | found.keys()) if known.get(kind) != found.get(kind)]
    if update and found:
        gates["dynamic_shared"] = dict(sorted(found.items()))
    return [Record("RECORDED" if update else "BREACH", "", kind, "dynamic_shared", known.get(kind), found.get(kind))
            for kind in changed]
