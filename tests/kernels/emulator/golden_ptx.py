#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the PTX of every wrapper of kernels/emulator/ptx.h and ptx_sm90.h with golden_ptx.txt.

    golden_ptx.py NVCC [--print]    exit 1 on a difference or on a wrapper that is not listed
"""

import difflib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
# Architecture, kernels and the header whose wrappers they call.
SOURCES = (("compute_80", "golden_ptx.cu", "ptx.h"), ("compute_90a", "golden_ptx_sm90.cu", "ptx_sm90.h"))
KERNEL = re.compile(r"\.entry (\w+)\(.*?\n\{(.*?)\n\}", re.S)
REGISTER = re.compile(r"%[a-z]+\d+")
# Declarations and the return are of no interest.
SKIPPED = ("//", ".reg", "ret;", "{", "}")
# Operations that hand a value on under another name.
ALIAS = re.compile(r"(?:mov\.\w+|cvta\.to\.\w+\.u64|cvt\.u32\.u64) (%\w+), (%?\w+);")
# The type of a store says nothing; nvcc's versions differ in it.
STORE = re.compile(r"^st\.global((?:\.v\d)?)\.\w+")


def compile_to_ptx(nvcc, architecture, source):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "golden.ptx"
        subprocess.run([nvcc, "-std=c++20", f"-arch={architecture}", "-ptx", f"-I{ROOT}", "-o", out,
                        HERE / source], check=True)
        return out.read_text(encoding="utf-8")


def canonical(body):
    """The instructions of one kernel, one a line, their registers named after the parameters."""
    names, lines = {}, []

    def name(register):
        return names.setdefault(register.group(), f"r{sum(n[0] == 'r' for n in names.values())}")

    for line in (re.sub(r"\s+", " ", raw).strip() for raw in body.split("\n")):
        if not line or line.startswith(SKIPPED):
            continue
        if parameter := re.match(r"ld\.param\.\w+ (%\w+), \[\w+_param_(\d+)\];", line):
            names[parameter[1]] = "p" + parameter[2]
        elif (alias := ALIAS.match(line)) and (alias[2] in names or alias[2].isdigit()):
            names[alias[1]] = names.get(alias[2], alias[2])
        else:
            lines.append(STORE.sub(r"store\1", REGISTER.sub(name, line)))
    return lines


def wrappers(header):
    text = (ROOT / "kernels" / "emulator" / header).read_text(encoding="utf-8")
    return set(re.findall(r"QBENCH_PTX \w+ (\w+)\(", text)) - {"shared_address"}


def main():
    kernels, missing = [], []
    for architecture, source, header in SOURCES:
        these = KERNEL.findall(compile_to_ptx(sys.argv[1], architecture, source))
        names = {re.sub("_(true|false)$", "", name) for name, _ in these}
        missing += [(name, header, source) for name in sorted(wrappers(header) - names)]
        kernels += these
    found = "".join("\n  ".join([f"{name}:", *canonical(body)]) + "\n" for name, body in kernels)
    golden = (HERE / "golden_ptx.txt").read_text(encoding="utf-8")
    golden = "".join(line for line in golden.splitlines(True) if not line.startswith("#"))
    if "--print" in sys.argv:
        print(found, end="")
        return 0
    for name, header, source in missing:
        print(f"golden_ptx: {name} of {header} has no kernel in {source}")
    if found != golden:
        print("golden_ptx: -expected +found")
        print("\n".join(difflib.unified_diff(golden.splitlines(), found.splitlines(), lineterm="", n=1)))
    return 1 if missing or found != golden else 0


if __name__ == "__main__":
    sys.exit(main())
