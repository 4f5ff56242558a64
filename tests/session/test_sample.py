"""After each epoch the figures of the validation part are had of training rows too, and training does not notice."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.session import assemble
from tui_nn.session.assemble import Examples
from tui_nn.session.preparation import prepare
from tui_nn.session.run import Run
from tui_nn.session.settings import from_values


def rows(count):
    return Examples(np.arange(count * 2.0).reshape(count, 2), np.arange(count), np.arange(count) + 0.5)


@pytest.mark.parametrize(
    ("train", "validation", "expected"),
    [(8, 2, 8), (150, 30, 100), (150, None, 100), (1000, 250, 250), (100_000, 20_000, 5000), (300, 900, 300)],
)
def test_the_sample_is_of_the_size_of_the_validation_part_and_spread_evenly(train, validation, expected):
    given = rows(train)
    found = assemble.sample(given, None if validation is None else rows(validation))
    assert len(found.X) == len(found.y) == len(found.true) == expected
    gaps = np.diff(np.append(found.y, train))
    assert found.y[0] == 0
    assert gaps.max() - gaps.min() <= 1
    assert (given.X[found.y] == found.X).all()
    assert (found.true == found.y + 0.5).all()


@pytest.mark.parametrize(
    ("settings", "figures"),
    [
        ({"data": "iris", "dropout": "0.4", "batch_norm": True, "batch_size": 20}, ["accuracy"]),
        ({"data": "iris", "monitor": "f1", "validation": 0.1}, ["accuracy", "f1"]),
        ({"data": "moons", "rows": 130, "validation": 0}, ["accuracy"]),
        ({"data": "sine", "rows": 130}, ["r2", "mae"]),
    ],
)
def test_they_are_those_of_the_parameters_at_the_end_of_the_epoch(tmp_path, settings, figures):
    run = Run.begin(from_values({"layers": "6", "epochs": 3, "out": str(tmp_path / "run"), **settings}))
    assert run.prepared.count("train") <= assemble.FEW  # so that the sample is all of them
    while run.trainer.stop is None:
        run.advance()
    last, result = run.folder.records()[-1], run.finish()
    assert [last[name] for name in figures] == pytest.approx([result["train"][name] for name in figures], rel=1e-9)
    names = [name for name in last if name not in ("epoch", "iteration", "seconds", "lr", "loss")]
    held = [f"val_{name}" for name in ("loss", *figures)] if settings.get("validation", 1) else []
    assert names == [*figures, *held]


def test_training_gives_the_same_bits_with_and_without_it():
    settings = from_values(
        {"data": "moons", "layers": "6", "dropout": "0.2", "batch_norm": True, "batch_size": 20, "epochs": 4}
    )
    prepared = prepare(settings)
    network = assemble.network(settings, prepared)
    reader = assemble.reader(network, len(prepared.dataset.classes), prepared.target_scaling)
    train = assemble.examples(prepared, "train", settings.dtype)
    trainers = [assemble.trainer(settings, reader, train, None) for _ in range(2)]
    trainers[1].sample = None
    records = [list(trainer.epochs()) for trainer in trainers]
    assert ["accuracy" in each[-1] for each in records] == [True, False]
    assert [r["loss"] for r in records[0]] == [r["loss"] for r in records[1]]
    first, second = (trainer.tensors() for trainer in trainers)
    assert {n: v.tobytes() for n, v in first.items()} == {n: v.tobytes() for n, v in second.items()}
