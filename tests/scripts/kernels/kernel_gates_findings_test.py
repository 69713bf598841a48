#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts/kernels/kernel_gates finds, as lines of JSON, with a toolkit of the test's own. Run by CTest."""

import json
import sys
import unittest
import unittest.mock
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from kernel_gates_test import GATES, NAME, Toolkit, log_of  # noqa: E402


class Findings(Toolkit):
    """--findings: lines of JSON."""

    def findings(self, *arguments, expected=0, **kernel):
        file = self.root / "findings.jsonl"
        status, output = self.run_gates("--findings", str(file), *arguments, **kernel)
        self.assertEqual(status, expected, output)
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        return [one for one in lines if one.get("subject") != "wavefronts"]

    def write_gates(self, gates):
        """With a line for each innermost object, as --update does."""
        self.gates.write_text(json.dumps(gates, indent=1), encoding="ascii")

    def test_a_kernel_that_did_not_change_is_the_same(self):
        self.assertEqual(self.findings(), [
            {"type": "finding", "judgement": "SAME", "gate": "static", "subject": f"sm_90a {NAME}",
             "command": "scripts/kernels/kernel_gates", "file": "kernels/gates/gates.json"}])

    def test_a_breach_has_its_numbers_and_its_line(self):
        self.write_gates(GATES)
        lines = self.gates.read_text().splitlines()
        [found] = self.findings(log=log_of(registers=49), expected=3)
        self.assertEqual(
            [found[k] for k in ("judgement", "subject", "field", "before", "after", "file")],
            ["BREACH", f"sm_90a {NAME}", "registers", "48", "49", "kernels/gates/gates.json"])
        self.assertIn(NAME, lines[found["line"] - 1])
        self.assertIn("sm_90a", lines[found["line"] - 2])

    def test_a_kernel_without_numbers_is_a_breach_at_its_architecture(self):
        gates = json.loads(json.dumps(GATES))
        kernels = gates["toolkits"]["99.1"]["sm_90a"]
        kernels["gemm/nf4/bf16"] = kernels.pop(NAME)
        self.write_gates(gates)
        found = {one["subject"]: one for one in self.findings(expected=3)}
        self.assertIn("is gone", found["sm_90a gemm/nf4/bf16"]["reason"])
        new = found[f"sm_90a {NAME}"]
        self.assertIn("has no numbers", new["reason"])
        self.assertIn('"sm_90a"', self.gates.read_text().splitlines()[new["line"] - 1])

    def test_an_improvement_is_fast_and_a_spill_a_breach(self):
        self.assertEqual([one["judgement"] for one in self.findings(log=log_of(registers=40))],
                         ["FAST"])
        [found] = self.findings(log=log_of(spilled=8), expected=3)
        self.assertEqual((found["judgement"], found["field"]), ("BREACH", "spilled_bytes"))

    def test_update_records(self):
        self.assertEqual([one["judgement"] for one in
                          self.findings("--update", log=log_of(registers=50))], ["RECORDED"])
        self.assertEqual([one["judgement"] for one in self.findings(log=log_of(registers=50))],
                         ["SAME"])

    def test_an_unknown_toolkit_is_skipped(self):
        self.gates.write_text(json.dumps({**GATES, "toolkits": {}}), encoding="ascii")
        [found] = self.findings(log=log_of(registers=99))
        self.assertEqual((found["judgement"], found["subject"]), ("SKIPPED", "CUDA 99.1"))

    def test_stdout_holds_nothing_but_lines_of_json(self):
        self.run_gates()
        result = self.start("--findings", "-")
        self.assertEqual({json.loads(line)["type"] for line in result.stdout.splitlines()},
                         {"finding"})
        self.assertIn("0 breaches", result.stderr)


if __name__ == "__main__":
    unittest.main()
