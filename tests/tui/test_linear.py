"""The app as plain lines: its words are the key table's, its numbers the Session's, and nothing ends it but leaving."""

from __future__ import annotations

import io
import math
import re
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.lessons.problem import Settings, find
from tui_nn.session.run import Run
from tui_nn.session.settings import from_values
from tui_nn.tui import keys
from tui_nn.tui.linear.console import WELCOME, Console, summary
from tui_nn.tui.linear.stepping import DEEDS
from tui_nn.tui.linear.words import OWN, SPELLINGS, read
from tui_nn.tui.pace import SPEEDS

SCREEN_ONLY = {
    "log", "faster", "slower", "stop", "follow", "back_parameter", "next_parameter", "next_view", "back_view", "zoom",
    "other_graph", "lockstep", "focus_next", "focus_previous", "close", "command_palette", "next_theme", "interrupt",
    "quit",
}  # fmt: skip


class Talk:
    """A console, what it has said and what it has complained of."""

    def __init__(
        self,
        target: str = "S5",
        asked: Settings | None = None,
        *,
        interrupted: bool = False,
        after: float = math.inf,  # lines
    ) -> None:
        self.said: list[str] = []
        self.errors: list[str] = []
        self.shown: list[str] = []

        class Patience:
            asked = property(lambda _: interrupted or len(self.said) >= after)
            show = staticmethod(self.shown.append)

        @contextmanager
        def interruptible():
            yield Patience()

        self.console = Console(self.said.append, self.errors.append, interruptible)
        if target:
            settings = asked or Settings({})
            self.console.begin(find(target, settings), settings)

    @property
    def session(self):
        return self.console._stepping.session

    def tell(self, *lines: str) -> list[str]:
        """The answer to these lines."""
        before = len(self.said)
        for line in lines:
            assert self.console.obey(line)
        return self.said[before:]


# -- words


def test_every_key_and_label_of_the_stepper_is_a_word():
    for row in keys.table("stepper"):
        for word in (*row.keys.split(","), row.shown, row.label):
            assert word in SPELLINGS
        assert SPELLINGS[row.keys.split(",")[0]] == row.action
        assert row.action in DEEDS or row.action in SCREEN_ONLY
    assert set(OWN.values()) <= {*DEEDS, "close", "lessons", "open_target"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("n", ("next", 1, "")),
        (" 10n ", ("next", 10, "")),
        ("10 next", ("next", 10, "")),
        ("P", ("back_phase", 1, "")),
        ("phase back", ("back_phase", 1, "")),
        ("g 12:7", ("goto", 1, "12:7")),
        ("go to 12:7", ("goto", 1, "12:7")),
        ("U L > 1", ("back_until", 1, "L > 1")),
        ("w2=3", ("edit", 1, "w2=3")),
        ("W1[0, 2] = -.5", ("edit", 1, "W1[0, 2] = -.5")),
        ("b1 = 2", ("edit", 1, "b1 = 2")),
        ("b = 2", ("edit", 1, "b = 2")),
        ("u L == 0", ("until", 1, "L == 0")),
        ("?", ("explain", 1, "")),
        ("explain dw1", ("open", 1, "dw1")),
    ],
)
def test_lines_are_read(line, expected):
    said = read(line)
    assert (said.action, said.count, said.text) == expected


def test_the_summary_says_every_command():
    text = "\n".join(summary())
    for row in keys.table("stepper"):
        if row.action in DEEDS:
            assert row.label in text
            assert row.shown in text
    assert all(word in text for word in OWN if word != "exit")


# -- stepping

MOVES = {
    "n": lambda s: s.step(),
    "3n": lambda s: s.step(3),
    "b": lambda s: s.back(),
    "p": lambda s: s.next_phase(),
    "2P": lambda s: (s.back_phase(), s.back_phase()),
    "i": lambda s: s.next_iteration(),
    "4i": lambda s: s.next_iteration(4),
    "2I": lambda s: s.back_iteration(2),
    "r": lambda s: s.reset(),
    "g 3:7": lambda s: s.goto(3, 7),
    "g dw1": lambda s: s.goto(s.position.iteration, 13),
    "w2 = 3": lambda s: s.set("w2", (), 3.0),
}


@settings(max_examples=25)
@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=8))
def test_every_move_is_the_sessions_own(moves):
    talk, session = Talk(), find("S5").session()
    for move in moves:
        talk.tell(move)
        MOVES[move](session)
        assert talk.session.position == session.position
        assert talk.session.edits == session.edits
        for name in ("w0", "w1", "w2", "w3"):
            assert talk.session.value(name) == session.value(name)
    assert not talk.errors


def test_each_line_that_is_computed_is_said_with_its_value():
    talk = Talk()
    assert talk.tell("13n")[-1] == "13 dw1 = df2 * x1 = -4"
    said = talk.tell("r", "p")
    assert said[-5:] == [f"{i} {text}" for i, text in enumerate(
        ["f1 = x0 * w0 = 1", "f2 = x1 * w1 = -1", "f3 = f1 * w2 = 1", "f4 = f2 * w3 = -2", "f = f3 + f4 = -1"], 1
    )]  # fmt: skip
    assert talk.tell("i")[-6:] == ["17 theta = theta - step", "  w0 = 1.2", "  w1 = -0.6", "  w2 = 1.2", "  w3 = 1.8",
                                  "L = 2"]  # fmt: skip


def test_the_way_down_from_a_gradient_to_the_inputs():
    talk = Talk()
    card = talk.tell("g dw1", "explain dw1")
    assert "  dw1 = df2 * x1" in card
    assert [line for line in card if line[0] in "12" and "=" not in line] == [
        "1 df2  -4  gradient, line 12", "2 x1    1  given"]  # fmt: skip
    assert "df2 = -4" in talk.tell("explain 1")
    assert "w3 = 2" in talk.tell("explain 2")
    assert "the way here: dw1, df2" in talk.tell("return")
    assert "dw1 = -4" in talk.tell("return")
    talk.tell("return", "explain 9", "explain w9")
    assert [error.split(";")[0] for error in talk.errors] == [
        "this is where you began", "dw1 has 2 operands", "there is no value named `w9`"]  # fmt: skip


def test_a_change_is_a_branch_that_says_what_follows_and_is_undone():
    talk = Talk()
    assert talk.tell("w2 = 3")[-1] == "w2 is 3, was 1"
    talk.tell("5n")
    assert "f3 is 3, was 1" in talk.tell("changes")
    talk.tell("undo")
    assert talk.tell("changes") == ["no value is changed"]
    talk.tell("2i", "w2 = 3", "i")
    named = [line.split(" is ")[0] for line in talk.tell("changes")]
    assert len(named) == len(set(named))
    assert "step.w2" in named
    assert not talk.errors


def test_runs_stop_where_they_are_told_to():
    talk = Talk()
    talk.tell("run")
    assert "nothing would stop this run" in talk.errors.pop()
    assert talk.tell("s") == talk.tell("break") == ["breakpoints: none; break 13 sets one, or break L < 0.1"]
    assert talk.tell("break 13") == ["breakpoints: line 13"]
    assert talk.tell("run", "run")[-1] == "stopped: breakpoint at line 13"
    assert talk.session.position == (2, 13)
    assert talk.tell("break 13", "until L < 0.01")[-1] == "stopped: L < 0.01"
    assert float(talk.session.value("L")) < 0.01
    assert talk.tell("back until L > 1")[-1] == "stopped: L > 1"
    assert not talk.errors


def test_a_long_way_says_how_far_it_is():
    talk = Talk()
    talk.tell("g 3000")
    assert talk.shown
    assert all(re.fullmatch(r"iteration [1-9][\d,]*", text) for text in talk.shown)


def test_control_c_ends_a_run_and_not_the_talk():
    talk = Talk(interrupted=True)
    assert talk.tell("break L < 0", "run")[-1] == "stopped: interrupted"
    assert SPEEDS[-1].per_second == 0


@pytest.mark.parametrize(("steps", "move"), [("1000000n", "step"), ("1000000p", "next_phase")])
def test_control_c_ends_what_is_printed_too_and_each_line_stands_there_once(steps, move):
    talk, session = Talk(after=40), find("S5").session()
    said = talk.tell(steps)
    assert said[-1] == "stopped: interrupted"
    assert len(said) < 60
    numbered = [line for line in said if line[0].isdecimal()]
    while session.position < talk.session.position:
        getattr(session, move)()
    iteration, line = session.position
    assert talk.session.position == session.position
    assert len(numbered) == (iteration - 1) * session.length + line


def test_a_way_that_never_ends_and_what_follows_from_a_change_are_interrupted():
    talk = Talk(after=60)
    talk.tell("50n")
    place, *_, last = talk.tell("g 10000000000000")
    assert last == "stopped: interrupted"
    assert talk.session.position.line == talk.session.length
    assert place.endswith("update")
    assert not talk.errors


def test_a_count_beyond_the_largest_is_refused_and_not_cut():
    talk = Talk()
    talk.tell("1000001n", "99999999999999999999i", "9" * 5000 + "p")
    assert len(talk.errors) == 3
    assert all(error.startswith("the largest count is 1,000,000") for error in talk.errors)
    assert talk.session.position == (1, 0)
    talk.tell("0000000012n")
    assert talk.session.position == (1, 12)


def test_numbers_that_run_away_are_explained_and_tried_again():
    asked = Settings({}, optimizer="sgd", hyper={"lr": 1000.0})
    talk = Talk("S5", asked)
    session = find("S5", asked).session()
    expected = f"stopped: {session.run(100).text}; autopsy says why"
    for steps in ("100i", "100p", "500n"):
        talk.tell("reset")
        assert talk.tell(steps)[-1] == expected
    assert not talk.tell("i")[-1].startswith("stopped"), "it is known by now"
    talk.tell("b")
    said = talk.tell("autopsy")
    assert said[0].startswith("The first number that is not finite")
    assert "Likely causes" in said
    talk.tell("origin", "smaller steps")
    assert float(talk.session.value("lr")) == 100.0
    here = talk.session.position
    talk.tell("clip")
    assert [(e.name, e.value) for e in talk.session.edits] == [("lr", 100.0), ("clip_norm", 1.0)]
    assert talk.session.position.iteration == here.iteration
    talk.tell("clip")
    assert talk.session.edits[-1].value == 0.1
    assert any("g_clipped" in line for line in talk.tell("list"))
    talk.tell("z", "z")
    assert not any("g_clipped" in line for line in talk.tell("list"))
    assert talk.session.position == here
    assert [(e.name, e.value) for e in talk.session.edits] == [("lr", 100.0)]
    assert not talk.errors


def test_another_seed_is_said():
    talk = Talk("B6")
    before = talk.session.value("W1").tolist()
    assert talk.tell("R")[0] == "seed 1"
    assert talk.session.value("W1").tolist() != before
    assert talk.tell("R")[0] == "seed 2"
    assert [talk.tell("z")[0] for _ in range(2)] == ["seed 1", "seed 0"]
    assert talk.session.value("W1").tolist() == before
    assert talk.tell("z") == []
    assert len(talk.errors) == 1, "nothing is left to undo"


def test_watches_breakpoints_and_names():
    talk = Talk()
    assert talk.tell("watch w1 * 2") == ["watch w1 * 2: -2"]
    assert talk.tell("n")[-1] == "watch w1 * 2: -2"
    assert talk.tell("watch w1 * 2") == ["nothing is watched"]
    meaning = "dw1: a single number, a gradient: how much the loss changes when this changes a little, by line 13"
    assert talk.tell("? dw1") == [meaning]
    assert talk.tell("? lr") == ["lr: the learning rate: how far a step goes"]
    assert talk.tell("list")[:2] == ["iteration 1, forward", "given x0 = 1"]


@pytest.mark.parametrize(("line", "example"), [("g", "g 12:7"), ("until", "u L < 0.1"), ("U", "U L > 1")])
def test_a_command_that_lacks_its_other_half_is_told_how_it_goes(line, example):
    talk = Talk()
    talk.tell(line)
    assert talk.errors == [f"it wants more to be said, as in: {example}"]


# -- whatever is said

WRONG = (
    "foo", "99", "v", "m", "g nowhere", "g 3:99", "u", "u (", "u L <", "watch )", "explain", "explain 1",
    "explain w1[3]", "break 99", "break (", "w9 = 3", "w1 = x", "w1 = inf", "w1[2] = 3", "= 3", "open nothing-like-it",
    "open", "open y = w *", "g", "5g", "u", "U", "until", "e", "\x1b[31m", "return", "origin", "? nothing", "R",
)  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_said_in_one_line(line):
    talk = Talk()
    talk.tell(line)
    assert len(talk.errors) == 1
    assert "\n" not in talk.errors[0]
    assert talk.session.position == (1, 0)


@settings(max_examples=60)
@given(st.lists(st.one_of(st.sampled_from([*SPELLINGS, *MOVES, *WRONG]), st.text(max_size=12)), max_size=6))
def test_nothing_that_is_typed_ends_it_but_leaving(lines):
    talk = Talk(interrupted=True)
    for line in lines:
        if not talk.console.obey(line):
            assert read(line).action in ("close", "quit", "interrupt")
    assert all(line.isprintable() for line in talk.said)


def test_without_a_target_it_lists_and_opens():
    talk = Talk("")
    talk.tell("n")
    assert "open S5" in talk.errors.pop()
    assert any(line.startswith("S5 ") for line in talk.tell("lessons"))
    talk.tell("open S5", "13n")
    assert talk.session.position == (1, 13)
    assert not talk.errors


def test_a_run_opens_as_from_the_command_line(tmp_path, monkeypatch, cli):
    monkeypatch.chdir(tmp_path)
    run = Run.begin(from_values({"data": "moons", "layers": "4", "epochs": 2, "rows": 100, "out": "runs/kept"}))
    while run.trainer.stop is None:
        run.advance()
    run.finish()
    for name in ("kept", "runs/kept", str(tmp_path / "runs" / "kept")):
        talk = Talk()
        said = talk.tell(f"open {name}", "2n")
        assert said[0].startswith("The run kept: moons, ")
        assert talk.session.position == (run.trainer.course.iteration, 2)
        monkeypatch.setattr("sys.stdin", io.StringIO("2n\n"))
        first, *rest = said
        assert cli("open", name, "--linear").out.splitlines() == [first, rest[0], WELCOME, *rest[1:]]
        assert not talk.errors
    assert talk.tell("R") == []
    assert "keeps its seed" in talk.errors.pop()
    talk.tell("open keptt", "open runs/none", "open y = w *")
    assert "nor is there a run of that name. Did you mean " in talk.errors[0]
    assert len(talk.errors) == 3
    assert talk.session.position.line == 2
