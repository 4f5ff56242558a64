"""Network: layers and a loss in, pages of equations out. Training and evaluation are two pages from the same layers.

`Network([Dense(10, "relu"), Dense(8, "relu"), Dense(3)], inputs=4, loss="softmax_cross_entropy")` describes; it holds
no numbers. Its pages are text for the engine: `build(**network.training_page(32).arguments, update=optimizer("adam"))`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tui_nn.errors import UserError
from tui_nn.lang.page import Equation
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.write import write_equation
from tui_nn.nn.draft import Buffer, Draft, Parameter
from tui_nn.nn.initializers import INITIALIZERS, draw
from tui_nn.nn.layer_text import describe, layer
from tui_nn.nn.layers import LAYERS, Layer
from tui_nn.nn.losses import ChosenLoss, choose
from tui_nn.nn.regularizers import Penalty, penalties, penalty_text
from tui_nn.nn.spec import pick, whole

if TYPE_CHECKING:
    from tui_nn.nn.summary import Summary

Host = np.ndarray[Any, Any]


class NetworkPage(NamedTuple):
    """One page of a network, for a batch size.

    Attributes:
        equations: forward and, unless it only predicts, loss.
        leaves: the shape of all that is given: `X`, `Y`, parameters, buffers, constants.
        parameters: names of what is learned, in the order of the layers.
        buffers: the lines that give buffers their next value; () on a page that does not learn.
        kept: the names of the buffers.
        loss: `J`, or None on a page that only predicts.
        output: the name of the network's predictions: values, probabilities or scores, (outputs, examples).
        learn: whether it is for training.
    """

    equations: tuple[Equation, ...]
    leaves: Mapping[str, Shape]
    parameters: tuple[str, ...]
    buffers: tuple[Equation, ...]
    kept: tuple[str, ...]
    loss: str | None
    output: str
    learn: bool

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of `engine.build.build`, but for the optimiser and the dtype."""
        return {
            "equations": self.equations,
            "leaves": self.leaves,
            "parameters": self.parameters if self.loss else (),
            "loss": self.loss,
            "buffers": self.buffers,
            "kept": self.kept,
            "learn": self.learn,
        }

    def __str__(self) -> str:
        return "\n".join(map(write_equation, (*self.equations, *self.buffers)))


@dataclass(frozen=True)
class Network:
    """Layers one after the other, and a loss.

    Attributes:
        layers: of `nn.layers`, or their texts (`"dense(10, relu)"`).
        inputs: features of an example.
        loss: a name of `LOSSES`, perhaps with settings: `huber(0.5)`.
        penalty: regularisers of all weights (not biases): `l2(0.01)`, or several; a layer's own stand instead of them.
        class_weights: what an example of each class counts; () for all the same.

    Raises:
        UserError: for anything that does not fit together, with the layer and the remedy.
    """

    layers: Sequence[Layer | str]
    inputs: int
    loss: str = "mse"
    penalty: Penalty = None
    class_weights: Sequence[float] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(map(_layer, self.layers)))
        object.__setattr__(self, "penalty", penalties(self.penalty))
        object.__setattr__(self, "class_weights", tuple(map(float, self.class_weights)))
        whole(self.inputs, 1, 10_000_000, "the number of inputs")
        if not any(each.opens for each in self._layers):
            raise UserError("a network needs at least one layer with weights, such as dense(3)")
        self.criterion.check(self._evaluation.activation, self.outputs, tuple(self.class_weights))

    # -- what it is made of

    @cached_property
    def criterion(self) -> ChosenLoss:
        """The loss with its settings."""
        return choose(self.loss)

    @property
    def outputs(self) -> int:
        """Numbers that come out for an example."""
        return self._evaluation.units

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What is learned, in the order of the layers."""
        return tuple(self._evaluation.parameters.values())

    @property
    def buffers(self) -> tuple[Buffer, ...]:
        """What outlasts an iteration and is not learned."""
        return tuple(self._evaluation.buffers.values())

    def initial_values(self, seed: int) -> dict[str, Host]:
        """A float64 array for every leaf but the inputs `X` and `Y`: parameters, buffers and constants."""
        values: dict[str, Host] = {}
        for p in self.parameters:
            kind, _, settings, _ = pick(INITIALIZERS, p.init, "initialiser")
            values[p.name] = draw(kind, p.shape, settings, seed, p.name)
        values |= {b.name: np.full(b.shape, b.start) for b in self.buffers}
        return values | self.constants

    @property
    def constants(self) -> dict[str, Host]:
        """Inputs that never change, such as class weights, by name."""
        draft = self._draft(2, training=False)
        self.criterion.write(draft, tuple(self.class_weights), "J")
        return {name: np.array(rows, dtype=np.float64) for name, rows in draft.constants.items()}

    # -- its pages

    def training_page(self, batch: int) -> NetworkPage:
        """Forward in its training form (dropout, batch statistics), loss, and the buffers' lines."""
        return self._page(self._draft(batch, training=True), loss=True)

    def evaluation_page(self, batch: int) -> NetworkPage:
        """Forward in its evaluation form, predictions and loss: nothing random, nothing that changes."""
        return self._page(self._draft(batch, training=False), loss=True)

    def prediction_page(self, batch: int) -> NetworkPage:
        """Forward in its evaluation form up to the predictions: needs no targets."""
        return self._page(self._draft(batch, training=False), loss=False)

    def summary(self) -> Summary:
        """Layers, shapes and parameter counts."""
        from tui_nn.nn.summary import LayerSummary, Summary  # training needs none

        draft = Draft(self.inputs, 2, training=False)
        rows = []
        for each in self._layers:
            self._write(each, draft)
            own = tuple((p.name, p.shape) for p in draft.parameters.values() if p.layer == draft.layer)
            rows.append(LayerSummary(draft.layer, describe(each), draft.units, own))
        return Summary(self.inputs, tuple(rows), self.criterion.spec)

    # -- how

    @property
    def _layers(self) -> tuple[Layer, ...]:
        return self.layers  # type: ignore[return-value]  # texts were read when the network was made

    @cached_property
    def _evaluation(self) -> Draft:
        """Declares the same parameters and buffers as any other draft."""
        return self._draft(2, training=False)

    def _draft(self, batch: int, *, training: bool) -> Draft:
        whole(batch, 1, 100_000_000, "the number of examples in a batch")
        draft = Draft(self.inputs, batch, training)
        for each in self._layers:
            self._write(each, draft)
        if draft.drop_connect:
            raise UserError("drop_connect drops weights of the layer after it, and no layer with weights follows")
        return draft

    @staticmethod
    def _write(each: Layer, draft: Draft) -> None:
        draft.begin(each.kind, opens=each.opens)
        each.write(draft)
        if each.opens:
            draft.drop_connect = 0.0

    def _page(self, draft: Draft, *, loss: bool) -> NetworkPage:
        draft.layer = ""
        output = draft.value
        if self.criterion.row.prediction and not draft.training:
            output = draft.closing("P", self.criterion.row.prediction.format(p=draft.value))
        leaves: dict[str, Shape] = {"X": (self.inputs, draft.batch)}
        if loss:
            leaves["Y"] = (draft.units, draft.batch)
            self._write_loss(draft)
        return NetworkPage(
            tuple(draft.equations),
            leaves | dict(draft.leaves),
            tuple(draft.parameters),
            tuple(draft.updates),
            tuple(draft.buffers),
            "J" if loss else None,
            output,
            draft.training,
        )

    def _write_loss(self, draft: Draft) -> None:
        penalty = penalty_text(draft.penalized, penalties(self.penalty) or ())
        self.criterion.write(draft, tuple(self.class_weights), "data" if penalty else "J")
        if penalty:
            draft.closing("penalty", penalty)
            draft.closing("J", "data + penalty")


def _layer(each: Layer | str) -> Layer:
    if isinstance(each, str):
        return layer(each)
    if type(each) not in LAYERS.values():
        raise UserError(f"{each!r} is no layer; take one of {', '.join(LAYERS)}")
    return each
