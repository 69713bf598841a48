# SPDX-License-Identifier: Apache-2.0
"""The cards of kernels/gates/cards.json: parameters of scripts/kernels/kernel_cycles, and where each is from."""

import json
import types
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "kernels" / "gates" / "cards.json"


def read_cards(file=FILE):
    """{short name: parameters as attributes, `sources`, and of those `assumed`: {parameter: source} of guesses}."""
    cards = {}
    for name, entries in json.loads(Path(file).read_text(encoding="ascii")).items():
        texts = {k: v for k, v in entries.items() if isinstance(v, str)}
        values = {k: v[0] for k, v in entries.items() if not isinstance(v, str)}
        assumed = {k: v[1] for k, v in entries.items()
                   if not isinstance(v, str) and v[1].startswith("assumed")}
        sources = {k: v[1] for k, v in entries.items() if not isinstance(v, str)}
        cards[name] = types.SimpleNamespace(short=name, assumed=assumed, sources=sources, **texts, **values)
    return cards


def card_of(architecture, cards=None):
    """The card of an architecture: sm_90a and sm_90 are one; an unknown one is the next older."""
    number = int("".join(c for c in architecture if c.isdigit()))
    by_number = {int("".join(c for c in one.architecture if c.isdigit())): one
                 for one in (cards or read_cards()).values()}
    older = [n for n in by_number if n <= number]
    if not older:
        raise ValueError(f"{architecture}: kernels/gates/cards.json has no card as old as that")
    return by_number[max(older)]


def share_of_dram(card, multiprocessors):
    """The bytes a clock that each of so many SMs gets of DRAM, which streams at a share of the copy bandwidth."""
    return card.stream_share * card.copy_bytes_per_second / card.clock_hz / multiprocessors
