# SPDX-License-Identifier: Apache-2.0
"""The toolkit that compiles the gated kernels: its programs, and what they make of kernels/gates/gated_kernels.cu."""

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "kernels/gates/gated_kernels.cu"
FLAGS = ["-std=c++20", "-O3", "-fmad=false", "-I."]


class UserError(Exception):
    """A mistake of the user: what is wrong and what to do."""


def find_tool(name):
    """The path of a tool of the toolkit, or None."""
    places = [os.path.join(os.environ[v], "bin") for v in ("CUDA_HOME", "CUDA_PATH")
              if v in os.environ]
    path = os.pathsep.join([*places, os.environ.get("PATH", ""), "/usr/local/cuda/bin"])
    return shutil.which(name, path=path)


def fetch_nvdisasm():
    """NVIDIA's disassembler, which scripts/deps gets from PyPI where the toolkit has none."""
    found = run([str(ROOT / "scripts" / "deps"), "nvdisasm"])
    if found.returncode:
        raise UserError(found.stderr.strip().splitlines()[-1])
    return found.stdout.strip()


def run(command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def toolkit_version(nvcc):
    return re.search(r"release (\d+\.\d+)", run([nvcc, "--version"]).stdout)[1]


def supported(nvcc, architectures):
    """Those that the toolkit compiles for; it lists sm_90 alone where it knows sm_90a too."""
    codes = run([nvcc, "--list-gpu-code"]).stdout.split()
    return [a for a in architectures if a.rstrip("a") in codes]


def results(jobs):
    """What the futures of jobs, by any key, give."""
    return {key: job.result() for key, job in jobs.items()}


def compile_to(architecture, command):
    """What the compiler says of the kernels."""
    built = run(command)
    log = built.stdout + built.stderr
    if built.returncode:
        raise UserError(f"{SOURCE} does not compile for {architecture}:\n{log}")
    return log


def compile_ptx(nvcc, folder):
    """The file of the PTX."""
    ptx = os.path.join(folder, "kernels.ptx")
    compile_to("compute_80", [nvcc, *FLAGS, "-ptx", "-arch=compute_80", SOURCE, "-o", ptx])
    return ptx


def compile_entries(nvcc, ptx, architecture, entries):
    """(the cubin of some kernels of the PTX, what the compiler says): by their mangled names, or all of them for none."""
    code = f"{ptx}.{architecture}.{len(entries)}.cubin"
    only = ["-Xptxas", ",".join(f"--entry,{one}" for one in entries)] if entries else []
    log = compile_to(architecture, [nvcc, "-cubin", "-arch=" + architecture, "-Xptxas", "-v", *only, ptx, "-o", code])
    return code, log
