"""An error in an equation: the line, a caret under the place, what is wrong, what would fit."""

from __future__ import annotations

from tui_nn.errors import UserError

WINDOW = 76  # columns of source shown around the caret: one line of an 80-column terminal


class EquationError(UserError):
    """Something in the text of a page that cannot be read, named or shaped.

    Attributes:
        reason: what is wrong and what would fit, without the place.
        line: the line in the text, from 1.
        column: the column in that line, from 0; None where the whole line is meant.
        source: the text of the line.
    """

    def __init__(self, reason: str, *, line: int = 1, column: int | None = None, source: str = "") -> None:
        self.reason = reason
        self.line = line
        self.column = column
        self.source = source
        super().__init__(self._message())

    def moved(self, lines: int, source_name: str = "") -> EquationError:
        """The same error in a file in which the page begins `lines` further down."""
        moved = EquationError(self.reason, line=self.line + lines, column=self.column, source=self.source)
        if source_name:
            moved.args = (f"{source_name}, {moved.args[0]}",)
        return moved

    def _message(self) -> str:
        head = f"line {self.line}: {self.reason}"
        if not self.source.strip():
            return head
        column = self.column or 0
        start = max(0, column - WINDOW // 2) if len(self.source) > WINDOW else 0
        shown = self.source[start : start + WINDOW]
        rows = [head, f"  {shown}"]
        if self.column is not None:
            rows.append(f"  {' ' * (column - start)}^")
        return "\n".join(rows)


class ShapeError(Exception):
    """Shapes that do not go together; raised by a primitive's shape rule, given its place by `infer`."""


def suggestion(name: str, known: object) -> str:
    """A clause that names the known names near to `name`, or '' where none is."""
    import difflib

    names = sorted(str(k) for k in known)  # type: ignore[attr-defined]
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.6)
    folded = [k for k in names if k.lower() == name.lower() and k not in near]
    near = folded + near
    return f"; did you mean {' or '.join(near[:2])}?" if near else ""
