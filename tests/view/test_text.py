"""Text from outside: visible, never acted upon, and as wide as asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_nn.view.look import Look
from tui_nn.view.text import Align, clean, fit, to_ascii


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("a\nb\tc", "a␊b␉c"),
        ("\x7f\x9b", "␡<009B>"),
        ("evil\u202etxt", "evil<202E>txt"),
        ("[bold]m[t][/]", "[bold]m[t][/]"),
        ("m̂ₜ", "m̂ₜ"),
    ],
)
def test_controls_are_visible(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text())
def test_nothing_that_a_terminal_acts_on_is_left(text: str) -> None:
    for shown in (clean(text), to_ascii(clean(text)), Look(ascii_only=True).text(text), Look().text(text)):
        assert all(c.isprintable() or c.isspace() for c in shown)
        assert not any(c in shown for c in "\x1b\x9b\x07\r\n")
    assert to_ascii(clean(text)).isascii()


@given(st.text(), st.integers(-1, 20), st.sampled_from(["left", "right", "centre"]))
def test_fit_is_exact(text: str, width: int, align: Align) -> None:
    assert cell_len(fit(clean(text), width, align)) == max(width, 0)


def test_fit_says_that_it_cut() -> None:
    assert fit("abcdef", 4) == "abc…"
    assert fit("漢字漢字", 4) == "漢 …"
    assert fit("ab", 4, "right") == "  ab"
    assert fit("ab", 5, "centre") == " ab  "


def test_ascii_twins_stay_apart() -> None:
    names = ["m", "m̂", "θ", "θ′", "w₁", "∂J", "x²", "ŷ"]
    assert [to_ascii(n) for n in names] == ["m", "m_hat", "theta", "theta'", "w1", "dJ", "x^2", "y_hat"]
