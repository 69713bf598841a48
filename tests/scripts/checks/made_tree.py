# SPDX-License-Identifier: Apache-2.0
"""A check of scripts/checks on a tree that a test makes."""

import subprocess
import sys
import tempfile
from pathlib import Path

CHECKS = Path(__file__).resolve().parents[3] / "scripts" / "checks"


def run_check(name, files):
    """Runs a check on a tree of these files ({path: text}): exit status and output."""
    with tempfile.TemporaryDirectory() as root:
        for file, text in files.items():
            path = Path(root, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        command = [sys.executable, CHECKS / name, root]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr
