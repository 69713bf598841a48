# SPDX-License-Identifier: Apache-2.0
"""Which literals scripts/flipped_bits flips, and a copy of the tree in which each can be."""

import dataclasses
import fnmatch
import json
import re

from literals import enums_of, literals, with_choices
from planting import ROOT, UserError, build, copy_tree

RULES = "tests/flipped_bits.json"
LEDGER = "tests/errors.ledger"
ENUMS = ["reference/mode.h", "reference/matrix.h"]
SUFFIXES = {".h", ".cpp", ".cuh", ".cu"}
KINDS = {"files", "constants", "concerns", "survives", "rebuild", "ci"}

HEADER = """// Which literal is flipped: none where it is -1. Read before all else is initialized.
#pragma once
namespace qbench {
extern int flipped_bit;
template <class T>
inline T flipped(int number, T as_it_is, T other) {
  return __builtin_expect(flipped_bit == number, 0) ? other : as_it_is;
}
}  // namespace qbench
"""
DEFINITION = """
#include <cstdlib>
namespace qbench {
extern int flipped_bit;
int flipped_bit = -1;
static struct FlippedBit {
  FlippedBit() {
    if (const char* number = std::getenv("QBENCH_FLIPPED_BIT")) flipped_bit = std::atoi(number);
  }
} read_flipped_bit __attribute__((init_priority(101)));
}  // namespace qbench
"""


# --- What is flipped

def read_rules(text):
    rules = json.loads(text)
    if unknown := rules.keys() ^ KINDS:
        raise UserError(f"{RULES}: unknown or missing {', '.join(sorted(unknown))}")
    for kind in ("files", "constants", "survives"):
        for rule in rules[kind]:
            if not rule.get("why"):
                raise UserError(f"{RULES}: a rule of {kind} without its reason: {rule}")
    return rules


def matching(rules, literal):
    """The first rule for the literal, or None."""
    for rule in rules:
        if (fnmatch.fnmatch(literal.file, rule["files"])
                and re.search(rule.get("line", ""), literal.marked)
                and rule.get("nth", literal.nth) == literal.nth):
            return rule
    return None


def sources():
    """{file: text} of what may hold constants."""
    files = (path for folder in ("reference", "kernels") for path in (ROOT / folder).rglob("*"))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="ascii")
            for path in sorted(files) if path.suffix in SUFFIXES}


def all_literals(texts):
    enums = {}
    for file in ENUMS:
        enums.update(enums_of(texts[file]))
    return [each for file, text in texts.items() for each in literals(file, text, enums)]


def constants(found, rules):
    return [each for each in found
            if not matching(rules["files"], each) and not matching(rules["constants"], each)]


def select(chosen, rules, only=None, ci=False):
    if ci:
        return [each for each in chosen if matching(rules["ci"], each)]
    if only is None:
        return chosen
    selected = []
    for name in only:
        file, _, line = name.partition(":")
        mine = [each for each in chosen
                if fnmatch.fnmatch(each.file, file) and line in ("", str(each.line))]
        if not mine:
            raise UserError(f"no constant {name}: scripts/flipped_bits --list shows them")
        selected += mine
    return selected


def unused(rules, found):
    """Rules that fit nothing: what they spoke of is gone."""
    return [rule for kind in ("files", "constants", "survives", "rebuild", "ci")
            for rule in rules[kind] if not any(matching([rule], each) for each in found)]


# --- The copy with all of them

class Copy:
    """A build of the tree in which every constant can be flipped."""

    def __init__(self, folder, texts, chosen, rules):
        self.folder, self.texts, self.rules, self.parts = folder, texts, rules, {}
        self.numbers = {each: number for number, each in enumerate(chosen)}
        self.fixed = {each for each in chosen if matching(rules["rebuild"], each)}
        self.copied = {file for file in texts
                       if not any(fnmatch.fnmatch(file, rule["files"]) for rule in rules["files"]
                                  if "line" not in rule)}

    def write(self, planted=None):
        """The copy, or the copy with one literal flipped for good."""
        texts = {file: self.texts[file] for file in self.copied}
        numbered = [(number, each) for each, number in self.numbers.items()
                    if each not in self.fixed]
        if planted:
            texts[planted.file] = with_flip(texts[planted.file], planted)
            numbered = [(number, moved(each, planted)) for number, each in numbered]
        changed = with_choices(texts, numbered)
        (self.folder / "reference").mkdir(parents=True, exist_ok=True)
        write_if_other(self.folder / "reference/flipped.h", HEADER)

        def content(name, original):
            text = changed[name].encode("ascii") if name in changed else original
            return text + DEFINITION.encode("ascii") if name == "reference/buffer.cpp" else text
        copy_tree(self.folder, content, "-w -Wno-narrowing")

    def ledger(self, cases, of=""):
        """A ledger of the cases that match both patterns, or None where there is none."""
        if (cases, of) not in self.parts:
            lines = [line for line in (ROOT / LEDGER).read_text().splitlines(True)
                     if line[0] != "#" and all(re.search(each, line.split(" ")[0])
                                               for each in (cases, of))]
            path = self.folder / f"part{len(self.parts)}.ledger"
            path.write_text("".join(lines))
            self.parts[cases, of] = path if lines else None
        return self.parts[cases, of]

    def ledgers(self, literal, concerned):
        """One after the other, until one has breaches."""
        own = self.ledger(concerned, "/kernel:reference/")
        first = [own] if own and literal.file.startswith("reference/") else []
        return [*first, self.ledger(concerned)]

    def build(self):
        status, messages, self.libraries = build(self.folder, "qbench")
        log = self.folder / "build" / "setup.log"
        return status, messages + (log.read_text(errors="replace") if log.exists() else "")


def with_flip(text, planted):
    return text[:planted.start] + planted.flipped + text[planted.start + len(planted.text):]


def moved(literal, planted):
    """A literal where it is once another has been flipped."""
    if literal.file != planted.file or literal.start < planted.start:
        return literal
    distance = len(planted.flipped) - len(planted.text)
    return dataclasses.replace(literal, start=literal.start + distance)


def write_if_other(path, text):
    if not path.is_file() or path.read_text() != text:
        path.write_text(text)
