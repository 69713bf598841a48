#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/kernels/multiprocessor.py on made-up machine code of known cost, and on a kernel of revision 1bee0d1.
Run by CTest."""

import sys
import types
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "scripts" / "kernels"))
sys.dont_write_bytecode = True
import loops  # noqa: E402
import multiprocessor  # noqa: E402
import paths  # noqa: E402
import sass  # noqa: E402
import units  # noqa: E402
import whole  # noqa: E402
from cards import read_cards, share_of_dram  # noqa: E402

H200 = read_cards()["H200"]


def with_values(**values):
    return types.SimpleNamespace(**{**vars(H200), **values})


def works(text, card=H200, memory=None):
    return [units.work_of(one, card, memory or units.Memory()) for one in sass.read_text(text)]


def clocks(text, times=1, warps=1, blocks=1, card=H200, memory=None, dram=None, at_once=None):
    """The clocks of `blocks` blocks of so many warps, each of which executes the text so often."""
    stream = works(text, card, memory) * times
    every = [[list(stream) for _ in range(warps)] for _ in range(blocks)]
    return multiprocessor.Multiprocessor(card, every, at_once or blocks, dram).run()


class KnownCost(unittest.TestCase):
    """A line: stall, barrier written, barrier read, wait mask, predicate, opcode, operands."""

    def test_a_stall_count_holds_a_warp(self):
        self.assertEqual(clocks(" 6 7 7 00 - IADD3", 100), 99 * 6 + 1)

    def test_the_alu_takes_an_instruction_in_two_clocks(self):
        self.assertEqual(clocks(" 1 7 7 00 - LOP3.LUT", 100), 99 * 2 + 1)

    def test_fma_has_two_pipes_where_the_card_has(self):
        self.assertEqual(clocks(" 1 7 7 00 - FFMA", 100), 100)
        self.assertEqual(clocks(" 1 7 7 00 - FFMA", 100, card=with_values(fma_pipes=1)), 99 * 2 + 1)

    def test_imad_has_one(self):
        self.assertEqual(clocks(" 1 7 7 00 - IMAD", 100), 99 * 2 + 1)

    def test_warps_of_a_sub_partition_share_its_issue(self):
        self.assertEqual(clocks(" 6 7 7 00 - IADD3", 100, warps=4), 99 * 6 + 1)
        self.assertEqual(clocks(" 1 7 7 00 - NOP", 100, warps=8), 200)

    def test_a_barrier_is_down_a_latency_after_the_issue(self):
        chain = " 1 0 7 01 - LDS"  # each address comes from the load before
        self.assertEqual(clocks(chain, 100), 99 * H200.shared_latency + 1)
        self.assertEqual(clocks(" 1 0 7 01 - SHFL.IDX", 100), 99 * H200.shuffle_latency + 1)
        self.assertEqual(clocks(" 1 0 7 01 - LDG.E", 100), 99 * H200.l1_latency + 1)

    def test_every_latency_is_waited_for_where_the_next_instruction_needs_the_result(self):
        """Nine of ten instructions in a row wait for the one before: a latency half as long again is nine halves more clocks."""
        chains = {"shared": "LDS", "shuffle": "SHFL.IDX", "l1": "LDG.E", "l2": "LDG.E", "dram": "LDG.E", "constant": "LDC",
                  "special_register": "S2R", "xu": "MUFU.RCP"}
        tested_below = {"barrier", "operand_read", "lsu_queue"}
        latencies = {name[:-len("_latency")] for name in vars(H200) if name.endswith("_latency")}
        self.assertEqual({*chains, *tested_below}, latencies)
        for level, opcode in chains.items():
            name = level + "_latency"
            memory = units.Memory({"LDG": (level, 0, 0)}) if opcode == "LDG.E" else None
            before, after = (clocks(f" 1 0 7 01 - {opcode}", 10, card=card, memory=memory)
                             for card in (H200, with_values(**{name: 1.5 * getattr(H200, name), "short": name})))
            self.assertAlmostEqual(after - before, 9 * 0.5 * getattr(H200, name), delta=10, msg=name)

    def test_operands_that_are_overwritten_have_to_have_been_read(self):
        chain = " 1 7 0 01 - LDGSTS.E.128"  # each overwrites the address of the one before
        more = clocks(chain, 10, card=with_values(operand_read_latency=H200.operand_read_latency + 20))
        self.assertEqual(more - clocks(chain, 10), 9 * 20)

    def test_an_access_waits_for_the_head_of_its_queue(self):
        chain = " 1 7 0 01 - STS"
        more = clocks(chain, 10, card=with_values(lsu_queue_latency=H200.lsu_queue_latency + 20))
        self.assertEqual(more - clocks(chain, 10), 9 * 20)

    def test_a_load_that_no_one_waits_for_costs_its_issue(self):
        self.assertLess(clocks(" 1 0 7 00 - LDS", 5), 10)

    def test_the_load_and_store_unit_serves_a_wavefront_a_clock(self):
        for opcode, waves in (("LDS", 1), ("LDS.64", 2), ("LDS.128", 4), ("STS.128", 4), ("SHFL.BFLY", 1),
                              ("LDG.E.128.CONSTANT", 4), ("LDGSTS.E.BYPASS.128", 4), ("LDSM.16.M88.4", 4)):
            taken = clocks(f" 1 7 7 00 - {opcode}", 100, warps=16)
            self.assertAlmostEqual(taken / (1600 * waves), 1, delta=0.03, msg=opcode)

    def test_it_serves_a_prefetch_but_no_invalidation(self):
        kinds = [one.kind for one in works(" 1 7 7 00 - CCTL.E.PF2\n 1 7 7 00 - CCTL.IVALL")]
        self.assertEqual(kinds, [units.LSU, units.ISSUE])

    def test_its_queue_holds_a_warp_back(self):
        deep, shallow = (clocks(" 1 7 7 00 - LDS.128\n 1 7 7 00 - NOP", 20, card=with_values(lsu_queue=q))
                         for q in (64, 1))
        self.assertLess(deep, shallow)

    def test_an_instruction_that_is_never_executed_takes_its_issue_alone(self):
        self.assertEqual(clocks(" 1 7 7 00 @!PT LDS.128", 100), 100)

    def test_what_is_not_modelled_is_told(self):
        body = sass.read_text(" 1 7 7 00 - UTCHMMA\n 1 7 7 00 - SYNCS.ARRIVE\n 1 7 7 00 - HMMA.16816.F32")
        self.assertEqual(units.unmodelled(body), {"UTCHMMA": 1, "SYNCS": 1})
        self.assertEqual(clocks(" 1 7 7 00 - UTCHMMA", 100), 100)

    def test_products_take_the_tensor_core(self):
        self.assertAlmostEqual(clocks(" 1 7 7 00 - HMMA.16816.F32.BF16", 100), 99 * H200.hmma_16816_interval, delta=2)
        self.assertAlmostEqual(clocks(" 1 7 7 00 - HMMA.1688.F32", 100), 99 * H200.hmma_16816_interval / 2, delta=2)

    def test_products_of_a_warpgroup_run_behind_the_warp_at_the_dense_rate(self):
        product = " 1 7 7 00 - HGMMA.64x64x16.F32.BF16 R24,R4,gdesc[UR4],R24"
        self.assertEqual(clocks(product, 100), 100)
        waited = clocks("\n".join([product] * 9 + [product + ",gsb0", " 1 7 7 00 - WARPGROUP.DEPBAR.LE gsb0,0x0",
                                                   " 1 7 7 00 - NOP"]))
        self.assertAlmostEqual(waited, 10 * 8 * H200.dense_16816_interval, delta=5)

    def test_what_comes_before_products_of_a_warpgroup_takes_its_issue_alone(self):
        for opcode in ("WARPGROUP.ARRIVE", "FENCE.VIEW.ASYNC.S"):
            self.assertEqual(clocks(f" 1 7 7 00 - {opcode}", 100), 100, opcode)

    def test_a_wait_leaves_so_many_groups_of_products(self):
        group = " 1 7 7 00 - HGMMA.64x128x16.F32.BF16 R24,R4,gdesc[UR4],R24,gsb0\n"
        two, one, none = (clocks(group * 2 + f" 1 7 7 00 - WARPGROUP.DEPBAR.LE gsb0,{n}\n 1 7 7 00 - NOP")
                          for n in ("0x2", "0x1", "0x0"))
        self.assertLess(two, 10)
        self.assertAlmostEqual(none / one, 2, delta=0.1)

    def test_products_of_a_warpgroup_read_shared_memory(self):
        """A row of B, 32 bytes, is a quarter of a wavefront, and each of four warps reads a quarter; A likewise, 16 rows each."""
        shared = [works(f" 1 7 7 00 - HGMMA.64x64x16.F32.BF16 {operands}")[0].shared
                  for operands in ("R24,R4,gdesc[UR4].tnspB,R24", "R24,R4,gdesc[UR4],RZ,!UPT", "R24,gdesc[UR4],R24,gsb0")]
        self.assertEqual(shared, [4, 4, 8])
        many = " 1 7 7 00 - HGMMA.64x8x16.F32.BF16 R24,gdesc[UR4],R24\n 1 0 7 01 - LDS.128"
        alone = " 1 0 7 01 - LDS.128"
        self.assertGreater(clocks(many, 50, warps=16), clocks(alone, 50, warps=16) * 1.5)

    def test_depbar_waits_for_all_copies_but_so_many_groups(self):
        memory = units.Memory({"LDGSTS": ("dram", 0, 0)})
        copies = (" 1 7 7 00 - LDGSTS.E.128\n 1 7 7 00 - LDGDEPBAR\n") * 2
        two, one, none = (clocks(copies + f" 1 7 7 00 - DEPBAR.LE SB0,{n}\n 1 7 7 00 - NOP", memory=memory)
                          for n in ("0x2", "0x1", "0x0"))
        self.assertLess(two, 20)
        self.assertGreater(one, H200.dram_latency)
        self.assertEqual(none, one + 4)  # the second copy's wavefronts

    def test_a_barrier_of_a_block_waits_for_its_last_warp(self):
        slow = works("\n".join([" 6 7 7 00 - IADD3"] * 50 + [" 1 7 7 00 - BAR.SYNC", " 1 7 7 00 - NOP"]))
        fast = works(" 1 7 7 00 - BAR.SYNC\n 1 7 7 00 - NOP")
        machine = multiprocessor.Multiprocessor(H200, [[slow, fast]], 1)
        self.assertEqual(machine.run(), 50 * 6 + H200.barrier_latency + 1)

    def test_a_warp_that_ends_keeps_no_one_at_a_barrier(self):
        waits = works(" 1 7 7 00 - BAR.SYNC\n 1 7 7 00 - NOP")
        machine = multiprocessor.Multiprocessor(H200, [[works("50 7 7 00 - NOP\n 1 7 7 00 - EXIT"), waits]], 1)
        self.assertEqual(machine.run(), 50 + H200.barrier_latency + 1)

    def test_blocks_follow_one_another_where_no_more_fit(self):
        self.assertEqual(clocks(" 6 7 7 00 - IADD3", 10, blocks=3, at_once=1), 3 * 55 + 2)  # the next starts a clock later

    def test_dram_moves_so_many_bytes_a_clock(self):
        memory = units.Memory({"LDG": ("dram", 0, 512)})
        waits = clocks(" 1 0 7 01 - LDG.E.128", 100, warps=64, memory=memory, dram=16)
        self.assertAlmostEqual(waits / (6400 * 512 / 16), 1, delta=0.02)


class AtRevision1bee0d1(unittest.TestCase):
    """What an earlier trial of the model found of the nf4 gemv."""

    def setUp(self):
        text = (HERE / "gemv_1bee0d1.sass").read_text(encoding="ascii")
        self.parts = [sass.read_text("#" + part) for part in text.split("\n##")[1:]]
        _, self.fill, _, self.loop, _ = self.parts

    def steady(self, card=H200, warps=8, blocks=2):
        return loops.steady(self.loop, warps, blocks, card, waves={"LDG.E.128": 2})  # m = 1: lanes read the same

    def test_the_load_and_store_unit_binds_the_loop_at_0_031_clocks_a_weight(self):
        steady = self.steady()
        self.assertEqual(loops.binding(steady.shares), "lsu")
        self.assertGreater(steady.shares["lsu"], 0.97)
        self.assertAlmostEqual(steady.instructions_a_clock, 2.0, delta=0.15)
        self.assertAlmostEqual(16 * 4096 / steady.clocks, 32.4, delta=1.5)

    def test_the_table_is_filled_in_2750_clocks(self):
        stream = [units.work_of(one, H200, units.Memory()) for one in self.fill] * 32
        filled = multiprocessor.Multiprocessor(H200, [[list(stream) for _ in range(8)] for _ in range(2)], 2).run()
        self.assertAlmostEqual(filled, 2750, delta=100)

    def share_of_copy(self, m):
        """At 8192 x 8192."""
        moved = {"LDGSTS": {"level": "dram", "l2": 512, "dram": 512}, "LDG.E.128": {"level": "l2", "l2_a_row": 64},
                 "LDG.E": {"level": "dram", "l2": 256, "dram": 128}}
        shape, times = whole.Shape(8192, 8192, m), (1, 32, 1, 4, 1)
        memory, waves = whole.memory_of(moved, shape), whole.waves_of(moved, shape)
        stream = []
        works = [[units.work_of(one, H200, memory, waves) for one in part] for part in self.parts]
        for part, often in whole.works_of(paths.Path(list(zip(self.parts, times)), (3,), 0, 0), works):
            stream += part * often
        blocks = [[list(stream) for _ in range(8)] for _ in range(4)]  # of 512 on 132 SMs
        taken = multiprocessor.Multiprocessor(H200, blocks, 2, share_of_dram(H200, 132)).run() / H200.clock_hz
        return whole.share_of_copy(taken, {"bytes_per_weight": 0.5625}, shape, H200)

    def test_the_whole_kernel_has_0_58_of_copy_bandwidth_and_0_39_for_8_rows(self):
        self.assertAlmostEqual(self.share_of_copy(1), 0.58, delta=0.03)
        self.assertAlmostEqual(self.share_of_copy(8), 0.39, delta=0.03)

    def test_it_is_the_same_at_every_run(self):
        loops.of_works.cache_clear()
        first = self.steady()
        loops.of_works.cache_clear()
        self.assertEqual(self.steady(), first)

    def test_more_of_any_latency_or_interval_is_no_fewer_clocks(self):
        """To the clock for a warp alone; warps that share units may meet otherwise, which may gain a little. (The loop waits
        for few of them: KnownCost has each.)"""
        for warps, allowed in ((1, 1), (8, 0.98)):
            before = self.steady(warps=warps, blocks=1).clocks
            for name, value in vars(H200).items():
                if name.endswith(("_latency", "_interval")):
                    after = self.steady(with_values(**{name: 1.5 * value, "short": name}), warps, 1).clocks
                    self.assertGreaterEqual(after, allowed * before, (name, warps))

    def test_more_of_a_latency_that_a_warp_alone_waits_for_is_more(self):
        before = self.steady(warps=1, blocks=1).clocks
        for name in ("shared_latency", "shuffle_latency", "l1_latency"):
            after = self.steady(with_values(**{name: 600 + getattr(H200, name), "short": name}), 1, 1).clocks
            self.assertGreater(after, before + 300, name)


if __name__ == "__main__":
    unittest.main()
