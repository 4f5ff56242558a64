"""The bridge: commands one after the other in a thread, cancelled at once, and never a lost answer."""

from __future__ import annotations

import time

import pytest

from tui_nn.errors import UserError
from tui_nn.lessons.problem import find
from tui_nn.tui.bridge import Bridge, settle
from tui_nn.tui.desk import Desk
from tui_nn.tui.slices import in_one
from tui_nn.tui.snapshot import Wanted
from tui_nn.tui.take import take
from tui_nn.tui.travel import ahead, goto, look, move


@pytest.fixture
def bridge():
    made = Bridge(Desk(find("S5").session()), Wanted(), take)
    yield made
    made.close()
    assert not made._thread.is_alive()


def endless(desk):
    while True:
        desk.session.step()
        yield 0.001


def test_commands_are_done_in_order_and_the_last_snapshot_is_kept(bridge):
    for _ in range(20):
        bridge.submit(ahead(1))
    settle(bridge)
    assert bridge.poll().position == (2, 3)
    assert bridge.poll() is None, "a snapshot is handed out once"


def test_a_long_command_is_seen_while_it_runs_and_ends_when_cancelled(bridge):
    bridge.submit(endless)
    seen = []
    end = time.monotonic() + 5
    while len(seen) < 3 and time.monotonic() < end:
        shot = bridge.poll()
        if shot is not None:
            seen.append(shot)
        time.sleep(0.005)
    assert all(shot.running for shot in seen)
    assert seen[0].position < seen[1].position < seen[2].position
    assert bridge.busy
    bridge.cancel()
    settle(bridge)
    assert not bridge.poll().running


def test_a_way_that_never_ends_is_left_at_once_and_the_next_command_goes_on_from_there(bridge):
    bridge.submit(goto(10**13))
    while not ((shot := bridge.poll()) and shot.position.iteration > 1):
        time.sleep(0.005)
    bridge.cancel()
    settle(bridge)
    here = bridge.poll().position
    bridge.submit(ahead(1))
    settle(bridge)
    assert bridge.poll().position == (here.iteration + 1, 1)


def test_an_aside_that_takes_long_is_seen_and_cancelled_too(bridge):
    bridge.submit(endless, aside=True)
    while not (shot := bridge.poll()):
        time.sleep(0.005)
    assert shot.running
    bridge.cancel()
    settle(bridge)
    assert not bridge.poll().running


def test_cancelling_concerns_what_was_asked_before_only(bridge):
    bridge.submit(endless)
    bridge.submit(endless)
    bridge.cancel()
    bridge.submit(move("reset"))
    settle(bridge)
    assert bridge.poll().position == (1, 0)


def test_an_aside_is_done_while_a_long_command_goes_on(bridge):
    bridge.submit(endless)
    ticket = bridge.submit(in_one(lambda desk: desk.session.watch("w1")), aside=True)
    assert ticket.wait(5)
    assert bridge.busy
    assert "w1" in bridge._desk.session.frame().watches
    bridge.cancel()
    settle(bridge)


def test_an_aside_does_not_shorten_a_wait(bridge):
    times = []

    def paced(desk):
        for _ in range(2):
            times.append(time.monotonic())
            yield 0.3

    bridge.submit(paced)
    time.sleep(0.05)
    assert bridge.submit(look, aside=True).wait(0.2), "it is done within the wait"
    settle(bridge)
    assert times[1] - times[0] >= 0.3


def test_an_error_is_on_the_ticket_of_its_command(bridge):
    def refuse(desk):
        raise UserError("no")

    tickets = [bridge.submit(in_one(refuse), aside=aside) for aside in (True, False)]
    good = bridge.submit(look)
    settle(bridge)
    assert [t.error for t in tickets] == ["no", "no"]
    assert good.error == ""


def test_a_wait_between_slices_is_cut_short(bridge):
    def sleeper(desk):
        yield 60.0

    bridge.submit(sleeper)
    time.sleep(0.05)
    began = time.monotonic()
    bridge.cancel()
    settle(bridge)
    assert time.monotonic() - began < 5


def test_what_is_at_work_rests_while_the_screen_draws(bridge, monkeypatch):
    monkeypatch.setattr("tui_nn.tui.bridge.DRAWING", 60.0)

    def here():
        assert bridge.submit(look, aside=True).wait(5), "an aside is done meanwhile"
        return bridge.poll().position

    def later(than):
        end = time.monotonic() + 5
        while (now := here()) == than:
            assert time.monotonic() < end
        return now

    bridge.submit(endless)
    with bridge.quiet():
        rested = later(than=(1, 0))
        time.sleep(0.1)  # more than an aside's own rest
        assert here() == rested
    later(than=rested)
    with bridge.quiet():
        bridge.cancel()
        settle(bridge, 5)


def test_what_cannot_be_done_is_told_and_the_next_command_goes_on(bridge):
    def refuse(desk):
        raise UserError("no")

    bridge.submit(in_one(refuse))
    settle(bridge)
    assert bridge.error == "no"
    bridge.submit(ahead(1))
    settle(bridge)
    assert bridge.error == ""
    assert bridge.poll().position == (1, 1)


def test_a_defect_is_kept_for_the_screen(bridge):
    def broken(desk):
        raise ZeroDivisionError

    bridge.submit(in_one(broken))
    settle(bridge)
    assert isinstance(bridge.crash, ZeroDivisionError)


def test_close_ends_a_run_in_one():
    made = Bridge(Desk(find("S5").session()), Wanted(), take)
    made.submit(endless)
    began = time.monotonic()
    made.close()
    assert time.monotonic() - began < 2
    assert not made._thread.is_alive()


def test_a_fresh_look_changes_nothing(bridge):
    bridge.submit(look)
    settle(bridge)
    shot = bridge.poll()
    assert (shot.position, shot.focus, shot.card) == ((1, 0), None, None)
