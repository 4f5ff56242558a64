"""A lesson's file to a Lesson: every key read, every name accounted for, shapes inferred. Pure: text in, Lesson out.

All that can be wrong with a file is found here, before anything runs, and is told with file, line and remedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from tui_nn.lang.errors import EquationError, suggestion
from tui_nn.lang.expression import Name, walk
from tui_nn.lang.page import Equation, Page
from tui_nn.lang.parse import parse_page
from tui_nn.lang.primitives import FUNCTIONS
from tui_nn.lang.shapes import infer
from tui_nn.lessons import fields
from tui_nn.lessons.figure_reader import read_errata, read_figures
from tui_nn.lessons.lesson import Init, Lesson, Optimizer
from tui_nn.lessons.nested import Nested, shape_of
from tui_nn.lessons.toml_text import Document, read

Values = Mapping[str, Nested[float] | Init]


def read_lesson(text: str, source: str) -> Lesson:
    """The lesson that `text` holds; `source` is the file's name in errors. Raises UserError."""
    document = read(text, source)
    top = fields.take(document, document.table, fields.LESSON)
    equations, first = _equations(document, text)
    page = _page(document, equations, first)
    values = _values(document)
    parameters = _parameters(document, top.get("parameters"), page, values)
    _names_have_values(document, page, values, equations, first)
    loss = _loss(document, top.get("loss", ""), parameters, page, values, equations, first)
    optimizer = _optimizer(document, document.table.get("optimizer"))
    optimizers = _optimizers(document, document.table.get("optimizers", {}))
    known = {o.name for o in (optimizer, *optimizers.values()) if o}
    slug = PurePath(source).stem
    return Lesson(
        slug=slug,
        source=source,
        code=top.get("code", ""),
        title=top.get("title", "") or slug,
        deck=top.get("deck", ""),
        slide=top.get("slide", ""),
        summary=top.get("summary", ""),
        notes=top.get("notes", ""),
        equations=equations,
        page=page,
        equations_line=first,
        parameters=parameters,
        loss=loss,
        values=values,
        optimizer=optimizer,
        optimizers=optimizers,
        seed=top.get("seed", 0),
        figures=read_figures(document, parameters, known),
        errata=read_errata(document),
    )


def _equations(document: Document, text: str) -> tuple[str, int]:
    """The equations' text, and the line of the file in which it begins."""
    equations = document.table.get("equations")
    if equations is None:
        remedy = 'equations = """' + "\n\nL = 0.5 * (y - w * x)**2\n" + '"""'
        raise document.error((), f"the file has no equations; write them above the first [section]:\n{remedy}")
    if not isinstance(equations, str) or not equations.strip():
        raise document.error(("equations",), "this takes the equations as a text, between two lines of three quotes")
    line = document.lines.get(("equations",), 1)
    opening = text.splitlines()[line - 1].split("=", 1)[-1].strip()
    return equations, line + (opening in ('"""', "'''"))


def _page(document: Document, equations: str, first: int) -> tuple[Equation, ...]:
    try:
        page = parse_page(equations)
    except EquationError as error:
        raise error.moved(first - 1, document.source) from None
    if not page:
        raise document.error(("equations",), "there is no equation in it")
    return page


def _values(document: Document) -> Values:
    table = document.table.get("values", {})
    if not isinstance(table, dict):
        raise document.error(("values",), "write it as a section: [values], and below it `x = 1.0`, a line each")
    out = {}
    for name, value in table.items():
        path = ("values", name)
        if name in fields.LESSON and isinstance(value, str | list | dict):
            try:
                fields.tensor(value)
            except fields.Unfit:
                raise document.error(path, f"`{name} =` belongs to the top of the file, above [values]") from None
        if not name.isidentifier() or name in FUNCTIONS:
            why = "is a function of the language" if name in FUNCTIONS else "is no name that an equation can use"
            raise document.error(path, f"`{name}` {why}; names have letters, digits and _, such as W1")
        out[name] = fields.take_one(document, value, fields.tensor, path)
    return out


def _parameters(
    document: Document, stated: tuple[str, ...] | None, page: tuple[Equation, ...], values: Values
) -> tuple[str, ...]:
    if stated is None:
        raise document.error(
            (), 'the file does not say what is to be learned: add parameters = ["w"], or parameters = [] for nothing'
        )
    path = ("parameters",)
    leaves = Page(page).leaves
    for i, name in enumerate(stated):
        if name in stated[:i]:
            raise document.error(path, f"`{name}` stands there twice")
        if name not in leaves:
            if name in Page(page).defined:
                raise document.error(path, f"`{name}` is computed by an equation; a parameter starts from a value")
            raise document.error(path, f"no equation uses `{name}`{suggestion(name, leaves)}")
    return stated


def _names_have_values(
    document: Document, page: tuple[Equation, ...], values: Values, equations: str, first: int
) -> None:
    """Every name that the page reads is given, or computed by an earlier line."""
    source = equations.splitlines()
    seen = set(values)
    later = set(Page(page).defined)
    for equation in page:
        for node in walk(equation.expression):
            if not isinstance(node, Name) or node.id in seen:
                continue
            name = node.id
            if name in later:
                why = f"`{name}` is used here and computed only further down; move its equation up"
            else:
                unused = set(values) - set(Page(page).leaves)
                near = suggestion(name, {*seen, *unused})
                why = f"`{name}` has no value{near or f'; add a line `{name} = ...` under [values]'}"
            line, column = node.at or (equation.line, None)
            error = EquationError(why, line=line, column=column, source=source[line - 1])
            raise error.moved(first - 1, document.source)
        seen.add(equation.name)


def _loss(
    document: Document,
    stated: str,
    parameters: tuple[str, ...],
    page: tuple[Equation, ...],
    values: Values,
    equations: str,
    first: int,
) -> str:
    """The loss: stated, or the last line; a single number, where there is anything to learn."""
    shapes = {n: v.shape if isinstance(v, Init) else shape_of(v) for n, v in values.items()}
    try:
        inferred = infer(page, shapes, equations.splitlines())
    except EquationError as error:
        raise error.moved(first - 1, document.source) from None
    defined = Page(page).defined
    if stated and stated not in defined:
        raise document.error(("loss",), f"no equation computes `{stated}`{suggestion(stated, defined)}")
    if not parameters:
        return stated
    loss = stated or defined[-1]
    if inferred[loss] != ():
        which = "" if stated else "; where it is not the last line, say which one it is: loss = ..."
        why = f"the loss `{loss}` is not a single number; sum({loss}) or mean({loss}) makes it one{which}"
        raise document.error(("loss",) if stated else ("equations",), why)
    return loss


def _optimizer(document: Document, table: Any) -> Optimizer | None:
    if table is None:
        return None
    if not isinstance(table, dict) or not isinstance(table.get("name"), str):
        raise document.error(("optimizer",), 'write it as a section: [optimizer], and below it name = "sgd", lr = 0.1')
    return Optimizer(table["name"], _hypers(document, table, ("optimizer",)))


def _optimizers(document: Document, table: Any) -> dict[str, Optimizer]:
    if not isinstance(table, dict) or not all(isinstance(v, dict) for v in table.values()):
        raise document.error(("optimizers",), "write one section for each: [optimizers.adam], and below it lr = 0.1")
    return {name: Optimizer(name, _hypers(document, hypers, ("optimizers", name))) for name, hypers in table.items()}


def _hypers(document: Document, table: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    return {k: fields.take_one(document, v, fields.hyper, (*path, k)) for k, v in table.items() if k != "name"}
