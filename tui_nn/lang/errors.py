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
        shown = _printable(self.source[start : start + WINDOW])
        rows = [head, f"  {shown}"]
        if self.column is not None:
            rows.append(f"  {' ' * _cells(shown[: column - start])}^")
        return "\n".join(rows)


def _printable(text: str) -> str:
    """Without what a terminal would act on: tabs and the like as spaces, control characters as �."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _cells(text: str) -> int:
    """Terminal cells that a text takes (`notation.width` builds on this module)."""
    if text.isascii():
        return len(text)
    from tui_nn.lang.notation import width

    return width(text)


class ShapeError(Exception):
    """Shapes that do not go together; raised by a primitive's shape rule, given its place by `infer`."""


def suggestion(name: str, known: object) -> str:
    """A clause that names the known names near to `name`, or '' where none is."""
    import difflib

    names = sorted({str(k) for k in known})  # type: ignore[attr-defined]
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.6)
    folded = [k for k in names if k.lower() == name.lower() and k not in near]
    near = folded + near
    return f"; did you mean {' or '.join(near[:2])}?" if near else ""


def hint(name: str, known: object) -> str:
    """A clause on what a name that has no value may have been meant for: a product, a transpose, a near name; or ''."""
    names = list(dict.fromkeys(str(k) for k in known))  # type: ignore[attr-defined]
    stem, _, attribute = name.partition(".")
    if name.endswith("T") and name[:-1] in names:  # Python reads Xᵀ so
        return f"; the transpose is written {name[:-1]}.T"
    if attribute in ("t", "transpose") and stem in names:
        return f"; the transpose is written {stem}.T"
    if "·" in name:
        return f"; a product is written {name.replace('·', ' * ')}"
    if name == "e":
        return "; e to the power of x is written exp(x)"
    if name == "pi":
        return "; it is 3.141592653589793"
    factors = _factors(name, set(names))
    if len(factors) > 1 and len(set(factors)) == len(factors):
        return f"; a product is written {' * '.join(factors)}, of matrices {' @ '.join(factors)}"
    siblings = [k for k in names if k.rstrip("0123456789") == name.rstrip("0123456789")]
    return suggestion(name, names) or (f"; did you mean {' or '.join(siblings[:2])}?" if siblings else "")


def _factors(name: str, known: set[str]) -> list[str]:
    """The known names that `name` is made of, as xw is of x and w; [] where it is not."""
    if name in known:
        return [name]
    for cut in range(len(name) - 1, 0, -1):
        if name[:cut] in known and (rest := _factors(name[cut:], known)):
            return [name[:cut], *rest]
    return []
