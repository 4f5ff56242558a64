"""A run in the stepper: every number that training used, at any iteration, forward and back."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.errors import UserError
from tui_nn.session.checkpoint_file import discard
from tui_nn.session.explain import explain
from tui_nn.session.open_run import open_run
from tui_nn.session.run import Run
from tui_nn.session.settings import from_values

VARIANTS = [
    {},
    {"dropout": "0.2", "batch_norm": True, "optimizer": "nesterov"},
    {"schedule": "cosine", "l2": 0.01, "clip_norm": 0.5, "batch_renorm": True},
    {"schedule": "plateau(factor=0.5, patience=0)", "lr": 0.3},  # falls after 8 epochs of 5 iterations
]


@pytest.fixture(params=VARIANTS, ids=lambda s: ",".join(s) or "plain")
def trained(request, tmp_path):
    """A run, and what its parameters, states and losses were after each iteration, read while it trained."""
    settings = {"data": "moons", "layers": "6,5", "steps": 57, "out": str(tmp_path / "run"), **request.param}
    run = Run.begin(from_values(settings))
    seen = {}
    while run.trainer.stop is None:
        run.advance(0)
        course = run.trainer.course
        machine = course.machines.training(course.size_of(course.iteration))
        seen[course.iteration] = {n: machine.read(n) for n in (*course.machines.names(), "J", "dW1", "Z2")}
        if course.iteration in (20, 41):
            run.save()
    return run.folder, seen


def same(session, numbers):
    return all(session.value(name).tobytes() == value.tobytes() for name, value in numbers.items())


def test_every_iteration_has_the_numbers_that_training_used(trained):
    folder, seen = trained
    for iteration in (1, 5, 20, 21, 40, 41, 42, 57):
        session = open_run(folder, iteration)
        assert session.position == (iteration, 0)
        session.next_iteration()
        assert same(session, seen[iteration])


def test_it_goes_forward_over_ends_of_epochs_and_back_beyond_where_it_was_opened(trained):
    folder, seen = trained
    session = open_run(folder, 42)
    for iteration in (44, 55, 57, 43, 41, 39, 20, 3, 1, 57, 2):
        session.goto(iteration, session.length)
        assert same(session, seen[iteration]), iteration


def test_a_way_back_beyond_where_it_was_opened_can_be_left(trained, monkeypatch):
    monkeypatch.setattr("tui_nn.session.course.SLICE", 1)
    monkeypatch.setattr("tui_nn.session.open_run.BEHIND", 3)
    folder, seen = trained
    for slices, stands in ((1, 20), (6, 20), (7, 20), (8, 8), (9, 9), (10, 10), (11, 11)):
        session = open_run(folder, 20)
        session.next_iteration()
        way = session.going(11, session.length)  # 7 iterations from the start on, for a checkpoint, and then 4
        for _ in zip(range(slices), way, strict=False):
            pass
        way.close()
        assert session.position == (stands, session.length)
        assert same(session, seen[stands])
        session.goto(12, session.length)
        assert same(session, seen[12])


@pytest.mark.parametrize("edited", [False, True])
def test_between_two_slices_of_a_way_one_may_look_anywhere(trained, monkeypatch, edited):
    monkeypatch.setattr("tui_nn.session.course.SLICE", 1)
    monkeypatch.setattr("tui_nn.session.open_run.BEHIND", 3)
    folder, seen = trained
    session, undisturbed = open_run(folder, 42), open_run(folder, 42)
    for each in (session, undisturbed):
        each.next_iteration()
        if edited:
            each.set("W1", (0, 0), 5.0)

    def look():
        here = session.position
        explain(session, "W1", (0, 0))
        session.original_within(0.0, ["W1"])
        assert session.position == here

    slices = 0
    for iteration in (41, 44, 40, 39, 3, 50):
        for _ in session.going(iteration, session.length):
            look()
            slices += 1
        look()
        undisturbed.goto(iteration, session.length)
        names = seen[iteration]
        assert same(session, {name: undisturbed.value(name) for name in names})
        if not edited or iteration < 42:
            assert same(session, names), iteration
    assert slices > 30


def test_steps_stop_at_lines_of_the_batch_at_hand(trained):
    folder, seen = trained
    session = open_run(folder, 9)
    before = session.value("W1")
    assert before.tobytes() == seen[8]["W1"].tobytes()
    while not session.is_computed("Z2"):
        session.step()
    assert session.value("Z2").tobytes() == seen[9]["Z2"].tobytes()
    session.step(-1 if session.position.line > 1 else 1)
    session.goto(10, 0)
    rows = session.value("X").shape[1]
    sizes = {open_run(folder, i).value("X").shape[1] for i in (10, 11)}
    assert rows in sizes
    assert len(sizes) == 2  # moons: 130 training rows are four batches of 32 and one of 2


def test_conditions_and_edits_work_over_batches_of_any_size(trained):
    folder, seen = trained
    session = open_run(folder, 2)
    limit = sorted(float(numbers["J"]) for numbers in seen.values())[10]
    expected = next(i for i in sorted(seen) if i >= 2 and float(seen[i]["J"]) <= limit)
    stop = session.run_until(f"J <= {np.float32(limit)!r}".replace("np.float32(", "").replace(")", ""))
    assert stop.kind == "condition"
    assert session.position.iteration == expected
    session.goto(6, session.length)
    session.set("W1", (0, 0), 0.5)
    assert session.value("W1")[0, 0] == 0.5
    session.next_iteration()
    assert not same(session, seen[7])
    session.undo()
    assert same(session, seen[7])


def test_without_its_checkpoints_a_run_is_replayed_from_its_start(trained):
    """As after a kill before the first checkpoint: the rates that a plateau has set are in the epochs' records."""
    folder, seen = trained
    discard(folder.checkpoints, set())
    session = open_run(folder, 55)
    session.next_iteration()
    assert same(session, seen[55])


def test_a_convention_that_has_changed_since_stays_the_run_s_own(tmp_path):
    run = Run.begin(from_values({"data": "moons", "optimizer": "momentum", "steps": 9, "out": str(tmp_path / "run")}))
    while run.trainer.stop is None:
        run.advance()
    assert run.folder.settings() == run.settings
    text = (tmp_path / "run" / "run.toml").read_text()
    assert text.count('form = "pytorch"') == 1
    (tmp_path / "run" / "run.toml").write_text(text.replace('form = "pytorch"', 'form = "classic"'))
    lines = [str(line) for line in open_run(run.folder, 1).program.lines if line.phase == "update"]
    assert lines == ["v = gamma * v + lr * g", "theta = theta - v"]


def test_an_iteration_that_the_run_has_not_reached_is_refused(trained):
    folder, _ = trained
    assert open_run(folder, 58).position == (58, 0)
    with pytest.raises(UserError, match="has 57 iterations; 59 is none"):
        open_run(folder, 59)
    with pytest.raises(UserError, match="has 57 iterations"):
        open_run(folder, 0)


def test_a_long_replay_is_announced(tmp_path):
    run = Run.begin(from_values({"data": "moons", "layers": "2", "epochs": 300, "out": str(tmp_path / "run")}))
    while run.trainer.stop is None:
        run.advance(0)
    run.save()
    discard(run.folder.checkpoints, set())
    said = []
    open_run(run.folder, 1_401, said.append)
    assert "replaying 1,400 iterations, from the checkpoint of 0 on" in said
    said.clear()
    open_run(run.folder, 3, said.append)
    assert not any("replaying" in line for line in said)
