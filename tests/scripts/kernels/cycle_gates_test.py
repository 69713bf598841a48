#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/kernels/cycle_gates.py: which clocks are a breach; blocks that fit; whole products. Run by CTest."""

import copy
import sys
import tempfile
import types
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts" / "kernels"))
sys.dont_write_bytecode = True
import cubin  # noqa: E402
import cycle_gates  # noqa: E402
import definitions  # noqa: E402
import floors  # noqa: E402
import kernel_records  # noqa: E402
import occupancy  # noqa: E402
import paths  # noqa: E402
import sass  # noqa: E402
import shares  # noqa: E402
import whole  # noqa: E402
import whole_table  # noqa: E402
from cards import read_cards  # noqa: E402

CARDS = read_cards()
OLD = {"cycles_per_weight": 0.03, "binds": "lsu", "blocks": 2, "prologue": 700, "drain": 90}
GATES = {"cycles": {"13.0": {"sm_80": {"gemv": OLD}}}}
LOOP = [sass.Instruction(opcode, "", predicate, target, 1, 7, 7, 0) for opcode, predicate, target in
        (("S2R", "", None), ("LDGSTS.E.128", "", None), ("LDGDEPBAR", "", None),
         ("DEPBAR.LE", "", None), ("LDGSTS.E.128", "", None), ("LDGDEPBAR", "", None), ("HMMA.16816", "", None),
         ("BRA", "@P0", 3), ("EXIT", "", None))]


class Judged(unittest.TestCase):
    def judge(self, update=False, gates=GATES, **changed):
        gates = copy.deepcopy(gates)
        measured = {"sm_80": {"gemv": {**OLD, **changed}}}
        return [(one.judgement, one.field) for one in cycle_gates.judge(gates, "13.0", measured, update)], gates

    def test_the_same_clocks_pass(self):
        self.assertEqual(self.judge()[0], [("SAME", "")])

    def test_more_clocks_fewer_blocks_and_more_instructions_are_breaches(self):
        for field, value in (("cycles_per_weight", 0.031), ("blocks", 1), ("prologue", 701), ("drain", 91),
                             ("cycles_per_weight", None)):
            self.assertEqual(self.judge(**{field: value})[0], [("BREACH", field)])

    def test_less_is_better(self):
        for field, value in (("cycles_per_weight", 0.029), ("blocks", 3), ("prologue", 699)):
            self.assertEqual(self.judge(**{field: value})[0], [("FAST", field)])

    def test_another_unit_binds_for_the_better_only_at_fewer_clocks(self):
        self.assertEqual(self.judge(binds="alu")[0], [("BREACH", "binds")])
        self.assertEqual(self.judge(binds="alu", cycles_per_weight=0.02)[0],
                         [("FAST", "cycles_per_weight"), ("FAST", "binds")])

    def test_update_records(self):
        records, gates = self.judge(update=True, binds="alu")
        self.assertEqual(records, [("RECORDED", "binds")])
        self.assertEqual(gates["cycles"]["13.0"]["sm_80"]["gemv"]["binds"], "alu")

    def test_a_kernel_that_came_or_went_and_an_architecture_that_went_are_breaches(self):
        gates = {"cycles": {"13.0": {"sm_80": {"gemm": OLD}, "sm_86": {"gemm": OLD}}}}
        records = cycle_gates.judge(gates, "13.0", {"sm_80": {"gemv": OLD}}, False)
        self.assertEqual([(one.judgement, one.architecture, one.kernel) for one in records],
                         [("BREACH", "sm_80", "gemm"), ("BREACH", "sm_80", "gemv"), ("BREACH", "sm_86", "")])

    def test_no_record_allows_more_clocks_than_at_most_or_a_loop_that_cannot_be_read(self):
        for clocks, most in ((0.04, 0.03), (None, 1)):
            gates = {"kernels": {"gemv": {"cycles_at_most": {"sm_80": most}}}, "cycles": {"13.0": {}}}
            found = {"sm_80": {"gemv": {**OLD, "cycles_per_weight": clocks}}}
            for update in (True, False):
                records = cycle_gates.judge(gates, "13.0", found, update)
                self.assertEqual([(one.judgement, one.kernel) for one in records], [("BREACH", "gemv")])

    def test_no_record_allows_spills_on_any_architecture(self):
        self.assertEqual([cycle_gates.spilled({"spilled_bytes": n}) for n in (0, 8)], [{}, {"spilled_bytes": 8}])
        for update in (True, False):
            found = {"sm_86": {"gemv": {**OLD, "spilled_bytes": 8}}}
            gates = {"cycles": {"13.0": copy.deepcopy(found)}}
            self.assertEqual([(one.judgement, one.architecture, one.field) for one in
                              cycle_gates.judge(gates, "13.0", found, update)], [("BREACH", "sm_86", "spilled_bytes")])

    def test_every_parameter_of_a_card_is_assumed_or_has_a_source(self):
        for card in CARDS.values():
            self.assertEqual([text for text in card.sources.values()
                              if not text.startswith(("assumed", "measured by NVML", "measured on an H200: "))
                              and not any(word in text for word in ("whitepaper", "brief", "arXiv", "gpu-benches", "CUDA", "Nsight", "data sheet"))], [])

    def test_a_toolkit_without_records_is_skipped(self):
        self.assertEqual(self.judge(gates={})[0], [("SKIPPED", "")])

    def test_a_finding_lies_at_its_line_among_the_cycles(self):
        text = '{\n"toolkits": {\n"13.0": {\n"sm_80": {\n"gemv": {}}}},\n"cycles": {\n"13.0": {\n"sm_80": {\n"gemv": {}}}}}'
        gates = {"toolkits": {"13.0": {"sm_80": {"gemv": {}}}}, **GATES}
        for field, line in (("registers", 5), ("cycles_per_weight", 9)):
            record = kernel_records.Record("BREACH", "sm_80", "gemv", field)
            self.assertEqual(kernel_records.place(record, "13.0", gates, text), line)

    def test_products_that_the_assembler_puts_in_a_row_are_a_breach(self):
        log = ("ptxas info    : (C7514) Potential Performance Loss: wgmma.mma_async instructions are serialized due to non wgmma "
               "instructions reading accumulator registers of  a wgmma between start and end of the pipeline stage in the "
               "function '_Z3foov'\nptxas info    : Compiling entry function '_Z3barv' for 'sm_90a'\n")
        self.assertEqual(cycle_gates.serialized(log), {"_Z3foov"})
        found = {"cycles_per_weight": 0.05, "binds": "lsu"}
        self.assertEqual(cycle_gates.forbidden("sm_90a", "foo", found, {}), [])
        [record] = cycle_gates.forbidden("sm_90a", "foo", {**found, "serialized": True}, {})
        self.assertEqual((record.judgement, record.reason), ("BREACH", "ptxas puts its products in a row"))

    def test_shared_memory_of_launches_is_that_of_the_ptx(self):
        with tempfile.TemporaryDirectory() as folder:
            ptx = Path(folder) / "kernels.ptx"
            ptx.write_text(".global .align 4 .u32 _ZN3foo26dynamic_shared_of_gemv_mmaE = 114688;\n", encoding="ascii")
            found = cycle_gates.shared_in(ptx)
        self.assertEqual(found, {"gemv_mma": 114688})
        [record] = cycle_gates.judge_shared({"dynamic_shared": {"gemv_mma": 1}}, found, False)
        self.assertEqual((record.judgement, record.before, record.after), ("BREACH", 1, 114688))


    def test_shared_memory_is_that_of_a_kind_of_its_last_parameter_or_of_a_named_launch(self):
        gates = {"dynamic_shared": {"gemv_mma": 1, "gemv_mma_2": 2, "gemv_mma_table_2": 3},
                 "kernels": {"gemv_mma/fp4/bf16/64/2": {"launch": "gemv_mma_table_2"}}}
        for kernel, size in (("gemv_mma/nf4/bf16/64/1", 1), ("gemv_mma/nf4/bf16/64/2", 2), ("gemm", 0),
                             ("gemv_mma/fp4/bf16/64/2", 3)):
            self.assertEqual(definitions.dynamic_shared(gates, kernel), size)


class Occupancy(unittest.TestCase):
    def blocks(self, card, threads=256, registers=32, shared=0):
        return occupancy.blocks_at_once(CARDS[card], occupancy.Launch(threads, registers, 0, shared))

    def test_threads_registers_and_shared_memory_limit(self):
        self.assertEqual(self.blocks("H200"), 8)
        self.assertEqual(self.blocks("RTX 4090"), 6)
        self.assertEqual(self.blocks("H200", registers=122), 2)
        self.assertEqual(self.blocks("H200", shared=114688 - 1024), 2)
        self.assertEqual(self.blocks("A100", shared=114688), 1)

    def test_a_block_of_more_than_99_163_or_227_kib_does_not_fit(self):
        for card, kib in (("RTX 3090", 99), ("RTX 4090", 99), ("RTX 5090", 99), ("A100", 163), ("H200", 227), ("B200", 227)):
            self.assertEqual([self.blocks(card, shared=1024 * n) for n in (kib, kib + 1)], [1, 0], card)


class Whole(unittest.TestCase):
    """The kernel is a loop of a copy and a product, 64 weights a turn of a thread."""

    HOW = {"marker": "HMMA", "markers_per_weight": 1 / 64, "bytes_per_weight": 0.5}
    GRID = {"rows": 16, "x_rows": 8, "moved": {"LDGSTS": {"level": "dram", "dram": "weights", "l2": 512}}}

    def path(self, *turns):
        function = sass.Function(LOOP, 32, 0, 256)
        return whole.path_of(function, LOOP[3:8], self.HOW, self.GRID, [turns])

    def test_copies_that_the_prologue_made_are_not_made_at_the_end(self):
        card = CARDS["H200"]
        path = self.path(5)
        works = [[whole.work_of(one, card, whole.memory_of(self.GRID["moved"], whole.Shape(16, 64, 1))) for one in part]
                 for part, _ in path.segments]
        copies = sum(one.copy * times for part, times in whole.works_of(path, works) for one in part)
        self.assertEqual(copies, 5)

    def test_copies_are_those_of_the_last_turns_that_follow_them(self):
        """Other code between the turns, with copies of its own kind, is none of those."""
        one = {name: types.SimpleNamespace(opcode=opcode) for name, opcode in
               (("copy", "LDGSTS.E.BYPASS.128"), ("of x", "LDGSTS.E.LTC128B.128"), ("product", "HMMA"))}
        hot, between, before = [one["copy"], one["product"]], [one["of x"]], [one["copy"]] * 3 + [one["of x"]]
        path = paths.Path([(before, 1), (hot, 4), (between, 1), (hot, 2), (before, 1), (hot, 5), (between, 1)], (1, 3, 5), 0, 0)
        self.assertEqual(whole.copied_before(path), {1: 1, 3: 2, 5: 3})

    def test_a_turn_moves_the_bytes_of_its_weights_once(self):
        moved = {"LDGSTS": {"level": "dram", "dram": "weights"}, "LDG.E": {"level": "dram", "dram": "weights"},
                 "LDG.E.128": {"level": "l2", "l2": 64}}
        body = [types.SimpleNamespace(opcode=opcode) for opcode in
                ("LDGSTS.E.BYPASS.128", "LDGSTS.E.BYPASS.128", "LDG.E.U8", "LDG.E.128.CONSTANT", "LDGDEPBAR", "HMMA")]
        self.assertEqual(whole.dram_of(body, 2304, {"moved": moved}, 8), 768)
        self.assertEqual(whole.dram_of(body, 2304, {"moved": moved, "x_rows": 8}, 17), 256)  # three blocks of one reader
        self.assertEqual(whole.dram_of(body[4:], 2304, {"moved": moved}, 8), 2304)  # nothing divides by 0

    def test_outside_of_the_hottest_loop_another_level_may_answer(self):
        card, one = CARDS["H200"], {"LDG.E": {"level": "l2", "outside": "dram"}, "LDGSTS": {"level": "dram"}}
        for where, latencies in (("level", (card.l2_latency, card.dram_latency)), ("outside", (card.dram_latency,) * 2)):
            memory = whole.memory_of(one, whole.Shape(16, 64, 1), where=where)
            self.assertEqual(tuple(memory.of(opcode, card)[0] for opcode in ("LDG.E.U8", "LDGSTS.E.128")), latencies)
        copies = {"LDGSTS": {"level": "l2", "outside": "dram"}}
        slow, fast = (whole.seconds(sass.Function(LOOP, 32, 0, 256), self.HOW, {**self.GRID, "moved": moved},
                                    whole.Shape(16, 64 * 32 * 8, 1), card, occupancy.Launch(256, 32, 0, 0))
                      for moved in (copies, {"LDGSTS": {"level": "l2"}}))
        self.assertGreater(slow, fast)

    def test_a_grid_is_rows_and_rows_of_x_or_what_runs_at_once(self):
        blocks = shares.blocks_of(self.GRID, whole.Shape(100, 64, 9), 64, 132)
        self.assertEqual((blocks.count, blocks.places, blocks.parts), (14, [[16]], 1))
        blocks = shares.blocks_of({"persistent": True}, whole.Shape(264 * 16, 512, 1), 2048, 132)
        self.assertEqual((blocks.count, blocks.places, blocks.parts), (132, [[8]], 4))

    def test_products_are_shared_out_as_launches_do(self):
        """The same shares as in tests/kernels/gemm_mma_test.cpp."""
        for of, share in (((16, 32, 64, 132), (16, 16, 1, 4)), ((64, 32, 64, 132), (64, 16, 1, 4)), ((64, 16, 32, 132), (32, 8, 1, 4)),
                          ((32, 112, 64, 132), (32, 55, 2, 3)), ((64, 112, 64, 132), (64, 64, 1, 1)), ((32, 16, 32, 132), (32, 4, 1, 8)), ((16, 16, 32, 108), (16, 8, 1, 4)),
                          ((16, 1, 64, 132), (16, 4, 1, 16)), ((16, 500, 4, 132), (16, 16, 4, 1)), ((1, 1, 1, 132), (16, 1, 1, 1)),
                          ((16, 2, 17, 7), (16, 5, 2, 5)), ((24, 2, 17, 7), (32, 5, 2, 5)), ((40, 2, 17, 7), (64, 6, 1, 3))):
            self.assertEqual(shares.share_of(*of)[:4], share, of)
        grid, shape = {**self.GRID, "rows": 256, "x_rows": 32, "tile": 128}, whole.Shape(112 * 256, 64 * 128, 32)
        self.assertEqual(shares.blocks_of(grid, shape, 32768, 132), (131, [[27], [28]], 3))
        grid, shape = {**grid, "x_rows": 64}, whole.Shape(8192, 8192, 64)
        self.assertEqual(shares.blocks_of(grid, shape, 32768, 132), (128, [[16]], 4))
        grid = {**grid, "x_rows": 32, "x_tiles": 5}
        self.assertEqual(shares.blocks_of(grid, whole.Shape(4096, 4096, 64), 32768, 132).places, [[5, 3]])
        self.assertIsNone(shares.share_at(self.GRID, shape, 132, [8]))

    def test_the_kernel_of_a_product_is_that_of_its_share(self):
        gates = {"grids": {"gemm_mma_32": {"rows": 256, "tile": 128}, "gemm_mma_64": {"rows": 256, "tile": 128}}}
        kernels = {8: "gemv/1", 32: "gemm_mma/32", 64: "gemm_mma/64"}
        for n, m, name in ((4096, 8, "gemv/1"), (4096, 64, "gemm_mma/32"), (8192, 64, "gemm_mma/64")):
            self.assertEqual(whole_table.name_at(gates, kernels, whole.Shape(n, n, m), CARDS["H200"]), name)
        no_room = {**gates, "dynamic_shared": {"gemm_mma_64": 128 * 1024}}
        for card, name in (("H200", "gemm_mma/64"), ("RTX 3090", "gemm_mma/32")):
            self.assertEqual(whole_table.name_at(no_room, kernels, whole.Shape(8192, 8192, 64), CARDS[card]), name)

    def test_the_block_that_arrives_last_adds_the_sums_of_all_parts(self):
        card = CARDS["H200"]
        every = {"opcode": "LDG.E.128", "parts": 1}
        self.assertEqual(whole.adding(every, whole.Shape(8192, 8192, 64), shares.Blocks(128, [[16]], 4), 256, card),
                         (4, card.l2_bytes_per_clock / card.l2_port_bytes_per_clock))
        some = {"opcode": "LDG.E.128", "parts": 4, "outputs": 4}  # 8 tiles of 8 columns, 2 of which no row has
        turns, share = whole.adding(some, whole.Shape(66 * 16 * 6, 8192, 8), shares.Blocks(264, [[16]], 4), 256, card)
        self.assertEqual((turns, share), (1, 6 / 8 * card.l2_bytes_per_clock / card.l2_port_bytes_per_clock))
        self.assertEqual(whole.adding(some, whole.Shape(66 * 16 * 9, 16384, 8), shares.Blocks(264, [[16]], 5), 256, card)[0], 4)

    def test_floors_are_bytes_at_few_rows_and_products_at_many(self):
        card = CARDS["H200"]
        few, many = whole.Shape(8192, 8192, 1), whole.Shape(8192, 8192, 4096)
        self.assertAlmostEqual(floors.bf16(few, card), 2 * 8192 * 8194 / card.copy_bytes_per_second)
        rate = 16 * 8 * 16 / 4 * 4 * card.multiprocessors * card.clock_hz  # products a second
        self.assertAlmostEqual(floors.bf16(many, card), 4096 * 8192 * 8192 / rate)
        more = floors.dequantized(few, card, 0.5) - floors.bf16(few, card)
        self.assertAlmostEqual(more, 2.5 * 8192 * 8192 / card.copy_bytes_per_second)

    def test_a_product_of_more_rows_than_any_kernel_names_is_that_of_the_most(self):
        kernels = {8: "few", 64: "many"}
        self.assertEqual([whole_table.kernel_for(kernels, m) for m in (1, 8, 9, 64, 65)],
                         ["few", "few", "many", "many", "many"])

    def test_dram_binds_where_nothing_else_does(self):
        card, shape = CARDS["H200"], whole.Shape(132 * 16 * 8, 64 * 32 * 8 * 8, 1)
        function = sass.Function(LOOP, 32, 0, 256)
        how = {**self.HOW, "bytes_per_weight": 0.25}
        launch = occupancy.launch_of(function)
        taken = whole.seconds(function, how, self.GRID, shape, card, launch)
        self.assertAlmostEqual(whole.share_of_copy(taken, how, shape, card), card.stream_share, delta=0.04)

    def test_a_kernel_that_does_not_fit_has_no_time(self):
        function = sass.Function(LOOP, 32, 0, 256)
        launch = occupancy.launch_of(function, 100 * 1024)
        self.assertIsNone(whole.seconds(function, self.HOW, self.GRID, whole.Shape(16, 16384, 1), CARDS["RTX 4090"], launch))


if __name__ == "__main__":
    unittest.main()
