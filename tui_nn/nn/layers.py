"""Layers: frozen descriptions that write their equations and declare their parameters, for training and for evaluation.

A network's layers are a list of these, or of their texts (`layer_text`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from tui_nn.nn.activations import activation
from tui_nn.nn.draft import Draft
from tui_nn.nn.initializers import INITIALIZERS
from tui_nn.nn.normalization import BatchNorm, BatchRenorm, GroupNorm, LayerNorm
from tui_nn.nn.regularizers import Penalty, penalties
from tui_nn.nn.spec import between, complement, pick, whole

MOST = 1_000_000  # units of a layer: more is a slip of the keyboard


class Layer(Protocol):
    """What a network is made of.

    Attributes:
        kind: its name in the table and, with a number, on the page.
        opens: whether it has a weight and so the next number: its names are `W2`, `Z2`, …
    """

    kind: ClassVar[str]
    opens: ClassVar[bool]

    def write(self, draft: Draft) -> None:
        """Add the layer's lines, parameters and buffers to the draft."""
        ...


@dataclass(frozen=True)
class Dense:
    """`Z = W @ A + b` and an activation.

    Attributes:
        units: outputs.
        activation: a name of `ACTIVATIONS`, perhaps with its number: `leaky_relu(0.2)`.
        init: what the weight starts from; biases start from 0.
        bias: whether there is one.
        penalty: regularisers of this layer's weight (`l2(0.01)`), instead of the network's; `()` for none.
    """

    units: int
    activation: str = "linear"
    init: str = "glorot_uniform"
    bias: bool = True
    penalty: Penalty = None

    kind: ClassVar[str] = "dense"
    opens: ClassVar[bool] = True

    def __post_init__(self) -> None:
        whole(self.units, 1, MOST, f"the number of units of {self.kind}")
        activation(self.activation)
        pick(INITIALIZERS, self.init, "initialiser")
        object.__setattr__(self, "penalty", penalties(self.penalty))

    def write(self, draft: Draft) -> None:
        weight = draft.weight(self.units, self.init, penalties(self.penalty))
        bias = f" + {draft.parameter('b', (self.units, 1), 'zeros')}" if self.bias else ""
        draft.becomes(draft.line("Z", f"{weight} @ {draft.value}{bias}"), self.units)
        draft.activate(self.activation)


@dataclass(frozen=True)
class Maxout:
    """The largest of several linear pieces, unit by unit (Goodfellow et al. 2013).

    Attributes:
        units: outputs.
        pieces: affine functions for each unit, at least 2.
        init, bias, penalty: as in `Dense`, of each piece.
    """

    units: int
    pieces: int = 2
    init: str = "glorot_uniform"
    bias: bool = True
    penalty: Penalty = None

    kind: ClassVar[str] = "maxout"
    opens: ClassVar[bool] = True

    def __post_init__(self) -> None:
        whole(self.units, 1, MOST, f"the number of units of {self.kind}")
        whole(self.pieces, 2, 100, "the number of pieces of maxout")
        pick(INITIALIZERS, self.init, "initialiser")
        object.__setattr__(self, "penalty", penalties(self.penalty))

    def write(self, draft: Draft) -> None:
        pieces = []
        for k in range(1, self.pieces + 1):
            weight = draft.weight(self.units, self.init, penalties(self.penalty), f"_{k}")
            bias = f" + {draft.parameter('b', (self.units, 1), 'zeros', f'_{k}')}" if self.bias else ""
            pieces.append(draft.line("Z", f"{weight} @ {draft.value}{bias}", f"_{k}"))
        largest = pieces[0]
        for piece in pieces[1:]:
            largest = f"maximum({largest}, {piece})"
        draft.becomes(draft.line("A", largest), self.units, self.kind)


@dataclass(frozen=True)
class Activation:
    """An activation on its own, as after batch normalisation."""

    function: str

    kind: ClassVar[str] = "activation"
    opens: ClassVar[bool] = False

    def __post_init__(self) -> None:
        activation(self.function)

    def write(self, draft: Draft) -> None:
        draft.activate(self.function)


@dataclass(frozen=True)
class Dropout:
    """Each value is dropped with probability `rate`, the others grow by 1 / (1 - rate); in evaluation all stay.

    Inverted dropout, as PyTorch's (Srivastava et al. 2014 shrink the weights in evaluation instead).
    """

    rate: float = 0.5

    kind: ClassVar[str] = "dropout"
    opens: ClassVar[bool] = False

    def __post_init__(self) -> None:
        between(self.rate, 0, 1, "dropout's rate")

    def write(self, draft: Draft) -> None:
        if draft.training and self.rate:
            mask = draft.line("mask", f"dropout_mask({draft.value}, {complement(self.rate)})")
            draft.becomes(draft.line("D", f"{draft.value} * {mask}"), activation=draft.activation)


@dataclass(frozen=True)
class DropConnect:
    """Each weight of the next dense layer is dropped with probability `rate`, one mask a batch; in evaluation all stay.

    After Wan et al. 2013, who draw a mask for each example and evaluate by sampling; here as with dropout, the kept
    weights grow by 1 / (1 - rate) and evaluation takes the mean.
    """

    rate: float = 0.5

    kind: ClassVar[str] = "drop_connect"
    opens: ClassVar[bool] = False

    def __post_init__(self) -> None:
        between(self.rate, 0, 1, "DropConnect's rate")

    def write(self, draft: Draft) -> None:
        draft.drop_connect = self.rate


LAYERS: dict[str, type[Any]] = {
    row.kind: row
    for row in (Dense, Maxout, Activation, Dropout, DropConnect, BatchNorm, BatchRenorm, LayerNorm, GroupNorm)
}
"""Every layer by its name."""
