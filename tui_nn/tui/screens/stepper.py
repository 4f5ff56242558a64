"""The stepper: a program line by line, forward and back in time, with every number's reasons."""

from __future__ import annotations

from typing import ClassVar

from tui_nn.tui.bindings import bindings
from tui_nn.tui.screens.stepper_runs import RunKeys


class StepperScreen(RunKeys):
    """One problem under the magnifying glass: the panes, the keys for looking, the keys for running."""

    TABLE: ClassVar[str] = "stepper"
    BINDINGS = bindings("stepper")
