"""Lockstep: every session stands where a session of its own would after the same moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.errors import UserError
from tui_nn.lessons.problem import Settings, find
from tui_nn.session.lockstep import Lockstep

FIVE = ("sgd", "momentum", "adagrad", "rmsprop", "adam")
MOVES = ("step", "back", "next_phase", "back_phase", "next_iteration", "back_iteration", "reset")


def sessions():
    return {name: find("S6", Settings({}, optimizer=name)).session() for name in FIVE}


@given(st.lists(st.sampled_from(MOVES), max_size=12))
def test_all_move_as_the_longest_one_does_alone(moves):
    together, alone = Lockstep(sessions()), sessions()["adam"]
    for move in moves:
        getattr(together, move)()
        getattr(alone, move)()
    assert together.position == alone.position
    for session in together.sessions.values():
        assert session.position == (alone.position.iteration, min(alone.position.line, session.length))


def test_after_ten_iterations_each_has_its_own_weights():
    together = Lockstep(sessions())
    together.next_iteration(10)
    for name, session in sessions().items():
        session.next_iteration(10)
        assert [session.value(w) for w in ("w0", "w1")] == [together.sessions[name].value(w) for w in ("w0", "w1")]


def test_nothing_to_run():
    with pytest.raises(UserError, match="at least one"):
        Lockstep({})
