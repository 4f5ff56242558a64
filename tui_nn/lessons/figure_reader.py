"""The figures and errata of a lesson's file: what each must say, and what goes together."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

from tui_nn.lang.errors import EquationError, suggestion
from tui_nn.lang.parse import parse_expression
from tui_nn.lessons import fields
from tui_nn.lessons.lesson import Erratum, Figure
from tui_nn.lessons.nested import leaves, shape_of
from tui_nn.lessons.toml_text import Document, Path


def read_figures(document: Document, parameters: tuple[str, ...], optimizers: AbstractSet[str]) -> tuple[Figure, ...]:
    """The `[[figures]]`, each consistent in itself. Raises UserError."""
    return tuple(
        _figure(document, table, ("figures", i), parameters, optimizers)
        for i, table in enumerate(_tables(document, "figures"))
    )


def read_errata(document: Document) -> tuple[Erratum, ...]:
    """The `[[errata]]`: slips that are no numbers. Raises UserError."""
    out = []
    for i, table in enumerate(_tables(document, "errata")):
        said = fields.take(document, table, fields.ERRATUM, ("errata", i))
        if missing := [key for key in fields.ERRATUM if not said.get(key)]:
            raise document.error(
                ("errata", i), f"`{missing[0]}` is missing: an erratum says `printed`, `right`, `note`"
            )
        out.append(Erratum(**said))
    return tuple(out)


def _tables(document: Document, kind: str) -> list[Any]:
    tables = document.table.get(kind, [])
    if not isinstance(tables, list):
        raise document.error((kind,), f"there may be several, so it stands in double brackets: [[{kind}]]")
    return tables


def _figure(
    document: Document, table: Any, path: Path, parameters: tuple[str, ...], optimizers: AbstractSet[str]
) -> Figure:
    said = fields.take(document, table, fields.FIGURE, path)
    if "name" not in said:
        raise document.error(path, "`name` is missing: a name of the listing (dW1) or an expression (b - lr * db)")
    figure = Figure(**said)
    if problem := _contradiction(figure):
        raise document.error(path, problem)
    if problem := _misaligned(figure):
        raise document.error(path, problem)
    for name in leaves(figure.parameter) if figure.parameter is not None else ():
        if name not in parameters:
            raise document.error((*path, "parameter"), f"`{name}` is no parameter{suggestion(name, parameters)}")
    if figure.optimizer and figure.optimizer not in optimizers:
        near = suggestion(figure.optimizer, optimizers)
        raise document.error((*path, "optimizer"), f"the file sets up no optimiser `{figure.optimizer}`{near}")
    _expressions_parse(document, figure, path)
    return figure


def _contradiction(figure: Figure) -> str:
    """What is missing, or is said but cannot be meant."""
    if figure.printed is None and figure.right is None and figure.between is None:
        return "there is nothing to hold it against: give `printed`, the slide's figure (or `right`, or `between`)"
    if figure.printed is not None and figure.verdict is None:
        return 'a printed figure needs its verdict: verdict = "match", "rounded" or "erratum"'
    if figure.printed is None and figure.verdict is not None:
        return "a verdict is about a printed figure, and `printed` is missing"
    if figure.verdict == "erratum" and not figure.note:
        return "an erratum needs a `note`: one sentence on what went wrong"
    if figure.between and any(isinstance(p, str) for p in leaves(figure.printed)):
        return "`between` holds numbers against its bounds; `printed` is an expression"
    return ""


def _misaligned(figure: Figure) -> str:
    """Layouts that do not fit each other. A single name may stand for a tensor: that is seen when it is computed."""
    laid_out = {k: shape_of(p) for k, p in _layouts(figure, "name", "parameter") if isinstance(p, tuple)}
    if not laid_out:
        return ""
    if figure.index is not None:
        return "`index` picks an entry of one name; here are several names"
    laid_out |= {k: shape_of(p) for k, p in _layouts(figure, "printed", "right") if p is not None}
    if len(set(laid_out.values())) > 1:
        listed = ", ".join(f"{key} is {' x '.join(map(str, shape)) or 'one'}" for key, shape in laid_out.items())
        return f"what stands there must be laid out alike: {listed}"
    return ""


def _layouts(figure: Figure, *keys: str) -> list[tuple[str, Any]]:
    return [(key, getattr(figure, key)) for key in keys]


def _expressions_parse(document: Document, figure: Figure, path: Path) -> None:
    for key, part in _layouts(figure, "name", "printed", "right"):
        for text in leaves(part):
            if not isinstance(text, str):
                continue
            if key == "name" and figure.parameter is not None and not text.isidentifier():
                raise document.error((*path, key), f"with `parameter` goes the name of an update line, not `{text}`")
            try:
                parse_expression(text)
            except EquationError as error:
                raise document.error((*path, key), f"`{text}`: {error.reason}") from None
