#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts/kernels/kernel_gates makes of the kinds of "plain", which every mode has, with a toolkit of the test's own.
Run by CTest."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from kernel_gates_test import GATES, KERNEL, NAME, NO_ACCESSES, Toolkit, log_of  # noqa: E402

# It has two architectures, writes PTX of two kernels, and keeps what it was asked.
NVCC_OF_TWO = """#!/bin/sh
here=$(dirname "$0")
for argument; do last=$argument; done
echo "$*" >>"$here/asked"
case "$*" in
  *--version*) echo "Cuda compilation tools, release 99.1, V99.1.0" ;;
  *--list-gpu-code*) echo sm_80 sm_90 ;;
  *-ptx*) printf '.entry KERNEL(\n)\n.entry OTHER(\n)\n' >"$last" ;;
  *-cubin*) cat "$here/log" >&2; : >"$last" ;;
esac
"""


class PlainKernels(Toolkit):
    def test_a_plain_kernel_may_spill_what_is_recorded_and_no_more(self):
        gates = json.loads(json.dumps(GATES))
        gates["plain"] = {"gemv": {}}
        self.gates.write_text(json.dumps(gates), encoding="ascii")
        self.assert_breach("spilled_bytes: 0 -> 16", log=log_of(spilled=8))
        self.assertEqual(self.run_gates("--update", log=log_of(spilled=8))[0], 0)
        self.assertEqual(self.run_gates(log=log_of(spilled=8))[0], 0)
        self.assert_breach("spilled_bytes: 16 -> 32", log=log_of(spilled=16))

    def run_with_modes(self, modes, *arguments):
        """With a kernel_profile that knows these modes, where gemv/nf4/bf16 follows from "plain"."""
        gates = json.loads(json.dumps(GATES))
        how = gates["kernels"].pop(NAME)
        gates["plain"] = {"gemv": {k: v for k, v in how.items() if k != "bytes_per_weight"} |
                          {"moves": ["codes", "bf16"]}}
        gates["modes"] = {"nf4": {"bits_per_param": 4.5, "weights_a_thread": 2}}
        self.gates.write_text(json.dumps(gates), encoding="ascii")
        program = self.root / "kernel_profile"
        program.write_text(f"#!/bin/sh\necho '{json.dumps({**NO_ACCESSES, 'modes': modes})}'\n",
                           encoding="ascii")
        program.chmod(0o755)
        return self.run_gates("--profile", str(program), *arguments)

    def test_a_plain_kernel_is_defined_by_its_kind_and_the_size_of_its_mode(self):
        modes = {"NF4": {"bits_per_param": 4.5, "weights_a_thread": 2}}
        status, output = self.run_with_modes(modes)
        self.assertEqual(status, 0, output)
        self.assertRegex(output, NAME + r"\s+48\s+16\s+99\s+3\.5\s.*\s2\.562\s")
        self.assertEqual(self.run_with_modes(modes, "--update")[0], 0)

    def test_a_mode_of_another_size_is_a_breach_until_it_is_recorded(self):
        modes = {"nf4": {"bits_per_param": 5.0, "weights_a_thread": 2},
                 "b1.58": {"bits_per_param": 2.0, "weights_a_thread": 8}}
        status, output = self.run_with_modes(modes)
        self.assertIn("breach: mode nf4 figures: {'bits_per_param': 4.5", output)
        self.assertIn("breach: mode b158 figures: none -> {'bits_per_param': 2.0", output)
        self.assertEqual(status, 3)
        self.assertEqual(self.run_with_modes(modes, "--update")[0], 0)
        kept = json.loads(self.gates.read_text())["modes"]
        self.assertEqual(kept["nf4"]["bits_per_param"], 5.0)
        self.assertEqual(kept["b158"]["weights_a_thread"], 8)

    def test_plain_kernels_are_compiled_for_the_h200_alone(self):
        other = KERNEL.replace("4gemv", "8gemv_mma")
        nvcc = NVCC_OF_TWO.replace("KERNEL", KERNEL).replace("OTHER", other)
        (self.root / "bin" / "nvcc").write_text(nvcc, encoding="ascii")
        gates = {**GATES, "plain": {"gemv": {}}, "kernels": {}}
        self.gates.write_text(json.dumps(gates), encoding="ascii")
        self.run_gates()
        asked = (self.root / "bin" / "asked").read_text().splitlines()
        only = {a: [line for line in asked if "-cubin" in line and f"-arch={a}" in line] for a in ("sm_80", "sm_90a")}
        self.assertIn(f"--entry,{other} ", only["sm_80"][0])
        self.assertNotIn(KERNEL, only["sm_80"][0])
        self.assertNotIn("--entry", only["sm_90a"][0])


if __name__ == "__main__":
    unittest.main()
