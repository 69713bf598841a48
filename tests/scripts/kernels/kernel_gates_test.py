#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kernel_gates with a toolkit of its own making: what is read, and what is a breach. Run by CTest.
"""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts" / "kernels"
sys.path.insert(0, str(SCRIPTS))
sys.dont_write_bytecode = True

KERNEL = ("_ZN6qbench4cuda4gemvINS0_2OfIL_ZNS_4kNf4EEEE13__nv_bfloat16EEvPKT0_"
          "NS_13QuantizedViewEPS5_i")
NAME = "gemv/nf4/bf16"

NVCC = """#!/bin/sh
here=$(dirname "$0")
for argument; do last=$argument; done
case "$*" in
  *--version*) echo "Cuda compilation tools, release 99.1, V99.1.0" ;;
  *--list-gpu-code*) echo sm_90 ;;
  *-cubin*) cat "$here/log" >&2; : >"$last"; exit "$(cat "$here/status")" ;;
esac
"""
NVDISASM = '#!/bin/sh\ncat "$(dirname "$0")/listing"\n'

NO_ACCESSES = {"wavefronts": {}, "sectors_per_request": {}, "l2_bytes_per_weight": {}}

GATES = {"kernels": {NAME: {"marker": "LDG.E.U8", "markers_per_weight": 1, "bytes_per_weight": 0.5}},
         "toolkits": {"99.1": {"sm_90a": {NAME: {
             "registers": 48, "shared_bytes": 16, "instructions_per_weight": 3.5,
             "wide_loads": 1}}}}}


def loop(*extra):
    """4 instructions, a loop of 7 with 2 loads of weights, EXIT and padding."""
    body = ["LDG.E.U8.CONSTANT", "LDG.E.U8", "LDG.E.128.CONSTANT", "FFMA", "IMAD.MOV.U32", *extra]
    code = ["S2R", "ULDC.64", "MOV", "LDG.E.U8", *body, "LOP3.LUT"]
    listing = [{"opcode": opcode, "operands": "R1"} for opcode in code]
    listing += [{"opcode": "BRA.U", "operands": "UP0,0x40", "predicate": "@P0"},
                {"opcode": "EXIT"}]
    return [*listing, {"opcode": "BRA", "operands": hex(16 * len(listing))}]


def listing_of(instructions):
    return json.dumps([{}, [{"function-name": KERNEL, "start": 0,
                             "sass-instructions": instructions}]])


def log_of(registers=48, shared=16, spilled=0):
    return (f"ptxas info : Function properties for {KERNEL}\n"
            f"  0 bytes stack frame, {spilled} bytes spill stores, {spilled} bytes spill loads\n"
            f"ptxas info : Used {registers} registers, used 1 barriers, {shared} bytes smem\n")


class Toolkit(unittest.TestCase):
    """A tree with the script, and a toolkit whose answers a test chooses."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "scripts" / "kernels").mkdir(parents=True)
        (self.root / "kernels" / "gates").mkdir(parents=True)
        (self.root / "bin").mkdir()
        for file in [SCRIPTS / "kernel_gates", *SCRIPTS.glob("*.py")]:
            shutil.copy(file, self.root / "scripts" / "kernels")
        shutil.copy(SCRIPTS.parents[1] / "kernels" / "gates" / "cards.json", self.root / "kernels" / "gates")
        for name, text in {"nvcc": NVCC, "nvdisasm": NVDISASM}.items():
            (self.root / "bin" / name).write_text(text, encoding="ascii")
            (self.root / "bin" / name).chmod(0o755)
        self.gates = self.root / "kernels" / "gates" / "gates.json"
        self.gates.write_text(json.dumps(GATES), encoding="ascii")

    def run_gates(self, *arguments, log=log_of(), code=None, status=0):
        """Exit status and what is printed, for a kernel with this log and this code."""
        for name, text in {"log": log, "status": str(status),
                           "listing": listing_of(code or loop())}.items():
            (self.root / "bin" / name).write_text(text, encoding="ascii")
        result = self.start(*arguments)
        return result.returncode, result.stdout + result.stderr

    def start(self, *arguments):
        return subprocess.run(
            [sys.executable, str(self.root / "scripts" / "kernels" / "kernel_gates"), *arguments],
            env={**os.environ, "CUDA_HOME": str(self.root)}, capture_output=True, text=True)

    def assert_breach(self, line, **kernel):
        status, output = self.run_gates(**kernel)
        self.assertIn(f"breach: sm_90a {NAME} {line}", output)
        self.assertEqual(status, 3, output)


class KernelGates(Toolkit):
    def kept(self):
        return json.loads(self.gates.read_text())["toolkits"]["99.1"]["sm_90a"][NAME]

    def test_equal_numbers_pass(self):
        status, output = self.run_gates()
        self.assertEqual(status, 0, output)
        self.assertIn("kernel_gates: 0 breaches", output)
        self.assertRegex(output, NAME + r"\s+48\s+16\s+99\s+3\.5\s")

    def test_more_instructions_a_weight_are_a_breach(self):
        self.assert_breach("instructions_per_weight: 3.5 -> 4.0", code=loop("SHF.R.U32.HI"))

    def test_more_than_is_ever_allowed_is_a_breach_that_update_cannot_record(self):
        gates = json.loads(json.dumps(GATES))
        gates["kernels"][NAME]["at_most"] = 3.25
        self.gates.write_text(json.dumps(gates), encoding="ascii")
        for arguments in ([], ["--update"]):
            status, output = self.run_gates(*arguments)
            self.assertIn("instructions_per_weight: at most 3.25 -> 3.5: no record allows it", output)
            self.assertEqual(status, 3, output)

    def test_a_kernel_whose_instructions_cannot_be_read_is_over_any_limit(self):
        gates = json.loads(json.dumps(GATES))
        gates["kernels"][NAME].update(at_most=9, marker="HMMA")
        self.gates.write_text(json.dumps(gates), encoding="ascii")
        self.assertEqual(self.run_gates()[0], 3)

    def test_more_registers_are_a_breach(self):
        self.assert_breach("registers: 48 -> 49", log=log_of(registers=49))

    def test_more_shared_memory_is_a_breach(self):
        self.assert_breach("shared_bytes: 16 -> 32", log=log_of(shared=32))

    def test_a_missing_wide_load_is_a_breach(self):
        code = loop()
        code[6]["opcode"] = "LDG.E.64"
        self.assert_breach("wide_loads: 1 -> 0", code=code)

    def test_a_loop_that_cannot_be_read_is_a_breach(self):
        code = [one for one in loop() if one["opcode"] != "BRA.U"]
        self.assert_breach("instructions_per_weight: 3.5 -> none", code=code)

    def test_a_spill_in_the_log_is_a_breach(self):
        self.assert_breach("spilled_bytes: 0 -> 16", log=log_of(spilled=8))

    def test_local_memory_in_the_code_is_a_breach_even_with_update(self):
        code = loop()
        code[0]["opcode"] = "STL.64"
        self.assert_breach("local_accesses: 0 -> 1", code=code)
        self.assertEqual(self.run_gates("--update", code=code)[0], 3)

    def test_source_that_does_not_compile_is_an_error(self):
        status, output = self.run_gates(log="error: expected a ';'\n", status=2)
        self.assertEqual(status, 1, output)
        self.assertIn("does not compile for sm_90a", output)
        self.assertIn("expected a ';'", output)

    def test_a_kernel_that_is_gone_is_a_breach(self):
        gates = json.loads(json.dumps(GATES))
        gates["toolkits"]["99.1"]["sm_90a"]["gemm/nf4/bf16"] = {"registers": 1}
        self.gates.write_text(json.dumps(gates), encoding="ascii")
        status, output = self.run_gates()
        self.assertEqual(status, 3)
        self.assertIn("gemm/nf4/bf16: is gone", output)

    def test_an_architecture_that_is_gone_is_a_breach(self):
        nvcc = self.root / "bin" / "nvcc"
        nvcc.write_text(NVCC.replace("echo sm_90", "echo sm_80"), encoding="ascii")
        status, output = self.run_gates()
        self.assertEqual(status, 3, output)
        self.assertIn("breach: sm_90a: was not measured", output)

    def test_an_improvement_is_a_note(self):
        status, output = self.run_gates(log=log_of(registers=40))
        self.assertEqual(status, 0, output)
        self.assertIn(f"better: sm_90a {NAME} registers: 48 -> 40", output)

    def test_update_says_what_changed_and_writes_it(self):
        status, output = self.run_gates("--update", log=log_of(registers=50))
        self.assertEqual(status, 0, output)
        self.assertIn("registers: 48 -> 50", output)
        self.assertEqual(self.kept(), {"registers": 50, "shared_bytes": 16,
                                       "instructions_per_weight": 3.5, "wide_loads": 1})
        self.assertEqual(self.run_gates(log=log_of(registers=50))[0], 0)
        self.assertEqual(self.run_gates(log=log_of(registers=51))[0], 3)

    def test_without_update_nothing_is_written(self):
        before = self.gates.read_bytes()
        self.run_gates(log=log_of(registers=50))
        self.assertEqual(self.gates.read_bytes(), before)

    def test_an_unknown_toolkit_is_advisory_but_may_not_spill(self):
        self.gates.write_text(json.dumps({**GATES, "toolkits": {}}), encoding="ascii")
        status, output = self.run_gates(log=log_of(registers=99))
        self.assertEqual(status, 0, output)
        self.assertIn("skipped: CUDA 99.1: has no numbers", output)
        self.assertIn(NAME, output)
        self.assertEqual(self.run_gates(log=log_of(spilled=8))[0], 3)

    def run_profiled(self, wavefronts, *arguments, sectors=16):
        """With a kernel_profile that counts so many; 0.25 are recorded."""
        gates = json.loads(json.dumps(GATES))
        gates["kernels"][NAME].update(profile="gemv/nf4/8", wavefronts=0.25, sectors_per_request=16, l2_bytes_per_weight=1.5)
        self.gates.write_text(json.dumps(gates), encoding="ascii")
        program = self.root / "kernel_profile"
        counted = {"wavefronts": {"gemv/nf4/8": wavefronts}, "sectors_per_request": {"gemv/nf4/8": sectors},
                   "l2_bytes_per_weight": {"gemv/nf4/8": 1.5}, "modes": {}}
        program.write_text(f"#!/bin/sh\n[ $* = gemv/nf4/8 ] && echo '{json.dumps(counted)}'\n", encoding="ascii")
        program.chmod(0o755)
        return self.run_gates("--profile", str(program), *arguments)

    def test_more_wavefronts_are_a_breach_until_they_are_recorded(self):
        status, output = self.run_profiled(0.25)
        self.assertEqual(status, 0, output)
        self.assertRegex(output, r"\s8\.00\s")  # of 32 weights
        status, output = self.run_profiled(0.5)
        self.assertIn(f"breach: {NAME} wavefronts: 0.25 -> 0.5", output)
        self.assertEqual(status, 3)
        self.assertEqual(self.run_profiled(0.5, "--update")[0], 0)
        self.assertEqual(json.loads(self.gates.read_text())["kernels"][NAME]["wavefronts"], 0.5)

    def test_more_sectors_a_request_are_a_breach(self):
        status, output = self.run_profiled(0.25, sectors=20)
        self.assertIn(f"breach: {NAME} sectors_per_request: 16 -> 20", output)
        self.assertEqual(status, 3)
        self.assertIn(f"better: {NAME} sectors_per_request: 16 -> 12", self.run_profiled(0.25, sectors=12)[1])

    def test_the_load_and_store_unit_is_one_and_conflicts_bind_it(self):
        self.assertRegex(self.run_gates()[1], r" 3\.00 ")  # wavefronts a weight: 2 loads of a byte, one of 16
        self.assertRegex(self.run_profiled(0.25)[1], r" 11\.00 .* lsu\s+\d+\.\d %")

    def test_without_a_profile_the_rest_is_judged(self):
        status, output = self.run_gates()
        self.assertIn("skipped: wavefronts: no build", output)
        self.assertEqual(status, 0)

    def test_without_nvcc_nothing_runs_but_it_is_said(self):
        loader = importlib.machinery.SourceFileLoader("kernel_gates",
                                                      str(SCRIPTS / "kernel_gates"))
        script = importlib.util.module_from_spec(
            importlib.util.spec_from_loader("kernel_gates", loader))
        loader.exec_module(script)
        lines = io.StringIO()
        with unittest.mock.patch.object(script, "find_tool", lambda name: None), \
                unittest.mock.patch.object(sys, "argv", ["kernel_gates", "--findings", "-"]), \
                contextlib.redirect_stdout(lines), contextlib.redirect_stderr(io.StringIO()) as told:
            self.assertEqual(script.main(), 0)
        self.assertIn("skipped: all kernels: no nvcc", told.getvalue())
        found = json.loads(lines.getvalue())
        self.assertEqual(found["judgement"], "SKIPPED")
        self.assertIn("no nvcc", found["reason"])


if __name__ == "__main__":
    unittest.main()
