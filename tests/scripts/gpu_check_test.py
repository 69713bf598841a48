#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/gpu_check with a GPU, a compiler and tests of its own making. Run by CTest."""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

GPU_CHECK = Path(__file__).resolve().parents[2] / "scripts" / "gpu_check"

sys.dont_write_bytecode = True
LOADER = importlib.machinery.SourceFileLoader("gpu_check", str(GPU_CHECK))
gpu_check = importlib.util.module_from_spec(importlib.util.spec_from_loader("gpu_check", LOADER))
LOADER.exec_module(gpu_check)

# Every command notes how it was called; one whose name is in the file `fails` fails, and one that
# is in `hangs` does not end.
FAKE = """#!/bin/sh
here={bin}
name=$(basename "$0")
echo "$name $*" >>"$here/calls"
case $name in nvidia-smi)
  [ -e "$here/gpu" ] || {{ echo "no devices"; exit 9; }}
  case $* in *compute_cap*) cat "$here/gpu" ;; esac ;;
esac
echo "this is $name"
if [ -e "$here/skips" ] && [ "$name" = ctest ]; then echo "1/1 simt_cuda ...***Skipped"; fi
if [ -e "$here/leaves" ] && [ "$name" = simt_cuda ]; then echo "not run: wgmma_bf16: no wgmma here"; fi
if [ "$name" = qbench ]; then
  for last; do case $before in --journal) echo '{{"type":"environment","gpu":"G"}}' >>"$last" ;;
    esac; before=$last; done
fi
if grep -qsx "$name" "$here/hangs"; then sleep 600 & echo $! >"$here/child"; wait; fi
! grep -qsx "$name" "$here/fails"
"""
COMMANDS = ["nvidia-smi", "cmake", "ctest", "compute-sanitizer"]
PROGRAMS = ["harness/qbench", "tests/kernels/kernels_digests", "tests/kernels/kernels_gpu",
            "tests/kernels/emulator/simt_cuda"]


class GpuCheck(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.bin, self.build = self.folder / "bin", self.folder / "build"
        self.out = self.folder / "out"
        self.bin.mkdir()
        for path in [self.bin / c for c in COMMANDS] + [self.build / p for p in PROGRAMS]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(FAKE.format(bin=self.bin), encoding="ascii")
            path.chmod(0o755)
        (self.bin / "gpu").write_text("9.0\n", encoding="ascii")

    def start(self, *arguments):
        environment = {k: v for k, v in os.environ.items() if k not in ("OUT", "QBENCH_PREFIX")}
        environment["PATH"] = f"{self.bin}:/usr/bin:/bin"
        return subprocess.Popen(
            [sys.executable, str(GPU_CHECK), "--out", str(self.out), "--build", str(self.build),
             *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)

    def check(self, *arguments):
        """(exit code, output)"""
        process = self.start(*arguments)
        output = process.communicate(timeout=60)[0]
        return process.returncode, output

    def write(self, name, text=""):
        (self.bin / name).write_text(text, encoding="ascii")

    def calls(self):
        return (self.bin / "calls").read_text(encoding="ascii")

    def rows(self):
        """{step: verdict} of the summary"""
        lines = (self.out / "summary.md").read_text(encoding="ascii").splitlines()
        cells = [line.split(" | ") for line in lines if line.startswith("| ")][1:]
        return {row[0][2:]: row[1].strip() for row in cells}

    def test_dry_run_shows_every_step_and_runs_none(self):
        (self.bin / "calls").write_text("", encoding="ascii")
        status, output = self.check("--dry-run")
        self.assertEqual(status, 0)
        for text in ("cmake -S", "CMAKE_CUDA_ARCHITECTURES=90a", "cmake --build",
                     "kernels_digests", "simt_cuda", "-L gpu", "--tool memcheck",
                     "--tool racecheck", "--tool initcheck", "--suite gemv", "--suite gemm",
                     "--suite quantize,dequantize", "journal.jsonl", "markdown="):
            self.assertIn(text, output)
        self.assertEqual(self.calls().count("\n"), 1)  # what GPU there is
        self.assertFalse(self.out.exists())

    def test_every_step_passes_and_leaves_its_log(self):
        status, output = self.check()
        self.assertEqual(status, 0, output)
        rows = self.rows()
        self.assertEqual(rows.pop("configure"), "skipped")
        self.assertEqual(set(rows.values()), {"passed"})
        self.assertEqual(len(list(self.out.glob("*.log"))), len(rows))
        self.assertIn("this is ctest", (self.out / "06_reference_same_bits_twice_digests.log")
                      .read_text(encoding="ascii"))
        summary = (self.out / "summary.md").read_text(encoding="ascii")
        self.assertIn('"gpu":"G"', summary)
        self.assertIn(f"{len(rows)} passed, 0 FAILED, 1 skipped.", summary)
        journal = (self.out / "journal.jsonl").read_text(encoding="ascii").splitlines()
        self.assertEqual(len([json.loads(line) for line in journal]), 3)

    def test_a_step_that_fails_ends_no_other(self):
        self.write("fails", "simt_cuda\n")
        status, output = self.check()
        self.assertEqual(status, 1)
        rows = self.rows()
        self.assertEqual(rows["conformance of the device"], "FAILED")
        self.assertEqual(rows["sweep: gemm"], "passed")
        self.assertIn("FAILED in 0 s: ended with 1: this is simt_cuda", output)

    def test_a_skipped_test_is_a_failure_where_there_is_a_gpu(self):
        self.write("skips")
        status, output = self.check()
        self.assertEqual(status, 1)
        self.assertIn("the log has '***Skipped'", output)

    def test_cases_of_wgmma_that_do_not_run_are_a_failure_on_hopper(self):
        self.write("leaves")
        self.check()
        self.assertEqual(self.rows()["conformance of the device"], "FAILED")

    def test_they_are_none_on_other_gpus(self):
        self.write("leaves")
        self.write("gpu", "8.0")
        self.check()
        self.assertEqual(self.rows()["conformance of the device"], "passed")

    def test_without_compute_sanitizer_its_steps_are_skipped_with_the_reason(self):
        if Path("/usr/local/cuda/bin/compute-sanitizer").exists():
            self.skipTest("it is in /usr/local/cuda/bin")
        (self.bin / "compute-sanitizer").unlink()
        status, output = self.check()
        self.assertEqual(status, 0)
        self.assertIn("racecheck: skipped in 0 s: there is no compute-sanitizer", output)

    def test_without_a_gpu_what_needs_none_is_run(self):
        (self.bin / "gpu").unlink()
        status, output = self.check()
        self.assertEqual(status, 77)
        rows = self.rows()
        self.assertEqual([rows[s] for s in ("build", "digests on the emulator")], ["passed"] * 2)
        self.assertEqual(rows["memcheck"], "skipped")
        self.assertNotIn("kernels_gpu", self.calls())
        self.assertIn("there is no GPU", output)

    def test_without_a_gpu_a_failure_is_still_one_and_its_log_is_shown(self):
        (self.bin / "gpu").unlink()
        self.write("fails", "kernels_digests\n")
        status, output = self.check()
        self.assertEqual(status, 1)
        self.assertIn("\n    this is kernels_digests\n", output)

    def test_no_device_runs_what_needs_none_and_that_is_enough(self):
        status, output = self.check("--no-device")
        self.assertEqual(status, 0)
        self.assertIn("memcheck: skipped in 0 s: --no-device", output)
        self.assertNotIn("qbench --suite", self.calls())

    def test_a_step_is_stopped_at_its_limit_with_all_that_it_started(self):
        self.write("hangs", "simt_cuda\n")
        self.out.mkdir()
        options = gpu_check.read_options(["--out", str(self.out)])
        steps = [gpu_check.Step("hang", [str(self.build / "tests/kernels/emulator/simt_cuda")], 3),
                 gpu_check.Step("next", [str(self.build / "harness/qbench")], 60)]
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(gpu_check.Check(options, steps, True).run(), 1)
        self.assertEqual(self.rows(), {"hang": "FAILED", "next": "passed"})
        self.assertIn("stopped after 3 s", (self.out / "summary.md").read_text(encoding="ascii"))
        self.assert_child_is_gone()

    def test_steps_for_which_no_time_is_left_have_failed(self):
        status, output = self.check("--minutes", "0")
        self.assertEqual(status, 1)
        self.assertIn("sweep: gemm: FAILED in 0 s: not run: no time was left", output)

    def test_a_kill_half_way_leaves_the_summary(self):
        self.write("hangs", "simt_cuda\n")
        process = self.start()
        for _ in range(600):
            if (self.bin / "child").exists() and (self.bin / "child").read_text():
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        rows = self.rows()
        self.assertEqual(rows["build"], "passed")
        self.assertEqual(rows["conformance of the device"], "running")
        self.assertEqual(rows["memcheck"], "not begun")
        self.assert_child_is_gone()

    def assert_child_is_gone(self):
        child = int((self.bin / "child").read_text(encoding="ascii"))
        for _ in range(100):
            state = Path(f"/proc/{child}/stat")
            if not state.exists() or ") Z " in state.read_text(encoding="ascii"):
                return
            time.sleep(0.05)
        self.fail(f"process {child} is still there")

    def test_a_second_call_does_not_mix_with_the_first(self):
        self.check()
        status, output = self.check()
        self.assertEqual(status, 1)
        self.assertIn("give another --out", output)

    def test_what_is_no_prefix_is_refused(self):
        status, output = self.check("--prefix", str(self.folder))
        self.assertEqual(status, 1)
        self.assertIn("make one with scripts/deps --prefix DIR", output)


if __name__ == "__main__":
    unittest.main()
