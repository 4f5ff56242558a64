"""What `tui-nn step --watch` shows beside the lines: expressions over the listing's names, such as `norm(dW1)`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from tui_nn.cli.options import of_option
from tui_nn.errors import UserError
from tui_nn.lang.shape_rules import Shape
from tui_nn.session import expressions

if TYPE_CHECKING:
    from tui_nn.lang.expression import Expression
    from tui_nn.session.session import Session


class Watch(NamedTuple):
    """An expression, as it was typed, and the line of each iteration after which it can be told."""

    text: str
    expression: Expression
    shape: Shape
    line: int


def watches_of(session: Session, texts: Iterable[str]) -> list[Watch]:
    """The expressions, each once. Raises UserError, which names the option."""
    found = []
    for text in dict.fromkeys(texts):
        try:
            e, shape = expressions.checked(session.program, text)
        except UserError as error:
            raise of_option("--watch", error) from None
        found.append(Watch(text, e, shape, expressions.told_after(session.program, e)))
    return found
