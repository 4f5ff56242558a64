"""The desk of a training run, without a screen: what its curves hold."""

from __future__ import annotations

import math
from functools import partial

import pytest

from tests.tui.training_driving import small
from tui_nn.session.run import Run
from tui_nn.tui.drawing.training import status
from tui_nn.tui.training_desk import BATCHES, TrainingDesk
from tui_nn.tui.training_shot import TrainingWanted, take_training
from tui_nn.view.look import Look

ROWS, SIZE, EPOCH = 325, 32, 11


def trained(folder, slices):
    """A desk that was advanced for so many seconds each; its curve within epochs."""
    desk = TrainingDesk(partial(Run.begin, small(folder)))
    desk.open()
    for seconds in slices:
        if desk.run.trainer.stop is None:
            desk.advance(seconds)
    desk.run.finish()
    trace = desk.curves[BATCHES].trace
    return list(zip(trace.x, trace.y, strict=True))


@pytest.mark.parametrize("ahead", [1, 4, 11, 17])
def test_each_point_of_the_batches_is_the_mean_loss_since_the_one_before(tmp_path, ahead):
    each = trained(tmp_path / "each", [0] * 3 * EPOCH)
    assert len(each) == 3 * EPOCH
    sizes = [min(SIZE, ROWS - SIZE * (i % EPOCH)) for i in range(3 * EPOCH)]
    assert sum(sizes[:EPOCH]) == ROWS

    points = trained(tmp_path / "some", [0] * ahead + [math.inf])
    assert points[:ahead] == each[:ahead]
    assert [x for x, _ in points[ahead:]] == [epoch for epoch in (1, 2, 3) if epoch > ahead / EPOCH]
    first = ahead
    for x, mean in points[ahead:]:
        last = round(x * EPOCH)
        total = sum(size * loss for size, (_, loss) in zip(sizes[first:last], each[first:last], strict=True))
        assert mean == pytest.approx(total / sum(sizes[first:last]), rel=1e-9)
        first = last


@pytest.mark.parametrize(
    ("changes", "said"), [({}, "100%  epoch 3"), ({"early_stopping": 1, "lr": 0.5, "epochs": 99}, "epoch")]
)
def test_a_run_that_has_ended_early_has_no_share_of_its_way_left(tmp_path, changes, said):
    desk = TrainingDesk(partial(Run.begin, small(tmp_path / "it", **changes)))
    desk.open()
    while desk.run.trainer.stop is None:
        desk.advance(0)
    desk.result = desk.run.finish()
    first = "".join(s.text for s in status(take_training(desk, TrainingWanted()), Look(), 80).lines[0]).strip(" ━")
    assert first.startswith(said)
    assert "batch" not in first
