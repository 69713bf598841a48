#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/kernels/cubin.py on made-up machine code: loops, counts, pipes and names. Run by CTest."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts" / "kernels"))
sys.dont_write_bytecode = True
import cubin  # noqa: E402


class Cubin(unittest.TestCase):
    def test_the_innermost_loop_is_the_one_around_no_other(self):
        code = [cubin.Instruction("LDG.E.U8", None)] * 6
        code[3] = cubin.Instruction("BRA", 1)
        code[4] = cubin.Instruction("BRA", 4)  # padding
        code[5] = cubin.Instruction("BRA", 0)
        self.assertEqual(cubin.innermost_loops(code), [code[1:4]])

    def test_without_a_loop_all_up_to_the_last_exit_counts(self):
        code = [cubin.Instruction(opcode, None) for opcode in ("MOV", "EXIT", "STG", "EXIT", "NOP")]
        self.assertEqual(cubin.counted_part(code, {"weights": 2}), (code[:4], 2))

    def test_an_opcode_is_counted_by_whole_parts(self):
        code = [cubin.Instruction("LDG.E" + rest, None) for rest in ("", ".U8.CONSTANT", "F")]
        self.assertEqual(cubin.count(code, "LDG.E"), 2)

    def test_loads_that_make_no_whole_weight_cannot_be_read(self):
        code = [cubin.Instruction("LDG", None)] * 3 + [cubin.Instruction("BRA", 0)]
        self.assertEqual(cubin.counted_part(code, {"marker": "LDG", "markers_per_weight": 2}),
                         (None, 0))
        self.assertEqual(cubin.counted_part(code, {"marker": "LDG", "markers_per_weight": 3}),
                         (code, 1))

    def test_pipes_by_opcode(self):
        for opcode, pipe in {"IMAD.MOV.U32": "imad", "FFMA": "fma", "HFMA2.BF16_V2": "fma",
                             "LOP3.LUT": "alu", "F2FP.BF16.F32.PACK_AB": "alu", "PRMT": "alu",
                             "LDG.E.U8": "lsu", "SHFL.BFLY": "lsu", "MUFU.RCP": "xu",
                             "HMMA.16816.F32": "tensor", "DADD": "fp64", "BRA.U": "branch",
                             "ULDC.64": "uniform", "UIMAD.WIDE.U32": "uniform"}.items():
            self.assertEqual(cubin.pipe(opcode), pipe, opcode)

    def test_wavefronts_are_those_of_the_load_and_store_unit_and_of_what_is_executed(self):
        code = [cubin.Instruction(*one) for one in (("LDS.64", None), ("LDS", None, "@!PT"), ("LDGSTS.E.128", None, "@P0"),
                                                    ("LDG.E.128", None), ("SHFL.IDX", None), ("FFMA", None))]
        every, shared = cubin.served(code)
        self.assertEqual((sum(every), sum(shared)), (2 + 4 + 4 + 1, 2 + 4))

    def test_names_are_short(self):
        self.assertEqual(cubin.short_name(
            "void qbench::cuda::gemm<qbench::cuda::Of<qbench::kNf4Dq>, __half>"
            "(__half const*, qbench::QuantizedView, __half*, long)"), "gemm/nf4-dq/fp16")
        self.assertEqual(cubin.mode_name("kQ4_K"), "q4_k")
        self.assertEqual(cubin.short_name("qbench::cuda::list_outliers(qbench::cuda::Int8View)"),
                         "list_outliers")


if __name__ == "__main__":
    unittest.main()
