"""What is known of expressions over names with shapes: each thing worked out once."""

from __future__ import annotations

from collections.abc import Mapping

from tui_nn.lang.expression import Call, Expression
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.shapes import shape_of


class Shapes:
    """The shapes of names, which do not change, and of expressions over them.

    Attributes:
        names: name to shape; names may be added.
        plain: expressions to their plainest form, as `simplify` found it.
    """

    def __init__(self, names: Mapping[str, Shape]) -> None:
        self.names = dict(names)
        self.plain: dict[Expression, Expression] = {}
        self._shapes: dict[Expression, Shape] = {}

    def of(self, e: Expression) -> Shape:
        """The shape of `e`. Raises EquationError where it has none."""
        if not isinstance(e, Call):
            return shape_of(e, self.names)
        shape = self._shapes.get(e)
        if shape is None:
            shape = PRIMITIVES[e.op].shape(tuple(map(self.of, e.args)), e.axis, e.keepdims)
            self._shapes[e] = shape
        return shape
