"""Penalties on weights, as terms of the loss: L1 and L2, in the forms in which they are met.

`l2(0.01)` is 0.005 times the sum of squares: half of 0.01, so that the gradient is 0.01 * W, as PyTorch's
`weight_decay` has it. `form=sum` and `form=mean` leave the half out. Decay that is decoupled from the loss belongs to
the optimiser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tui_nn.lang.write import write_number
from tui_nn.nn.draft import Penalized
from tui_nn.nn.spec import between, pick

Penalty = str | Sequence[str] | None


class Regularizer(NamedTuple):
    """One row: a weight's term, and the numbers that it takes; the forms say which function adds entries up."""

    term: str
    settings: Mapping[str, float]
    choices: Mapping[str, Mapping[str, str]]


REGULARIZERS: dict[str, Regularizer] = {
    "l1": Regularizer("{form}(abs({W}))", {"rate": 0.01}, {"form": {"sum": "sum", "mean": "mean"}}),
    "l2": Regularizer("{form}({W}**2)", {"rate": 0.01}, {"form": {"half": "sum", "sum": "sum", "mean": "mean"}}),
}
"""Every regulariser by its name."""


def penalties(penalty: Penalty) -> tuple[str, ...] | None:
    """One text or several as a tuple, read and checked; None stays None, `none` is (). Raises UserError."""
    if penalty is None:
        return None
    if penalty == "none":
        return ()
    texts = (penalty,) if isinstance(penalty, str) else tuple(penalty)
    for text in texts:
        _, _, settings, _ = pick(REGULARIZERS, text, "regulariser")
        between(settings["rate"], 0, float("inf"), f"the rate of `{text}`")
    return texts


def penalty_text(weights: Sequence[Penalized], usual: tuple[str, ...]) -> str:
    """The penalty as an expression, `0.005 * (sum(W1**2) + sum(W2**2))`; '' where there is none.

    Args:
        usual: the network's regularisers, for weights whose layer has none of its own.
    """
    groups: dict[str, list[str]] = {}
    for weight in weights:
        for text in usual if weight.by is None else weight.by:
            groups.setdefault(text, []).append(weight.weight)
    terms = [_term(text, names) for text, names in groups.items()]
    return " + ".join(term for term in terms if term)


def _term(text: str, weights: Sequence[str]) -> str:
    _, row, settings, chosen = pick(REGULARIZERS, text, "regulariser")
    rate = Decimal(repr(settings["rate"])) / (2 if chosen["form"] == "half" else 1)
    if not rate:
        return ""
    form = row.choices["form"][chosen["form"]]
    total = " + ".join(row.term.format(form=form, W=name) for name in weights)
    return f"{write_number(float(rate))} * " + (f"({total})" if len(weights) > 1 else total)
