# SPDX-License-Identifier: Apache-2.0
"""The toolkit that compiles the gated kernels: its programs, and what they make of kernels/gates/gated_kernels.cu."""

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "kernels/gates/gated_kernels.cu"
WGMMA_SOURCE = "kernels/gates/wgmma_kernels.cu"
PARTS = 2  # of it, which are compiled at once
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


def merged(parts):
    """One dictionary of those of all parts, which are futures; a kernel that several have is the same in each."""
    return {name: value for part in parts for name, value in part.result().items()}


def compile_to(architecture, command, source=SOURCE):
    """What the compiler says of the kernels."""
    built = run(command)
    log = built.stdout + built.stderr
    if built.returncode:
        raise UserError(f"{source} does not compile for {architecture}:\n{log}")
    return log


def compile_ptx(nvcc, folder, part):
    """The file of the PTX of one of PARTS of the kernels."""
    ptx = os.path.join(folder, f"kernels.{part}.ptx")
    compile_to("compute_80", [nvcc, *FLAGS, f"-DQBENCH_PARTS={PARTS}", f"-DQBENCH_PART={part}", "-ptx", "-arch=compute_80",
                              SOURCE, "-o", ptx])
    return ptx


def compile_wgmma(nvcc, folder):
    """The file of the PTX of the kernels that only sm_90a has."""
    ptx = os.path.join(folder, "wgmma.ptx")
    compile_to("compute_90a", [nvcc, *FLAGS, "-ptx", "-arch=compute_90a", WGMMA_SOURCE, "-o", ptx], WGMMA_SOURCE)
    return ptx


def compile_parts(pool, nvcc, folder):
    """The files of the PTX of all parts."""
    jobs = [pool.submit(compile_ptx, nvcc, folder, part) for part in range(PARTS)]
    return [job.result() for job in jobs]


def compile_entries(nvcc, ptx, architecture, entries):
    """(the cubin of some kernels of the PTX, what the compiler says): by their mangled names, or all of them for none."""
    code = f"{ptx}.{architecture}.cubin"
    only = ["-Xptxas", ",".join(f"--entry,{one}" for one in entries)] if entries else []
    log = compile_to(architecture, [nvcc, "-cubin", "-arch=" + architecture, "-Xptxas", "-v", *only, ptx, "-o", code])
    return code, log
