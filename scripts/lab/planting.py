# SPDX-License-Identifier: Apache-2.0
"""Copies of the working tree in which bugs are planted, built without nvcc."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class UserError(Exception):
    """A mistake of the user: what is wrong and what to do."""


def presets(few_kernels):
    """Presets beside those of the tree. Compiled as the preset ci is, so that a cache of the compiler that knows that
    build (.ci/run) serves this one; without such a cache, few kernels (kernels/formats/compiled.h) take less time."""
    return {"version": 6, "configurePresets": [{
        "name": "planted", "inherits": "release",
        "cacheVariables": {"QBENCH_FEW_KERNELS": "ON" if few_kernels else "OFF", "QBENCH_CUDA": "OFF"}}]}


def copy_tree(folder, few_kernels):
    """The files of the working tree; those that are the same already keep their times."""
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, text=True)
    if listed.returncode:
        raise UserError(f"git cannot list the files to copy: {listed.stderr.strip()}")
    for name in filter(None, listed.stdout.split("\0")):
        source, copy = ROOT / name, folder / name
        if not source.is_file():
            continue
        content = source.read_bytes()
        if copy.is_file() and copy.read_bytes() == content:
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)
        copy.chmod(source.stat().st_mode)
    (folder / "CMakeUserPresets.json").write_text(json.dumps(presets(few_kernels)), encoding="ascii")
    if (ROOT / ".deps").exists() and not (folder / ".deps").exists():
        (folder / ".deps").symlink_to(ROOT / ".deps")


def build(folder, program):
    """(exit status, messages, the path that the program finds its libraries by)."""
    command = 'source "$0"; set_up "$1"; echo "${LD_LIBRARY_PATH:-}"'
    built = subprocess.run(["bash", "-c", command, str(folder / "scripts" / "setup.sh"), program],
                           env={**os.environ, "QBENCH_PRESET": "planted", "QBENCH_BUILD":
                                str(folder / "build")}, capture_output=True, text=True)
    return built.returncode, built.stderr, built.stdout.strip()
