#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of scripts/plot_results.py: what is read from journals, what is drawn, what is refused."""

import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts")
sys.path.insert(0, SCRIPTS)
sys.dont_write_bytecode = True
import journal  # noqa: E402
import plot_results  # noqa: E402

HAVE_MATPLOTLIB = importlib.util.find_spec("matplotlib") is not None
needs_matplotlib = unittest.skipUnless(
    HAVE_MATPLOTLIB, "matplotlib is not installed: run scripts/deps plot")


def result(mode, block_size, bits, sqnr_db, **others):
    record = {"type": "result", "suite": "roundtrip", "mode": mode, "block_size": block_size,
              "n": 4096, "k": 4096, "input": "normal", "status": "passed",
              "bits_per_param": bits, "weight_nmse": 10 ** (-sqnr_db / 10)}
    record.update(others)
    record.setdefault("case", "/".join(str(v) for v in record.values()))
    return {name: value for name, value in record.items() if value is not None}


def sweep(**others):
    out = [result("nf4", size, 4 + 32 / size, 22 - math.log2(size) / 4, **others)
           for size in (32, 64, 128)]
    return out + [result("int8", None, 8.0078, 43.1, **others),
                  result("bf16", None, 16, 55.6, **others),
                  result("fp32", None, 32, 0, **{"weight_nmse": 0, **others})]


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, records, tail="", name="run.jsonl"):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            for record in [{"type": "environment", "cpu": "a cpu"}, *records]:
                file.write(json.dumps(record) + "\n")
            file.write(tail)
        return path

    def run_script(self, *arguments, **environment):
        return subprocess.run(
            [sys.executable, os.path.join(SCRIPTS, "plot_results.py"), *arguments],
            capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment})


class ReadsJournals(Folder):
    def test_only_passed_results_with_an_error_and_a_size_are_kept(self):
        path = self.write([result("nf4", 64, 4.5, 20.7), result("nf4", 32, 5, 21, status="wrong"),
                           {"type": "result", "mode": "fp4", "status": "skipped"},
                           result("fp4", 64, None, 18), result("fp4", 64, float("nan"), 18)])
        self.assertEqual([r["mode"] for r in journal.read_journals([path])], ["nf4"])

    def test_of_the_same_case_the_last_one_counts(self):
        first = self.write([result("nf4", 64, 4.5, 20, case="x")], name="a")
        second = self.write([result("nf4", 64, 4.5, 21, case="x")], name="b")
        read = journal.read_journals([first, second])
        self.assertEqual(len(read), 1)
        self.assertAlmostEqual(read[0]["weight_nmse"], 10 ** -2.1)

    def test_a_name_with_a_line_separator_is_one_line(self):
        record = json.dumps(result("nf4", 64, 4.5, 20, tensor="a\u2028b"), ensure_ascii=False)
        path = self.write([], tail=record + "\n")
        self.assertEqual(journal.read_journals([path])[0]["tensor"], "a\u2028b")

    def test_totals_are_weighted_by_parameters(self):
        records = [result("nf4", 64, 4.5, 20, tensor="a", n=3, k=100),
                   result("nf4", 64, 6.5, 10, tensor="b", n=1, k=100)]
        [figure] = journal.make_figures(records)
        [point] = figure.points
        self.assertAlmostEqual(point.bits, 5.0)
        self.assertAlmostEqual(point.sqnr_db, -10 * math.log10(0.0325))
        self.assertIn("total of 2 tensors, 400 parameters", figure.title)

    def test_a_mode_that_lacks_tensors_says_so(self):
        records = [result("nf4", 64, 4.5, 20, tensor="a"), result("nf4", 64, 4.5, 20, tensor="b"),
                   result("fp4", 64, 4.5, 18, tensor="a")]
        modes = {p.mode for p in journal.make_figures(records)[0].points}
        self.assertEqual(modes, {"nf4", "fp4 (1 of 2 tensors)"})

    def test_each_shape_and_input_has_its_figure(self):
        records = sweep() + sweep(n=11008) + sweep(input="outliers") + sweep(suite="gemm", m=16)
        figures = journal.make_figures(records)
        self.assertEqual(len(figures), 3)
        self.assertEqual(figures[0].title, "roundtrip, gemm: weights 4096 x 4096, normal")
        self.assertEqual(len(figures[0].points), 6)

    def test_runs_of_near_values_are_clusters(self):
        self.assertEqual(plot_results.clusters([8, 4.5, 4.1, 5], gap=1.5), [[4.1, 5], [8, 8]])


class Refuses(Folder):
    def check_refused(self, completed, text):
        self.assertEqual(completed.returncode, 1)
        self.assertEqual(completed.stdout, "")
        self.assertEqual(completed.stderr.count("\n"), 1, completed.stderr)
        self.assertIn(text, completed.stderr)

    def test_a_journal_that_is_not_there(self):
        self.check_refused(self.run_script("missing.jsonl"), "cannot read missing.jsonl: No such")

    def test_a_journal_with_nothing_to_draw(self):
        self.check_refused(self.run_script(self.write([])), "no passed result with an error")

    def test_a_python_without_matplotlib(self):
        os.mkdir(os.path.join(self.folder, "matplotlib"))
        with open(os.path.join(self.folder, "matplotlib", "__init__.py"), "w") as file:
            file.write("raise ImportError('not here')\n")
        completed = self.run_script(self.write(sweep()), PYTHONPATH=self.folder)
        self.check_refused(completed, "scripts/deps plot")

    @needs_matplotlib
    def test_a_folder_that_cannot_be_made(self):
        path = self.write(sweep())
        self.check_refused(self.run_script(path, "--out", path), f"cannot create {path}: ")


@needs_matplotlib
class Draws(Folder):
    def draw(self, records, tail=""):
        out = os.path.join(self.folder, "out")
        completed = self.run_script(self.write(records, tail), "--out", out)
        self.assertEqual(completed.returncode, 0, completed.stderr)
        names = sorted(os.listdir(out))
        self.assertEqual(sorted(completed.stdout.splitlines()),
                         [os.path.join(out, name) for name in names])
        return completed, {name: self.read(os.path.join(out, name)) for name in names}

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            return file.read()

    def test_two_pictures_in_two_formats(self):
        completed, files = self.draw(sweep())
        self.assertEqual(completed.stderr, "")
        stem = "_4096x4096_normal"
        self.assertEqual(list(files), [f"error_vs_{what}{stem}.{kind}" for what in
                                       ("bits", "block_size") for kind in ("png", "svg")])
        for name, contents in files.items():
            start = b"\x89PNG\r\n" if name.endswith("png") else b"<?xml"
            self.assertTrue(contents.startswith(start), name)

    def test_axes_and_bound_and_baselines_are_named(self):
        _, files = self.draw(sweep())
        bits = files["error_vs_bits_4096x4096_normal.svg"].decode()
        for text in ("bits per parameter", "SQNR of the weights (dB)", "6.0206 dB per bit",
                     ">nf4<", ">int8<", ">64<", "weights 4096 x 4096, normal",
                     "bf16 (16 bits, 55.6 dB)", "fp32 (32 bits, exact)"):
            self.assertIn(text, bits)
        sizes = files["error_vs_block_size_4096x4096_normal.svg"].decode()
        for text in ("block size", "SQNR of the weights (dB)", ">nf4<", ">32<", ">128<"):
            self.assertIn(text, sizes)
        self.assertNotIn(">int8<", sizes)

    def test_the_same_journal_gives_the_same_bytes(self):
        first, second = self.draw(sweep())[1], self.draw(sweep())[1]
        self.assertEqual(first, second)

    def test_torn_and_foreign_lines_are_skipped_with_a_warning(self):
        completed, files = self.draw(sweep(), tail='[1]\n{"type":"res')
        self.assertEqual(completed.stderr.count("not a line of a journal, skipped"), 2)
        self.assertEqual(len(files), 4)

    def test_one_block_size_has_no_picture_against_block_size(self):
        completed, files = self.draw([result("nf4", 64, 4.5, 20.7), result("fp4", 64, 4.5, 18.3)])
        self.assertEqual(len(files), 2)
        self.assertIn("error_vs_block_size: nothing to draw", completed.stderr)

    def test_baselines_alone_are_drawn(self):
        _, files = self.draw([result("bf16", None, 16, 55.6)])
        self.assertIn(">bf16<", files["error_vs_bits_4096x4096_normal.svg"].decode())


if __name__ == "__main__":
    unittest.main(verbosity=2)
