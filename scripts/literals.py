# SPDX-License-Identifier: Apache-2.0
"""Literals of C++ sources: found, with one bit flipped, and replaced by a choice at run time."""

import collections
import re
import struct
from dataclasses import dataclass
from fractions import Fraction

NUMBER = (r"0[xX][0-9a-fA-F.']+(?:[pP][+-]?\d+)?[uUlLfF]*"
          r"|(?:\d[\d']*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[uUlLfF]*")
TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*|"(?:\\.|[^"\\])*"|"""
                   r"""'(?:\\.|[^'\\])'|[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*|""" + NUMBER + r"|.",
                   re.S | re.M)
ENUM = re.compile(r"enum class (\w+) \{([^}]*)\}")
COMMENT = re.compile(r"//[^\n]*")


@dataclass(frozen=True)
class Literal:
    file: str
    start: int    # of the token in the file's text
    text: str
    flipped: str  # the token that takes its place
    line: int     # from 1
    marked: str   # its line, without indentation and comment, the literal between « and »
    nth: int      # of those of the file that are marked alike, from 1


def enums_of(text):
    """{name: [enumerators]} of the enum classes of a header."""
    return {name: re.findall(r"\w+", COMMENT.sub("", body)) for name, body in ENUM.findall(text)}


def single_bits(exact):
    """Of the f32 nearest to a fraction, which f64 may have rounded to a midpoint on the way."""
    near, = struct.unpack("<I", struct.pack("<f", float(exact)))

    def distance(bits):
        return abs(Fraction(struct.unpack("<f", struct.pack("<I", bits))[0]) - exact), bits & 1
    beside = (near - 1, near, near + 1)
    return min((bits for bits in beside if 0 <= bits < 0x7f800000), key=distance)


def flipped_float(text):
    """With the last bit of the significand flipped, as a hexadecimal literal."""
    single = text[-1] in "fF"
    digits = text.rstrip("fFlL")
    exact = Fraction(float.fromhex(digits) if digits[:2] in ("0x", "0X") else digits)
    if single:
        other, = struct.unpack("<f", struct.pack("<I", single_bits(exact) ^ 1))
    else:
        bits, = struct.unpack("<Q", struct.pack("<d", float(exact)))
        other, = struct.unpack("<d", struct.pack("<Q", bits ^ 1))
    significand, exponent = other.hex().split("p")
    significand = re.sub(r"\.?0+$", "", significand) if "." in significand else significand
    return f"{significand}p{exponent}{'f' if single else ''}"


def flipped_integer(text):
    """With the lowest bit flipped, in the same base and with the same suffix."""
    digits, suffix = re.fullmatch(r"(0[xX][0-9a-fA-F']+|[\d']+)([uUlL]*)", text).groups()
    plain = digits.replace("'", "")
    if plain[:2] in ("0x", "0X"):
        return f"0x{int(plain, 16) ^ 1:0{len(plain) - 2}x}{suffix}"
    return f"{int(plain) ^ 1}{suffix}"


def flipped_enumerator(text, enums):
    """The enumerator whose number differs in the lowest bit, or the one before the last; None: the
    text is no enumerator."""
    scope, _, name = text.rpartition("::")
    names = enums.get(scope.rpartition("::")[2], [])
    if name not in names:
        return None
    at = names.index(name)
    return f"{scope}::{names[at ^ 1] if at ^ 1 < len(names) else names[at - 1]}"


def flipped(text, enums):
    """What takes the place of a token, or None where it is no literal."""
    if text in ("true", "false"):
        return "false" if text == "true" else "true"
    if "::" in text:
        return flipped_enumerator(text, enums)
    if not re.fullmatch(NUMBER, text):
        return None
    whole = re.fullmatch(r"(0[xX][0-9a-fA-F']+|[\d']+)[uUlL]*", text)
    return flipped_integer(text) if whole else flipped_float(text)


def literals(file, text, enums):
    """Every literal of a source, but those in comments, strings and directives."""
    found, alike = [], collections.Counter()
    for token in TOKEN.finditer(text):
        other = flipped(token.group(), enums)
        if other is None:
            continue
        start, end = token.span()
        begin = text.rfind("\n", 0, start) + 1
        stop = text.find("\n", end)
        rest = COMMENT.sub("", text[end:stop if stop >= 0 else len(text)]).rstrip()
        marked = f"{text[begin:start].lstrip()}«{token.group()}»{rest}"
        alike[marked] += 1
        found.append(Literal(file, start, token.group(), other, text.count("\n", 0, start) + 1,
                             marked, alike[marked]))
    return found


# --- A source in which every literal can be flipped at run time

CHOICE = "(::qbench::flipped({}, {}, {}))"


def end_of_constexpr(text, start):
    """(where what a `constexpr` at `start` governs ends, is it a function): the condition of an if,
    a function with its body, a variable with its initializer."""
    depth, at = 0, start
    condition = text[:start].rstrip().endswith("if")
    previous = ""
    while at < len(text):
        token = TOKEN.match(text, at)
        word, at = token.group(), token.end()
        if word in "([{":
            if word == "{" and depth == 0 and previous == ")":
                return end_of_block(text, token.start()), True
            depth += 1
        elif word in ")]}":
            depth -= 1
            if condition and depth == 0:
                return at, False
        elif word == ";" and depth == 0:
            return at, False
        if not word.isspace() and not word.startswith("//"):
            previous = word
    return at, False


def end_of_block(text, start):
    depth = 0
    for token in TOKEN.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return token.end()
    return len(text)


def without_constexpr(text, start, function):
    """The text with one `constexpr` replaced by what leaves its value to run time."""
    before, after = text[:start], text[start + len("constexpr"):]
    if before.rstrip().endswith("if"):
        return before.rstrip() + after
    if function:
        return before + ("" if "inline" in before.rpartition("\n")[2] else "inline") + after
    in_class = re.search(r"\bstatic $", before)
    return before + ("inline const" if in_class else "const") + after


NAME = re.compile(r"(\w+)(?: *\[[^=]*?\])* *(?:=|\{|\(|$)")


def declared(text, start, end):
    """The name that a constexpr declares, or None for the condition of an if."""
    if text[:start].rstrip().endswith("if"):
        return None
    return NAME.search(COMMENT.sub("", text[start + len("constexpr"):end])).group(1)


def release_constants(texts, is_chosen):
    """Removes `constexpr` from whatever holds a choice or a name that has lost its constexpr, in
    all of {file: text}."""
    names, changed = set(), True
    while changed:
        changed = False
        for file in texts:
            at = 0
            while (match := re.compile(r"\bconstexpr\b").search(texts[file], at)):
                text, at = texts[file], match.end()
                end, function = end_of_constexpr(text, match.start())
                extent = text[match.start():end]
                if not is_chosen(extent) and names.isdisjoint(re.findall(r"\w+", extent)):
                    continue
                names.add(declared(text, match.start(), end))
                texts[file] = without_constexpr(text, match.start(), function)
                changed, at = True, match.start()
    return texts


def with_choices(texts, numbered):
    """{file: text} with every (number, Literal) replaced by a choice, constants released."""
    out = {}
    for file, text in texts.items():
        mine = sorted((each for each in numbered if each[1].file == file),
                      key=lambda each: -each[1].start)
        for number, literal in mine:
            end = literal.start + len(literal.text)
            text = (text[:literal.start] + CHOICE.format(number, literal.text, literal.flipped)
                    + text[end:])
        out[file] = text
    release_constants(out, lambda extent: "::qbench::flipped(" in extent)
    used = {literal.file for _, literal in numbered}
    return {file: '#include "reference/flipped.h"\n' + text if file in used else text
            for file, text in out.items()}
