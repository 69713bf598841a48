# SPDX-License-Identifier: Apache-2.0
"""The gates of what the emulator counts of kernels (kernel_profile), and of the modes that it knows."""

import json
import os

from definitions import key_of
from kernel_records import Record
from toolkit import ROOT, UserError, run

# What the emulator counts, where less is better: for a weight, for a request, for a weight.
ACCESSES = ["wavefronts", "sectors_per_request", "l2_bytes_per_weight"]


def profiled(program, gates):
    """What a kernel_profile prints of the kernels that the gates have; None without one."""
    built = [program] if program else sorted(ROOT.glob("build*/kernels/kernel_profile"),
                                             key=os.path.getmtime)[-1:]
    if not built:
        return None
    wanted = sorted({how["profile"] for how in gates["kernels"].values() if "profile" in how})
    result = run([str(built[0]), *wanted])
    if result.returncode:
        raise UserError(f"{built[0]} failed: {result.stderr.strip()}")
    profile = json.loads(result.stdout)
    if not profile.keys() >= {*ACCESSES, "modes"}:
        raise UserError(f"{built[0]} is older than this tree: build it anew")
    return profile


def judge_accesses(definitions, field, counted, update):
    """Records of a figure of the emulator. With `update` the definitions become what was counted."""
    records = []
    for kernel, how in definitions.items():
        if "profile" not in how:
            continue
        before, after = how.get(field), counted.get(how["profile"])
        change = Record("BREACH", "", kernel, field, before, after)
        if after is None:
            records.append(change._replace(reason=f"{how['profile']} was not profiled"))
        elif before != after:
            better = before is not None and after < before
            records.append(change._replace(judgement="FAST" if better else "BREACH"))
            if update:
                how[field] = after
                records[-1] = change._replace(judgement="RECORDED")
    return records


def judge_modes(gates, modes, update):
    """Records of modes whose figures are not those of "modes". With `update` they become those."""
    found = {key_of(mode): figures for mode, figures in modes.items()}
    known = gates.get("modes", {})
    judgement = "RECORDED" if update else "BREACH"
    records = [Record(judgement, "", f"mode {mode}", "figures", known.get(mode), found.get(mode))
               for mode in sorted(known.keys() | found.keys())
               if known.get(mode) != found.get(mode)]
    if update:
        gates["modes"] = dict(sorted(found.items()))
    return records


def judge(gates, profile, update):
    """Records of what the emulator counted, and of the modes that it knows."""
    if profile is None:
        return [Record("SKIPPED", kernel="wavefronts", reason="no build*/kernels/kernel_profile "
                       "(scripts/test builds it)")]
    records = judge_modes(gates, profile["modes"], update)
    for field in ACCESSES:
        records += judge_accesses(gates["kernels"], field, profile[field], update)
    return records
