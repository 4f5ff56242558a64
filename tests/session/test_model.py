"""A model read back from its run, with layers that keep statistics: the same numbers row by row, at once, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.session.checkpoint_file import newest
from tui_nn.session.model import Model, part_of_run
from tui_nn.session.run import Run
from tui_nn.session.settings import from_values

KINDS = [{"batch_norm": True}, {"batch_renorm": True}, {"layers": "6,layer_norm"}, {"layers": "6,group_norm(2)"}]


@pytest.fixture(params=KINDS, ids=lambda kind: " ".join(map(str, kind.values())))
def trained(request, tmp_path):
    settings = {"data": "moons", "layers": "6", "epochs": 20, "batch_size": 16, "drop_last": True, **request.param}
    run = Run.begin(from_values({**settings, "out": str(tmp_path / "run")}))
    while run.trainer.stop is None:
        run.advance(0)
    run.save()
    return run


def test_it_judges_the_test_part_as_training_did(trained):
    model = Model.load(trained.folder)
    figures, _ = model.evaluate(part_of_run(trained.folder, "test"))
    assert figures.loss == pytest.approx(trained.finish()["test"]["loss"], rel=1e-5)


def test_a_row_alone_and_among_others_has_the_same_prediction(trained):
    model = Model.load(trained.folder)
    rows = part_of_run(trained.folder, "test").X
    together = model.predict(rows).probabilities
    alone = np.vstack([model.predict(row[None]).probabilities for row in rows[:8]])
    np.testing.assert_allclose(alone, together[:8], rtol=1e-5, atol=1e-7)


def test_batch_norm_predicts_with_the_statistics_of_the_checkpoint(tmp_path):
    settings = {"data": "moons", "layers": "6", "epochs": 20, "batch_size": 16, "drop_last": True, "batch_norm": True}
    run = Run.begin(from_values({**settings, "out": str(tmp_path / "run")}))
    while run.trainer.stop is None:
        run.advance(0)
    run.save()
    model, kept = Model.load(run.folder), newest(run.folder.checkpoints)[0].tensors
    rows = part_of_run(run.folder, "test").X
    z = kept["W1"] @ model.scaling.apply(rows, "float64").T
    normal = (z - kept["running_mean1"]) / np.sqrt(kept["running_var1"] + 1e-5)
    hidden = np.maximum(kept["scale1"] * normal + kept["shift1"], 0)
    logit = (kept["W2"] @ hidden + kept["b2"]).ravel()
    found = model.predict(rows).probabilities[:, 1]
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-logit)), rtol=1e-4)


def test_under_a_penalty_the_losses_of_training_and_validation_are_of_the_data_alone(tmp_path):
    settings = {"data": "moons", "layers": "6", "epochs": 1, "batch_size": "all", "l2": 1.0, "lr": 1e-12}
    run = Run.begin(from_values({**settings, "out": str(tmp_path / "run")}))
    while run.trainer.stop is None:
        run.advance(0)
    run.save()
    record, result = run.folder.records()[-1], run.finish()
    assert record["loss"] == pytest.approx(result["train"]["loss"], rel=1e-5)
    assert record["penalty"] == pytest.approx(result["train"]["penalty"], rel=1e-5)
    assert record["penalty"] > record["loss"]
