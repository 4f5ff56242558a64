"""Normalisation: values less their mean, over their standard deviation, then scaled and shifted by what is learned.

The four differ in what they average over: the batch (`BatchNorm`, `BatchRenorm`), a layer's units (`LayerNorm`), or
groups of them (`GroupNorm`). Variances are those of the examples at hand (divided by n), as in PyTorch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from tui_nn.errors import UserError
from tui_nn.lang.write import write_number
from tui_nn.nn.draft import Draft
from tui_nn.nn.spec import between, complement, whole


@dataclass(frozen=True)
class BatchNorm:
    """Each unit over the batch (Ioffe and Szegedy 2015); in evaluation with running statistics. PyTorch's definition.

    Attributes:
        momentum: the weight of the new batch in the running statistics, PyTorch's convention (Keras's is 1 - it). The
            running variance takes the unbiased one (divided by n - 1).
        eps: added to the variance.
    """

    momentum: float = 0.1
    eps: float = 1e-5

    kind: ClassVar[str] = "batch_norm"
    opens: ClassVar[bool] = False

    def __post_init__(self) -> None:
        between(self.momentum, 0, 1, "batch norm's momentum")
        between(self.eps, 0, 1, "batch norm's eps")

    def write(self, draft: Draft) -> None:
        old, new = complement(self.momentum), write_number(self.momentum)
        n = draft.batch
        if draft.training:
            _needs_two(draft)
            mean = draft.line("mu", f"mean({draft.value}, axis=1, keepdims=True)")
            centred = draft.line("C", f"{draft.value} - {mean}")
            variance = draft.line("var", f"mean({centred}**2, axis=1, keepdims=True)")
            draft.buffer("running_mean", 0, f"{old} * {{self}} + {new} * {mean}")
            draft.buffer("running_var", 1, f"{old} * {{self}} + {new} * {variance} * {n} / {n - 1}")
        else:
            mean, variance = draft.buffer("running_mean", 0), draft.buffer("running_var", 1)
            centred = draft.line("C", f"{draft.value} - {mean}")
        sigma = draft.line("sigma", f"sqrt({variance} + {write_number(self.eps)})")
        _scale_and_shift(draft, f"{centred} / {sigma}")


@dataclass(frozen=True)
class BatchRenorm:
    """Batch normalisation by nearly the running statistics, in training too (Ioffe 2017, arXiv:1702.03275).

    `r` and `d` take the batch's statistics to the running ones, within limits; the gradient holds them constant. So
    small batches, or those of few classes, are normalised as in evaluation. The paper lets the limits grow from 1 and
    0 (where this is `BatchNorm`) to these over the first tens of thousands of steps; here they stand from the first.

    Attributes:
        momentum: the weight of the new batch in the running statistics (the paper's alpha). What runs beside the mean
            is the standard deviation, as in the paper.
        eps: added to the variance.
        r_max, d_max: `r` is kept between 1/r_max and r_max, `d` between -d_max and d_max.
    """

    momentum: float = 0.01
    eps: float = 1e-5
    r_max: float = 3.0
    d_max: float = 5.0

    kind: ClassVar[str] = "batch_renorm"
    opens: ClassVar[bool] = False

    def __post_init__(self) -> None:
        between(self.momentum, 0, 1, "batch renorm's momentum")
        between(self.eps, 0, 1, "batch renorm's eps")
        between(self.r_max, 1, math.inf, "batch renorm's r_max")
        between(self.d_max, 0, math.inf, "batch renorm's d_max")

    def write(self, draft: Draft) -> None:
        if not draft.training:
            mean, sigma = draft.buffer("running_mean", 0), draft.buffer("running_sigma", 1)
            centred = draft.line("C", f"{draft.value} - {mean}")
            _scale_and_shift(draft, f"{centred} / {sigma}")
            return
        _needs_two(draft)
        old, new = complement(self.momentum), write_number(self.momentum)
        mean = draft.line("mu", f"mean({draft.value}, axis=1, keepdims=True)")
        centred = draft.line("C", f"{draft.value} - {mean}")
        variance = draft.line("var", f"mean({centred}**2, axis=1, keepdims=True)")
        sigma = draft.line("sigma", f"sqrt({variance} + {write_number(self.eps)})")
        running_mean = draft.buffer("running_mean", 0, f"{old} * {{self}} + {new} * {mean}")
        running_sigma = draft.buffer("running_sigma", 1, f"{old} * {{self}} + {new} * {sigma}")
        least, most, far = (write_number(limit) for limit in (1 / self.r_max, self.r_max, self.d_max))
        r = draft.line("r", f"stop_gradient(clip({sigma} / {running_sigma}, {least}, {most}))")
        d = draft.line("d", f"stop_gradient(clip(({mean} - {running_mean}) / {running_sigma}, -{far}, {far}))")
        _scale_and_shift(draft, f"{centred} / {sigma} * {r} + {d}")


@dataclass(frozen=True)
class LayerNorm:
    """Each example over the layer's units (Ba, Kiros and Hinton 2016): no batch, no buffers. PyTorch's definition."""

    eps: float = 1e-5

    kind: ClassVar[str] = "layer_norm"
    opens: ClassVar[bool] = False

    def __post_init__(self) -> None:
        between(self.eps, 0, 1, "layer norm's eps")

    def write(self, draft: Draft) -> None:
        mean = draft.line("mu", f"mean({draft.value}, axis=0, keepdims=True)")
        centred = draft.line("C", f"{draft.value} - {mean}")
        variance = draft.line("var", f"mean({centred}**2, axis=0, keepdims=True)")
        sigma = draft.line("sigma", f"sqrt({variance} + {write_number(self.eps)})")
        _scale_and_shift(draft, f"{centred} / {sigma}")


@dataclass(frozen=True)
class GroupNorm:
    """Each example over groups of neighbouring units (Wu and He 2018). PyTorch's definition.

    `G` has a row for each group, 1 where a unit belongs to it: `G @ A` adds up groups, `G.T @ x` hands a group's number
    to its units.
    """

    groups: int
    eps: float = 1e-5

    kind: ClassVar[str] = "group_norm"
    opens: ClassVar[bool] = False

    def __post_init__(self) -> None:
        whole(self.groups, 1, 1_000_000, "the number of groups of group norm")
        between(self.eps, 0, 1, "group norm's eps")

    def write(self, draft: Draft) -> None:
        if draft.units % self.groups:
            raise UserError(f"{draft.layer}: {draft.units} units cannot be parted into {self.groups} equal groups")
        size = draft.units // self.groups
        members = [[float(unit // size == group) for unit in range(draft.units)] for group in range(self.groups)]
        G = draft.constant("G", members)
        mean = draft.line("mu", f"{G} @ {draft.value} / {size}")
        centred = draft.line("C", f"{draft.value} - {G}.T @ {mean}")
        variance = draft.line("var", f"{G} @ {centred}**2 / {size}")
        sigma = draft.line("sigma", f"sqrt({variance} + {write_number(self.eps)})")
        _scale_and_shift(draft, f"{centred} / ({G}.T @ {sigma})")


def _scale_and_shift(draft: Draft, normalized: str) -> None:
    """The line of the normalised values, and that of the values that the next layer reads."""
    normal = draft.line("N", normalized)
    scale = draft.parameter("scale", (draft.units, 1), "ones")
    shift = draft.parameter("shift", (draft.units, 1), "zeros")
    draft.becomes(draft.line("B", f"{scale} * {normal} + {shift}"))


def _needs_two(draft: Draft) -> None:
    if draft.batch < 2:
        raise UserError(f"{draft.layer} needs at least 2 examples in a batch")
