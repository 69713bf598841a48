#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/tune with a journal of its own making: choices, ties, ranges, the table. Run by CTest."""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
LOADER = importlib.machinery.SourceFileLoader("tune", str(ROOT / "scripts" / "tune"))
tune = importlib.util.module_from_spec(importlib.util.spec_from_loader("tune", LOADER))
LOADER.exec_module(tune)

TABLE = """// Head.
// More of it.

// Other: measured elsewhere.
{"Other", Op::matmul, "nf4", {1, 4}, kAll, kAll, "gemm"},
{"*", Op::quantize, "*", kAll, kAll, kAll, "quantize-wide"},
{"*", Op::quantize, "*", kAll, kAll, kAll, "quantize"},
{"*", Op::matmul, "*", {1, 16}, kAll, kAll, "gemv-mma"},
{"*", Op::matmul, "*", {1, 8}, kAll, kAll, "gemv"},
{"*", Op::matmul, "*", kAll, kAll, kAll, "gemm"},
"""
ENVIRONMENT = {"type": "environment", "revision": "abc", "date": "2026-01-02T03:04:05Z",
               "cuda": "runtime 13.0, driver 13.0",
               "gpu": "GPU A (compute capability 9.0, 139.8 GiB); GPU B (compute capability 8.0, 1"}


def result(kernel, seconds, m=1, n=8, k=8, **more):
    op = "quantize" if m is None else "matmul"
    record = {"type": "result", "status": "passed", "op": op, "mode": "nf4", "kernel": kernel,
              "device": "cuda:0", "m": m, "n": n, "k": k, "seconds": seconds, **more}
    return {key: value for key, value in record.items() if value is not None}


class Tune(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.table = self.folder / "dispatch.inc"
        self.table.write_text(TABLE, encoding="ascii")

    def tune(self, *records, arguments=()):
        """(exit code, what it printed)"""
        journal = self.folder / "run.jsonl"
        journal.write_text("".join(json.dumps(r) + "\n" for r in (ENVIRONMENT, *records)),
                           encoding="ascii")
        return self.main("--from", str(journal), *arguments)

    def main(self, *arguments):
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
            status = tune.main(["--table", str(self.table), *arguments])
        return status, shown.getvalue()

    def rows(self, device="GPU A"):
        lines = self.table.read_text(encoding="ascii").splitlines()
        return [line for line in lines if line.startswith(f'{{"{device}"')]

    def test_the_fastest_serves_and_ranges_of_m_are_merged(self):
        status, _ = self.tune(*[result("gemm", 3, m) for m in (1, 2, 8, 16, 32)],
                              *[result("gemv-mma", 2, m) for m in (1, 2, 8)],
                              result("gemv-mma", 4, 16))
        self.assertEqual(status, 0)
        self.assertEqual(self.rows(), [
            '{"GPU A", Op::matmul, "nf4", {1, 15}, kAll, kAll, "gemv-mma"},',
            '{"GPU A", Op::matmul, "nf4", {16, kAny}, kAll, kAll, "gemm"},'])

    def test_a_tie_goes_to_the_kernel_that_the_table_named(self):
        for seconds, kernel in ((0.99, "gemv-mma"), (0.97, "gemm")):
            self.table.write_text(TABLE, encoding="ascii")
            self.tune(result("gemv-mma", 1.0), result("gemm", seconds))
            self.assertEqual(self.rows(), [
                f'{{"GPU A", Op::matmul, "nf4", kAll, kAll, kAll, "{kernel}"}},'])

    def test_the_device_s_own_earlier_choice_is_kept_in_a_tie(self):
        self.tune(result("gemv-mma", 1.0), result("gemm", 0.5))
        self.tune(result("gemv-mma", 0.99), result("gemm", 1.0))
        self.assertIn('"gemm"', self.rows()[0])

    def test_a_shape_that_wants_another_kernel_has_rows_of_its_own_above(self):
        self.tune(*[result(kernel, seconds, n=n)
                    for n, times in ((8, (1, 2)), (16, (1, 2)), (32, (3, 2)))
                    for kernel, seconds in zip(("gemv-mma", "gemm"), times)])
        self.assertEqual(self.rows(), [
            '{"GPU A", Op::matmul, "nf4", kAll, {32, 32}, {8, 8}, "gemm"},',
            '{"GPU A", Op::matmul, "nf4", kAll, kAll, kAll, "gemv-mma"},'])

    def test_one_m_that_differs_gives_a_shape_rows_of_its_own(self):
        self.tune(*[result(kernel, seconds, m, n) for m in (1, 2) for n in (8, 16, 32)
                    for kernel, seconds in (("gemv-mma", 3 if (m, n) == (2, 32) else 1),
                                            ("gemm", 2))])
        self.assertEqual(self.rows(), [
            '{"GPU A", Op::matmul, "nf4", {1, 1}, {32, 32}, {8, 8}, "gemv-mma"},',
            '{"GPU A", Op::matmul, "nf4", {2, kAny}, {32, 32}, {8, 8}, "gemm"},',
            '{"GPU A", Op::matmul, "nf4", kAll, kAll, kAll, "gemv-mma"},'])

    def test_a_tie_at_a_shape_goes_to_the_kernel_of_all_shapes(self):
        self.tune(result("gemm", 1), result("gemv", 2), result("gemm", 1.01, n=32),
                  result("gemv", 1, n=32), result("gemv-mma", 5), result("gemv-mma", 5, n=32))
        self.assertEqual(self.rows(), [
            '{"GPU A", Op::matmul, "nf4", kAll, kAll, kAll, "gemm"},'])

    def test_the_kernel_of_all_shapes_has_the_least_geometric_mean(self):
        self.tune(result("gemm", 1), result("gemm", 10, n=32), result("gemv-mma", 3),
                  result("gemv-mma", 7, n=32))
        self.assertEqual(self.rows()[-1],
                         '{"GPU A", Op::matmul, "nf4", kAll, kAll, kAll, "gemm"},')

    def test_only_what_passed_on_the_device_and_is_in_the_table_counts(self):
        self.tune(result("gemv-mma", 1, status="wrong"), result("gemm", 3),
                  result("gemv-mma", 1, device="cuda:1"), result("cublaslt", 1),
                  result("auto", 1))
        self.assertEqual(self.rows(), [
            '{"GPU A", Op::matmul, "nf4", kAll, kAll, kAll, "gemm"},'])

    def test_operations_without_m_have_one_row(self):
        self.tune(result("quantize", 1, None), result("quantize-wide", 2, None))
        self.assertEqual(self.rows(), [
            '{"GPU A", Op::quantize, "nf4", kAll, kAll, kAll, "quantize"},'])

    def test_other_lines_stay_as_they_are_and_a_second_run_replaces_the_first(self):
        for _ in range(2):
            self.tune(result("gemv-mma", 1.0), result("gemm", 0.5))
        text = self.table.read_text(encoding="ascii")
        head, body = TABLE.split("\n\n")
        own = ('// GPU A: runtime 13.0, driver 13.0, revision abc, 2026-01-02\n'
               '{"GPU A", Op::matmul, "nf4", kAll, kAll, kAll, "gemm"},\n')
        self.assertEqual(text, f"{head}\n\n{own}{body}")

    def test_what_changed_is_shown_and_a_dry_run_changes_nothing(self):
        status, shown = self.tune(result("gemm", 1), arguments=["--dry-run"])
        self.assertEqual(status, 0)
        self.assertIn('+{"GPU A", Op::matmul, "nf4", kAll, kAll, kAll, "gemm"},', shown)
        self.assertNotIn("-{", shown)
        self.assertEqual(self.table.read_text(encoding="ascii"), TABLE)

    def test_another_device_of_the_machine_has_its_name(self):
        self.tune(result("gemm", 1, device="cuda:1"), arguments=["--device", "cuda:1"])
        self.assertEqual(len(self.rows("GPU B")), 1)
        self.assertEqual(self.rows(), [])

    def test_what_cannot_be_used_leaves_the_table_alone(self):
        with self.assertRaisesRegex(tune.UserError, "no kernel passed on cuda:0"):
            self.tune(result("gemm", 1, status="error"))
        with self.assertRaisesRegex(tune.UserError, "has no cuda:2"):
            self.tune(result("gemm", 1), arguments=["--device", "cuda:2"])
        with self.assertRaisesRegex(tune.UserError, "several GPUs"):
            self.tune(result("gemm", 1), {**ENVIRONMENT, "gpu": "another"})
        self.assertEqual(self.table.read_text(encoding="ascii"), TABLE)
        self.table.write_text(TABLE.replace("{1, 16}", "1 to 16"), encoding="ascii")
        with self.assertRaisesRegex(tune.UserError, "a line that is no row: .*1 to 16"):
            self.tune(result("gemm", 1))

    def run_with(self, script):
        program = self.folder / "qbench"
        program.write_text("#!/bin/sh\n" + script, encoding="ascii")
        program.chmod(0o755)
        return self.main("--qbench", str(program))

    def test_qbench_measures_every_m_and_its_journal_is_read(self):
        journal = json.dumps(ENVIRONMENT) + "\n" + json.dumps(result("gemm", 1))
        status, shown = self.run_with(
            f"echo \"$*\" >>{self.folder}/calls\n"
            "for last; do case $before in --journal) file=$last ;; esac; before=$last; done\n"
            f"echo '{journal}' >>$file\n")
        self.assertEqual(status, 0)
        self.assertEqual(len(self.rows()), 1)
        calls = (self.folder / "calls").read_text(encoding="ascii")
        self.assertIn("--suite quantize,dequantize --shapes 4096x4096,", calls)
        self.assertRegex(calls, r"--suite gemm --shapes 1x4096x4096,.*,512x8192x8192 .*--append")
        self.assertIn("--kernels gemm,gemv,gemv-mma,quantize,quantize-wide ", calls)

    def test_without_a_gpu_it_says_so(self):
        status, shown = self.run_with("exit 77")
        self.assertEqual(status, 77)
        self.assertIn("there is no cuda:0 to measure", shown)
        self.assertEqual(self.table.read_text(encoding="ascii"), TABLE)

    def test_a_run_that_fails_leaves_the_table_alone(self):
        with self.assertRaisesRegex(tune.UserError, "qbench ended with 1"):
            self.run_with("exit 1")

    def test_the_tree_s_own_table_is_read_and_written_as_it_stands(self):
        text = tune.TABLE.read_text(encoding="ascii")
        head, body = tune.split_table(text)
        rows = tune.parse_rows(body)
        self.assertTrue(head.startswith("// SPDX"))
        written = [line for line in body.splitlines() if not line.startswith("//")]
        self.assertEqual([tune.row_text(row) for row in rows], written)
        self.assertEqual(len(re.findall(r"^\{", text, re.M)), len(rows))


if __name__ == "__main__":
    unittest.main()
