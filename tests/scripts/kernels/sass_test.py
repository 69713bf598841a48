#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/kernels/sass.py, units.py and paths.py on made-up machine code. Run by CTest."""

import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts" / "kernels"))
sys.dont_write_bytecode = True
import accesses  # noqa: E402
import paths  # noqa: E402
import sass  # noqa: E402
from cards import card_of, read_cards  # noqa: E402


def code(*lines):
    """Instructions of an opcode, after a predicate or none; "@P0 BRA 3" may lead to index 3."""
    read = []
    for line in lines:
        fields = line.split()
        predicate = fields.pop(0) if line.startswith("@") else ""
        target = int(fields[1]) if len(fields) > 1 else None
        read.append(sass.Instruction(fields[0], "", predicate, target, 1, 7, 7, 0))
    return read


class ControlWords(unittest.TestCase):
    def test_are_the_bits_from_105_on(self):
        word = 11 | 1 << 4 | 2 << 5 | 7 << 8 | 0b100001 << 11 | 3 << 17
        text = struct.pack("<QQ", 0, word << 41)
        function = {"function-name": "f", "sass-instructions": [{"opcode": "LDS", "operands": "R1,[R2]", "predicate": "@P0"}]}
        [one] = sass.with_controls(function, text)
        self.assertEqual((one.stall, one.write_barrier, one.read_barrier, one.wait), (11, 2, 7, 0b100001))
        self.assertEqual((one.opcode, one.operands, one.predicate), ("LDS", "R1,[R2]", "@P0"))

    def test_text_is_read_as_it_is_written(self):
        line = " 4 2 7 11 @!P0  DEPBAR.LE SB0,0x1"
        [one] = sass.read_text("# a comment\n" + line)
        self.assertEqual((one.stall, one.write_barrier, one.wait, one.operands), (4, 2, 0x11, "SB0,0x1"))
        self.assertEqual(sass.as_line(one).split(), line.split())

    def test_attributes_are_records_of_which_format_4_has_a_payload(self):
        data = struct.pack("<BBH", 3, 0x50, 0) + struct.pack("<BBHIII", 4, 5, 12, 256, 1, 1)
        self.assertEqual([(a, len(p)) for a, p in sass.attributes(data)], [(5, 12)])


class Units(unittest.TestCase):
    def test_wavefronts_are_those_of_lanes_with_bytes_of_their_own(self):
        for opcode, waves in {"LDS": 1, "LDS.U8": 1, "STS.64": 2, "LDG.E.128.CONSTANT": 4, "LDSM.16.M88.2": 2,
                              "SHFL.IDX": 1, "LDC.64": 1, "LDG.E.U16": 1}.items():
            self.assertEqual(accesses.wavefronts(opcode), waves, opcode)
        self.assertEqual(accesses.wavefronts("LDG.E.128.CONSTANT", {"LDG": 1, "LDG.E.128": 2}), 2)

    def test_every_card_knows_every_parameter(self):
        cards = read_cards()
        names = {frozenset(vars(card)) for card in cards.values()}
        self.assertEqual(len(names), 1)
        for card in cards.values():
            self.assertTrue(all(getattr(card, name) > 0 for name in vars(card)
                                if name not in ("name", "architecture", "short", "assumed", "sources")))

    def test_the_card_of_an_architecture(self):
        self.assertEqual([card_of(a).short for a in ("sm_80", "sm_87", "sm_90", "sm_90a", "sm_103", "sm_121")],
                         ["A100", "RTX 3090", "H200", "H200", "B200", "RTX 5090"])
        with self.assertRaises(ValueError):
            card_of("sm_75")


class Paths(unittest.TestCase):
    def walk(self, code, hot, *places, fills=None, times=None):
        return paths.walk(code, hot, places or [[2]], "HMMA", fills or {}, times)

    def test_the_hottest_loop_is_turned_and_the_rest_is_executed_once(self):
        path = self.walk(code("MOV", "MOV", "HMMA", "@P0 BRA 2", "STG", "EXIT", "BRA 6"), (2, 3), [7])
        self.assertEqual([(len(part), times) for part, times in path.segments], [(2, 1), (2, 7), (2, 1)])
        self.assertEqual((path.hot, path.prologue, path.drain), ((1,), 2, 2))

    def test_a_filling_loop_is_turned_until_it_is_done_and_those_for_the_rest_are_left_out(self):
        path = self.walk(code("MOV", "STS", "@P0 BRA 1", "STS", "STS", "@P0 BRA 3", "HMMA", "@P0 BRA 6", "EXIT"), (6, 7),
                         fills={"STS": 8})
        self.assertEqual([times for _, times in path.segments], [1, 0, 4, 2, 1])
        self.assertEqual(path.prologue, 1 + 4 * 3)

    def test_what_is_left_of_rows_is_skipped_and_other_branches_are_not_taken(self):
        path = self.walk(code("@P0 BRA 2", "MOV", "HMMA", "@P0 BRA 2", "@P1 BRA 7", "HMMA", "HMMA", "@P1 BRA 9", "STG", "EXIT"),
                         (2, 3))
        self.assertEqual((path.prologue, path.drain), (2, 4))

    def test_a_branch_around_the_way_past_the_loop_is_taken(self):
        path = self.walk(code("@P0 BRA 3", "MOV", "BRA 6", "MOV", "HMMA", "@P0 BRA 4", "EXIT"), (4, 5))
        self.assertEqual([(len(part), times) for part, times in path.segments], [(2, 1), (2, 2), (1, 1)])

    def test_a_branch_over_a_way_that_ends_is_taken(self):
        path = self.walk(code("@P0 BRA 5", "HMMA", "@P0 BRA 1", "STG", "EXIT", "HMMA", "@P0 BRA 5", "EXIT"), (5, 6))
        self.assertEqual([(len(part), times) for part, times in path.segments], [(1, 1), (2, 2), (1, 1)])

    def test_a_loop_around_the_hottest_is_turned_as_often_as_there_are_turns_of_that(self):
        around = code("MOV", "IADD3", "HMMA", "@P0 BRA 2", "STG", "@P1 BRA 1", "EXIT")
        path = self.walk(around, (2, 3), [7, 5])
        self.assertEqual([(len(part), times) for part, times in path.segments], [(2, 1), (2, 7), (3, 1), (2, 5), (3, 1)])
        self.assertEqual((path.hot, path.prologue, path.drain), ((1, 3), 2, 3))
        self.assertEqual(self.walk(around, (2, 3), [7]).hot, (1,))
        self.assertEqual(self.walk(around, (2, 3), [7], [5]).segments, path.segments)

    def test_the_loop_around_that_one_is_turned_as_often_as_there_are_places(self):
        code_ = code("MOV", "LDG", "IADD3", "HMMA", "@P0 BRA 3", "STS", "@P1 BRA 2", "STG", "STG", "@P2 BRA 1", "EXIT")
        path = self.walk(code_, (3, 4), [4, 3], [2])
        self.assertEqual([(len(part), times) for part, times in path.segments],
                         [(3, 1), (2, 4), (3, 1), (2, 3), (7, 1), (2, 2), (6, 1)])

    def test_a_loop_that_adds_is_turned_so_often_wherever_it_is(self):
        path = self.walk(code("MOV", "HMMA", "@P0 BRA 1", "LDG.E.128", "FADD", "@P0 BRA 3", "@P1 BRA 0", "EXIT"), (1, 2), [2], [2],
                         times={"LDG.E.128": 4})
        self.assertEqual([(len(part), times) for part, times in path.segments],
                         [(1, 1), (2, 2), (3, 4), (2, 1), (2, 2), (3, 4), (2, 1)])

    def test_a_way_out_past_other_loops_of_its_marker_is_not_taken(self):
        path = self.walk(code("HMMA", "@P0 BRA 0", "@P1 BRA 7", "STG", "BRA 7", "HMMA", "@P0 BRA 5", "EXIT"), (0, 1))
        self.assertEqual(path.drain, 4)

    def test_a_loop_that_no_path_reaches_is_an_error(self):
        with self.assertRaises(ValueError):
            self.walk(code("BRA 3", "HMMA", "@P0 BRA 1", "EXIT"), (1, 2))


if __name__ == "__main__":
    unittest.main()
