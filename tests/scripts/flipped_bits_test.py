#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/flipped_bits without a compiler: literals, flips, judgements. Run by CTest."""

import importlib.machinery
import importlib.util
import json
import struct
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
SCRIPT = ROOT / "scripts" / "flipped_bits"
LOADER = importlib.machinery.SourceFileLoader("flipped_bits", str(SCRIPT))
flipped_bits = importlib.util.module_from_spec(
    importlib.util.spec_from_loader("flipped_bits", LOADER))
LOADER.exec_module(flipped_bits)
import flippable  # noqa: E402
import literals  # noqa: E402

ENUMS = {"Order": ["high", "low", "other"]}
CASE = "gemm/mode:nf4/kernel:gemv/device:emulated/seed:1"
RULES = {kind: [] for kind in flippable.KINDS}


def found(text):
    return [(each.text, each.flipped) for each in literals.literals("a.h", text, ENUMS)]


def bits(text):
    value = float.fromhex(text.rstrip("f"))
    return struct.unpack("<I", struct.pack("<f", value))[0]


class Literals(unittest.TestCase):
    def test_integers_keep_their_base_and_suffix(self):
        self.assertEqual(found("8 15u 0x7f800000 0x0F 0"),
                         [("8", "9"), ("15u", "14u"), ("0x7f800000", "0x7f800001"),
                          ("0x0F", "0x0e"), ("0", "1")])

    def test_floats_differ_in_the_last_bit_of_the_significand(self):
        for text in ("0.0859375f", "1e-6f", "0x1p-25f", "448.0f", "0.0f", "0.1f"):
            (_, other), = found(text)
            value = float.fromhex(text[:-1]) if text.startswith("0x") else float(text[:-1])
            before, = struct.unpack("<I", struct.pack("<f", value))
            self.assertEqual(bits(other), before ^ 1, text)
            self.assertTrue(other.endswith("f"))
        self.assertEqual(found("1.0"), [("1.0", "0x1.0000000000001p+0")])

    def test_a_decimal_is_rounded_once(self):
        # Its f64 is midway between two f32, of which C++ takes the upper: 0x1.b239b2p-1.
        self.assertEqual(found("0.8480964004993439f")[0][1], "0x1.b239bp-1f")

    def test_truth_values_and_enumerators_become_the_other_one(self):
        self.assertEqual(found("true false Order::high q::Order::low Order::other"),
                         [("true", "false"), ("false", "true"), ("Order::high", "Order::low"),
                          ("q::Order::low", "q::Order::high"), ("Order::other", "Order::low")])

    def test_names_comments_strings_and_directives_hold_none(self):
        self.assertEqual(found('// 1\n/* 2 */ "3" \'4\' x5 f32 std::int8_t\n#if 6\n'
                               "#define A \\\n 7\na.b8"), [])

    def test_a_literal_is_marked_in_its_line(self):
        literal, = literals.literals("a.h", "int a;\n  int b = 4;  // of 9\n", ENUMS)
        self.assertEqual((literal.line, literal.marked), (2, "int b = «4»;"))

    def test_enumerators_are_read(self):
        self.assertEqual(literals.enums_of("enum class Order {\n  high,  // 1, 2\n  low\n};"),
                         {"Order": ["high", "low"]})


class Choices(unittest.TestCase):
    def released(self, text, *more):
        texts = {"a.h": text, **dict(more)}
        chosen = [each for file in texts for each in literals.literals(file, texts[file], ENUMS)]
        return literals.with_choices(texts, list(enumerate(chosen)))

    def test_a_literal_becomes_a_choice(self):
        self.assertIn("int f() { return (::qbench::flipped(0, 4, 5)); }",
                      self.released("int f() { return 4; }")["a.h"])

    def test_what_holds_a_choice_is_no_constant_expression(self):
        for before, after in (
                ("inline constexpr float kA[] = {1.0f};", "inline const float kA[] = {"),
                ("struct A { static constexpr int kB = 4; };", "static inline const int kB = "),
                ("constexpr int f(int x) { return x + 1; }", "inline int f(int x) { return x + "),
                ("void g() { if constexpr (A::kB == 8) h(); }", "if (A::kB == (::")):
            self.assertIn(after, self.released(before)["a.h"])

    def test_nor_is_what_uses_it_in_any_file(self):
        out = self.released("constexpr int kA = 4;", ("b.h", "constexpr B kB = make(kA);"),
                            ("c.h", "constexpr C kC = {};"))
        self.assertIn("const B kB = make(kA);", out["b.h"])
        self.assertNotIn("constexpr", out["b.h"])
        self.assertIn("constexpr C kC", out["c.h"])


class Judgement(unittest.TestCase):
    def verdict(self, status, breaches, last="before any case"):
        outcome = flipped_bits.Outcome(status, breaches, last)
        return flipped_bits.verdict_of(outcome, "/mode:nf4/")

    def test_breaches_of_the_cases_concerned_are_caught(self):
        self.assertEqual(self.verdict(2, [(CASE, "wrong: x")]),
                         (flipped_bits.CAUGHT, CASE, "wrong: x"))

    def test_the_case_shown_is_the_references_where_there_is_one(self):
        own = "gemm/mode:nf4/kernel:reference/seed:1"
        self.assertEqual(self.verdict(2, [(CASE, "wrong: x"), (own, "codes: a -> b")])[1], own)

    def test_breaches_elsewhere_are_astray(self):
        other = CASE.replace("nf4", "int4")
        self.assertEqual(self.verdict(2, [(CASE, "x"), (other, "y")]),
                         (flipped_bits.ASTRAY, other, "y"))

    def test_a_crash_and_the_clock_stop(self):
        self.assertEqual(self.verdict(-11, [], CASE), (flipped_bits.STOPPED, CASE, "exit -11"))
        self.assertEqual(self.verdict(None, [], CASE), (flipped_bits.STOPPED, CASE, "by the clock"))

    def test_nothing_is_survived(self):
        self.assertEqual(self.verdict(0, [])[0], flipped_bits.SURVIVED)

    def test_verdicts_are_held_to_what_is_recorded(self):
        literal, = literals.literals("a.h", "int b = 4;", ENUMS)
        equal = {**RULES, "survives": [{"files": "a.h", "line": "«4»", "why": "unused"}]}
        for verdict, rules, expected in (
                (flipped_bits.CAUGHT, RULES, True), (flipped_bits.STOPPED, RULES, True),
                (flipped_bits.SURVIVED, RULES, False), (flipped_bits.ASTRAY, RULES, False),
                (flipped_bits.BROKEN, RULES, False), (flipped_bits.SURVIVED, equal, True),
                (flipped_bits.CAUGHT, equal, False)):
            judged = flipped_bits.Judged(literal, verdict, "", "", [])
            self.assertEqual(flipped_bits.as_expected(rules, judged), expected)

    def test_the_report_of_the_gate_is_read(self):
        finding = {"type": "finding", "gate": "errors", "judgement": "BREACH", "subject": CASE}
        lines = [{**finding, "field": "codes", "before": "a", "after": "b"},
                 {**finding, "field": "scales", "after": "b"}, {**finding, "reason": "gone"},
                 {**finding, "judgement": "SAME"}]
        self.assertEqual(flipped_bits.read_breaches("\n".join(map(json.dumps, lines))),
                         [(CASE, "codes: a -> b"), (CASE, "scales: none -> b"), (CASE, "(gone)")])
        self.assertEqual(flipped_bits.last_begun(f"[1/2] a\n[2/2] {CASE}\n"), CASE)


class Rules(unittest.TestCase):
    def test_a_rule_without_its_reason_is_an_error(self):
        with self.assertRaisesRegex(flippable.UserError, "without its reason"):
            flippable.read_rules(json.dumps({**RULES, "constants": [{"files": "*"}]}))

    def test_what_no_rule_excludes_is_a_constant(self):
        both = literals.literals("a.h", "for (int i = 0; i < 7; ++i)", ENUMS)
        rules = {**RULES, "constants": [{"files": "*", "line": "= «0»;", "why": "a start"}]}
        self.assertEqual([each.text for each in flippable.constants(both, rules)], ["7"])


class Tree(unittest.TestCase):
    def setUp(self):
        text = (ROOT / flippable.RULES).read_text(encoding="utf-8")
        self.rules = flippable.read_rules(text)
        self.texts = flippable.sources()
        self.found = flippable.all_literals(self.texts)

    def test_every_rule_fits_a_literal(self):
        self.assertEqual(flippable.unused(self.rules, self.found), [])

    def test_every_value_and_threshold_of_a_mode_is_a_constant(self):
        chosen = flippable.constants(self.found, self.rules)
        for file in ("reference/modes/nf4.h", "kernels/modes/nf4.cuh"):
            table = [each for each in chosen if each.file == file and (
                "x3" in each.text or "xb" in each.text or "." in each.text)]
            self.assertGreaterEqual(len(table), 30, file)

    def test_every_constant_of_a_mode_has_a_row_in_the_result(self):
        rows = (ROOT / flipped_bits.RESULT).read_text(encoding="utf-8")
        missing = [each for each in flippable.constants(self.found, self.rules)
                   if "/modes/" in each.file
                   and f"| {flipped_bits.code(each.marked)} | " not in rows]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
