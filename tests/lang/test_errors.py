"""What a name that is not there may have been meant for."""

from __future__ import annotations

import pytest

from tui_nn.lang.errors import hint, suggestion


@pytest.mark.parametrize("say", [hint, suggestion])
def test_a_name_that_is_known_from_two_places_is_named_once(say):
    assert say("bias", ["bias1", "w", "bias1"]) == "; did you mean bias1?"
    assert say("bias", ["bias2", "bias1", "bias1"]).count("bias1") == 1


def test_a_sibling_is_named_once():
    assert hint("b1", ["w", "b2", "b2"]) == "; did you mean b2?"
