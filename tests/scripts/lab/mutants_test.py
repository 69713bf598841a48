#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/lab/mutants without a compiler: how mutants are read, planted and judged. Run by CTest."""

import html
import importlib.machinery
import importlib.util
import json
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.dont_write_bytecode = True
LOADER = importlib.machinery.SourceFileLoader("mutants", str(ROOT / "scripts" / "lab" / "mutants"))
mutants = importlib.util.module_from_spec(importlib.util.spec_from_loader("mutants", LOADER))
LOADER.exec_module(mutants)

BUG = {"name": "bug", "what": "adds one", "file": "kernels/a.cuh", "find": "x + y", "replace": "x"}
HOST = {"name": "host", "what": "less", "file": "harness/b.cpp", "find": "a < b", "replace": "b < a"}
REPORT = '<TestCase name="one"/>\n<TestCase name="a &lt; b"><Expression success="false"/>'


def read(*changed):
    return mutants.read_mutants(json.dumps(list(changed)))


class Mutants(unittest.TestCase):
    def test_a_text_is_replaced_once(self):
        self.assertEqual(mutants.plant(BUG, "f(x + y);\n"), "f(x);\n")

    def test_a_text_found_twice_or_never_is_an_error(self):
        for text, count in (("x + y; x + y", 2), ("y + x", 0)):
            with self.assertRaisesRegex(mutants.UserError, f"bug: kernels/a.cuh .* {count} times"):
                mutants.plant(BUG, text)

    def test_fields_are_checked(self):
        for changed, message in (
                ({k: v for k, v in BUG.items() if k != "find"}, "bug lacks find"),
                ({**BUG, "surives": "why"}, "unknown field surives")):
            with self.assertRaisesRegex(mutants.UserError, message):
                read(changed)
        with self.assertRaisesRegex(mutants.UserError, "two mutants are called bug"):
            read(BUG, BUG)
        with self.assertRaisesRegex(mutants.UserError, "two mutants are called bug"):
            mutants.read_mutants(json.dumps([BUG]), json.dumps([HOST, BUG]))

    def test_the_programs_follow_from_the_folder_or_are_named(self):
        for file, programs in (("kernels/a.cuh", ["kernels_test"]),
                               ("kernels/emulator/runtime/mma.cpp", ["simt_test"]),
                               ("reference/planes/codec.cpp", ["reference_test", "formats_test", "kernels_test"]),
                               ("suites/case.cpp", ["suites_test"]),
                               ("reports/text/text.cpp", ["reports_test"]),
                               ("harness/gates/ab/pairs.cpp", ["harness_test"])):
            self.assertEqual(mutants.programs_of({**BUG, "file": file}), programs)
        for named in ("command_test", ["suites_test", "harness_test"]):
            self.assertEqual(mutants.programs_of({**BUG, "program": named}),
                             [named] if isinstance(named, str) else named)
        for changed in ({"file": "scripts/a"}, {"program": "no_test"}, {"program": []},
                        {"program": ["suites_test", "no_test"]}):
            with self.assertRaisesRegex(mutants.UserError, "bug: which test program finds it"):
                read({**BUG, **changed})

    def test_selection(self):
        other = {**BUG, "name": "other", "ci": "a < b"}
        both = read(BUG, other)
        self.assertEqual(mutants.select(both), both)
        self.assertEqual(mutants.select(both, ["other", "bug"]), [other, BUG])
        self.assertEqual(mutants.select(both, ci=True), [{**other, "test": "a < b"}])
        with self.assertRaisesRegex(mutants.UserError, "no mutant bugs: .*--list"):
            mutants.select(both, ["bug", "bugs"])

    def test_the_test_that_failed_is_the_last_that_began(self):
        self.assertEqual(mutants.failed_test(REPORT), "a < b")
        self.assertEqual(mutants.failed_test(""), "before any test")

    def test_verdicts_are_held_to_what_is_recorded(self):
        equal = {**BUG, "survives": "it changes no result"}
        self.assertTrue(mutants.as_expected(BUG, mutants.KILLED))
        self.assertTrue(mutants.as_expected(equal, mutants.SURVIVED))
        for mutant, verdict in ((BUG, mutants.SURVIVED), (equal, mutants.KILLED),
                                (BUG, mutants.BROKEN), (equal, mutants.BROKEN)):
            self.assertFalse(mutants.as_expected(mutant, verdict))

    def test_the_result_is_a_row_a_mutant(self):
        equal = {**BUG, "survives": "it changes no result"}
        text = mutants.as_markdown([(BUG, mutants.KILLED, "a test"),
                                    (equal, mutants.SURVIVED, None)])
        self.assertIn("\n1 of 2 planted bugs found, 0 not as recorded.\n", text)
        self.assertIn("| bug | adds one | `kernels/a.cuh` | killed | a test |\n", text)
        self.assertIn("| survived | it changes no result |", text)
        self.assertIn("1 of 2 planted bugs found, 1 not",
                      mutants.summary([(BUG, mutants.SURVIVED, None), (HOST, mutants.KILLED, "")]))
        self.assertEqual(mutants.row_of(BUG, mutants.KILLED, "a test"), "bug: KILLED: a test")
        self.assertEqual(mutants.row_of(BUG, mutants.SURVIVED, None), "bug: SURVIVED")


class Judgement(unittest.TestCase):
    """One mutant is judged, with builds and tests of the test's own making."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / BUG["file"]
        self.file.parent.mkdir()
        self.file.write_text("x + y", encoding="ascii")
        self.program = self.folder / "build" / "tests" / "kernels_test"
        self.program.parent.mkdir(parents=True)

    def judge(self, program, status=0, limit=60, mutant=BUG):
        self.program.write_text("#!/bin/sh\n" + program, encoding="ascii")
        self.program.chmod(0o755)
        self.built = None

        def build(*_):
            self.built = self.file.read_text(encoding="ascii")
            return status, "", ""
        with unittest.mock.patch.object(mutants, "build", build):
            verdict = mutants.judge_by(self.folder, mutant, "kernels_test", limit)
        self.assertEqual(self.built, "x")
        self.assertEqual(self.file.read_text(encoding="ascii"), "x + y")
        return verdict

    def test_a_failing_test_kills(self):
        self.assertEqual(self.judge(f"echo '{REPORT}'; exit 1"), (mutants.KILLED, "a < b"))

    def test_a_crash_kills(self):
        self.assertEqual(self.judge(f"echo '{REPORT}'; kill -SEGV $$"), (mutants.KILLED, "a < b"))

    def test_the_clock_kills(self):
        self.assertEqual(self.judge(f"echo '{REPORT}'; exec sleep 60", limit=0.5),
                         (mutants.KILLED, "a < b (by the clock)"))

    def test_passing_tests_do_not(self):
        self.assertEqual(self.judge(f"echo '{REPORT}'"), (mutants.SURVIVED, None))

    def test_one_of_ci_is_judged_by_its_test_alone(self):
        name = 'a, [b] "c"'
        report = f'<TestCase name="{html.escape(name)}"'
        verdict = self.judge(f"""[ "$4" = 'a\\, \\[b\\] \\"c\\"' ] && echo '{report}' && exit 1""",
                             mutant={**BUG, "test": name})
        self.assertEqual(verdict, (mutants.KILLED, name))
        self.assertEqual(self.judge('[ $# = 3 ] || exit 1'), (mutants.SURVIVED, None))

    def test_one_of_ci_whose_test_is_not_there_is_an_error(self):
        with self.assertRaisesRegex(mutants.UserError, 'ran no test of the name "gone": before any test'):
            self.judge("exit 2", mutant={**BUG, "test": "gone"})

    def test_what_does_not_compile_is_not_run(self):
        self.assertEqual(self.judge("exit 1", status=1), (mutants.BROKEN, None))


class Programs(unittest.TestCase):
    """Which programs a mutant is judged by, with verdicts of the test's own making."""

    def judge(self, verdicts, limits, programs=("suites_test", "harness_test"), **named):
        self.judged, self.timed = [], []

        def judge_by(_, mutant, program, limit):
            self.judged.append((program, limit))
            return verdicts[program]

        def time_unmutated(_, program):
            self.timed.append(program)
            return 60
        with unittest.mock.patch.object(mutants, "judge_by", judge_by), \
                unittest.mock.patch.object(mutants, "time_unmutated", time_unmutated):
            return mutants.judge(Path(), {**HOST, "program": list(programs), **named}, limits)

    def test_the_second_is_tried_where_the_first_finds_nothing(self):
        found, nothing = (mutants.KILLED, "a test"), (mutants.SURVIVED, None)
        limits = {"suites_test": 70}
        self.assertEqual(self.judge({"suites_test": nothing, "harness_test": found}, limits), found)
        self.assertEqual(self.judged, [("suites_test", 70), ("harness_test", 60)])
        self.assertEqual(self.timed, ["harness_test"])
        self.assertEqual(limits, {"suites_test": 70, "harness_test": 60})
        self.assertEqual(self.judge({"suites_test": nothing, "harness_test": nothing}, limits),
                         nothing)
        self.assertEqual(self.timed, [])

    def test_the_first_that_finds_it_is_enough(self):
        for verdict in ((mutants.KILLED, "a test"), (mutants.BROKEN, None)):
            self.assertEqual(self.judge({"suites_test": verdict}, {}), verdict)
            self.assertEqual(self.timed, ["suites_test"])

    def test_one_of_ci_is_not_timed(self):
        limits = {}
        self.judge({"suites_test": (mutants.KILLED, "a test")}, limits, test="a test")
        self.assertEqual((self.judged, self.timed, limits), ([("suites_test", mutants.CI_SECONDS)], [], {}))


class Tree(unittest.TestCase):
    def test_the_mutants_of_the_tree_can_be_planted(self):
        for mutant in mutants.read_lists():
            text = (ROOT / mutant["file"]).read_text(encoding="utf-8")
            self.assertNotEqual(mutants.plant(mutant, text), text)

    def test_ci_plants_a_handful_in_several_folders(self):
        few = mutants.select(mutants.read_lists(), ci=True)
        self.assertTrue(6 <= len(few) <= 8, len(few))
        self.assertGreaterEqual(len({m["file"].split("/")[0] for m in few}), 2)
        self.assertEqual([m["name"] for m in few if m["file"].startswith("kernels/") and m["file"].endswith("h")], [])

    def test_a_list_is_found_by_its_name(self):
        kernels = mutants.read_lists(["kernels"])
        self.assertTrue(all(m["file"].startswith("kernels/") for m in kernels))
        self.assertLess(len(kernels), len(mutants.read_lists()))
        with self.assertRaisesRegex(mutants.UserError, "no list kernel in tests/mutants; .*kernels"):
            mutants.read_lists(["kernel"])


if __name__ == "__main__":
    unittest.main()
