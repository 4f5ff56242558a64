"""What a terminal would act on never gets through, and what it may show is left as it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.visible import harmless, is_drawn, legible

ANY = st.text(st.characters(), max_size=30)  # lone surrogates too
CONTROLS = {chr(n) for n in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000))}
ORDER = {c for c in map(chr, range(0x110000)) if unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF"}}
ISOLATES = {"\u2066", "\u2067", "\u2068", "\u2069"}


@given(ANY)
def test_nothing_that_acts_gets_through(text):
    assert not set(harmless(text)) & (CONTROLS | ORDER | ISOLATES)
    assert legible(text).isprintable()
    assert set(harmless(text, keep="\n\t")) & CONTROLS <= {"\n", "\t"}


@given(ANY)
def test_what_prints_stays(text):
    kept = "".join(c for c in text if c.isprintable())
    assert harmless(kept) == legible(kept) == kept
    assert all(map(is_drawn, kept))


@pytest.mark.parametrize(
    ("text", "data", "message"),
    [
        ("a\x1b[31m", r"a\x1b[31m", r"a\x1b[31m"),
        ("a\tb\n", r"a\tb\n", r"a\tb\n"),
        ("abc\u202edef", r"abc\u202edef", r"abc\u202edef"),
        ("\ud800", r"\ud800", r"\ud800"),
        ("age\u200b", "age\u200b", r"age\u200b"),  # data keeps what is merely invisible
        ("👩\u200d🔬", "👩\u200d🔬", "👩\\u200d🔬"),
        ("a\xa0b", "a\xa0b", r"a\xa0b"),
    ],
)
def test_spellings(text, data, message):
    assert harmless(text) == data
    assert legible(text) == message
