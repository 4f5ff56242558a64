"""The layers' figures of the iteration that was trained last, also where nobody looked while it was trained.

While it trains, iterations are looked at now and then: a look needs the parameters before the iteration as well. Of
the last one, which nobody knows beforehand, they are had by computing it again.
"""

from __future__ import annotations

from tui_nn.session.layer_figures import ParameterFigures, layer_figures, parameters_of
from tui_nn.session.trainer import Trainer


def last_figures(trainer: Trainer) -> tuple[ParameterFigures, ...]:
    """Those of the last iteration, from a twin of the run; () where the run remembers no moment before it."""
    last, recent = trainer.course.iteration, trainer.recent
    if recent.iteration >= last:
        return ()
    twin = trainer.course.twin()
    twin.machines.owner.restore(recent)
    twin.stand_at(recent.iteration)
    twin.go(last - 1)
    before = parameters_of(twin)
    twin.go(last)
    return layer_figures(twin, before)
