"""What is done to a gradient before the optimiser sees it, as lines at the head of its page.

Each takes an optimiser's page and gives one with more lines; applied one after the other, the last one's lines come
first. PyTorch's order is clipping, then coupled decay: `clip_by_norm(weight_decay(optimizer("sgd"), 0.01), 1.0)`.
"""

from __future__ import annotations

from dataclasses import replace

from tui_nn.errors import UserError
from tui_nn.lang.expression import Name, substitute
from tui_nn.lang.page import Equation, Update
from tui_nn.lang.parse import parse_page
from tui_nn.nn.spec import between

INFINITY = float("inf")


def clip_by_value(update: Update, limit: float) -> Update:
    """Hold each entry of the gradient between -limit and limit, as `torch.nn.utils.clip_grad_value_`."""
    between(limit, 1e-300, INFINITY, "the limit of clipping by value")
    return _prepend(update, "g_limited = clip(g, -clip_value, clip_value)", {"clip_value": limit})


def clip_by_norm(update: Update, limit: float) -> Update:
    """Shorten the gradient, all parameters taken as one vector, to `limit`; as `torch.nn.utils.clip_grad_norm_`."""
    between(limit, 1e-300, INFINITY, "the limit of clipping by norm")
    lines = "g_scale = minimum(1, clip_norm / (norm(g) + 1e-6))\ng_clipped = g * g_scale"
    return _prepend(update, lines, {"clip_norm": limit})


def with_clipping(update: Update) -> Update:
    """`clip_by_norm` with an infinite limit: the same numbers, bit for bit, until `clip_norm` is set to another one.

    It divides before it takes the length, which has no number where the squares of its entries have none (1e154).
    """
    lines = "g_over = norm(g / clip_norm)\ng_clipped = g / maximum(1, g_over)"
    return _prepend(update, lines, {"clip_norm": INFINITY})


def weight_decay(update: Update, rate: float) -> Update:
    """Coupled decay of all parameters: `rate * theta` joins the gradient, as PyTorch's `weight_decay` but AdamW's."""
    between(rate, 0, INFINITY, "weight decay")
    return _prepend(update, "g_decayed = g + weight_decay * theta", {"weight_decay": rate})


def _prepend(update: Update, text: str, hyper: dict[str, float]) -> Update:
    """`text` at the head of the page; its last line is what the page reads instead of `g` from then on."""
    lines = [Equation(e.name, e.expression, "update") for e in parse_page(text)]
    taken = {e.name for e in update.equations} | set(update.hyper)
    clash = next((name for name in (*hyper, *(e.name for e in lines)) if name in taken), None)
    if clash is not None:
        raise UserError(f"{update.name} has a `{clash}` of its own already")
    gradient = {"g": Name(lines[-1].name)}
    rest = (replace(e, expression=substitute(e.expression, gradient), line=0) for e in update.equations)
    return replace(update, equations=(*lines, *rest), hyper={**update.hyper, **hyper})
