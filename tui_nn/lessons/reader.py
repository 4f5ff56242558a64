"""A lesson's file to a Lesson: every key read, every name accounted for, shapes inferred. Pure: text in, Lesson out.

All that can be wrong with a file is found here, before anything runs, and is told with file, line and remedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from tui_nn.errors import UserError
from tui_nn.lang.errors import suggestion
from tui_nn.lang.primitives import FUNCTIONS
from tui_nn.lessons import fields
from tui_nn.lessons.figure_reader import read_errata, read_figures
from tui_nn.lessons.lesson import Hyper, Lesson, Optimizer
from tui_nn.lessons.page_reader import PageText, Values, check_names, read_loss, read_page
from tui_nn.lessons.toml_text import Document, Path, read
from tui_nn.nn.optimizers import optimizer


def read_lesson(text: str, source: str) -> Lesson:
    """The lesson that `text` holds; `source` is the file's name in errors. Raises UserError."""
    document = read(text, source)
    top = fields.take(document, document.table, fields.LESSON)
    page = read_page(document, text)
    values = _values(document)
    check_names(page, values)
    parameters = _parameters(document, top.get("parameters"), page)
    loss = read_loss(page, values, top.get("loss", ""), bool(parameters))
    own = _optimizer(document)
    optimizers = _optimizers(document)
    known = {o.name for o in (own, *optimizers.values()) if o}
    slug = PurePath(source).stem
    return Lesson(
        slug=slug,
        source=source,
        code=top.get("code", ""),
        title=top.get("title") or slug,
        deck=top.get("deck", ""),
        slide=top.get("slide", ""),
        summary=top.get("summary", ""),
        notes=top.get("notes", ""),
        equations=page.text,
        page=page.page,
        equations_line=page.first,
        parameters=parameters,
        loss=loss,
        values=values,
        optimizer=own,
        optimizers=optimizers,
        seed=top.get("seed", 0),
        figures=read_figures(document, parameters, known),
        errata=read_errata(document),
    )


def _values(document: Document) -> Values:
    table = document.table.get("values", {})
    if not isinstance(table, dict):
        raise document.error(("values",), "write it as a section: [values], and below it `x = 1.0`, a line each")
    return {name: _value(document, name, value) for name, value in table.items()}


def _value(document: Document, name: str, value: Any) -> Any:
    path = ("values", name)
    if name in FUNCTIONS:
        raise document.error(path, f"`{name}` is a function of the language; choose another name")
    if not name.isidentifier():
        raise document.error(path, f"`{name}` is no name for an equation; names have letters, digits and _, such as W1")
    try:
        return fields.tensor(value)
    except fields.Unfit as unfit:
        if name in fields.LESSON:  # what follows [values] belongs to it, also what was meant for the top
            raise document.error(path, f"`{name} =` belongs to the top of the file, above [values]") from None
        raise document.error(path, str(unfit)) from None


def _parameters(document: Document, stated: tuple[str, ...] | None, page: PageText) -> tuple[str, ...]:
    if stated is None:
        remedy = 'add parameters = ["w"], or parameters = [] for nothing'
        raise document.error((), f"the file does not say what is to be learned: {remedy}")
    for i, name in enumerate(stated):
        problem = ""
        if name in stated[:i]:
            problem = f"`{name}` stands there twice"
        elif name in page.defined:
            problem = f"`{name}` is computed by an equation; a parameter starts from a value"
        elif name not in page.leaves:
            problem = f"no equation uses `{name}`{suggestion(name, page.leaves)}"
        if problem:
            raise document.error(("parameters",), problem)
    return stated


def _optimizer(document: Document) -> Optimizer | None:
    table = document.table.get("optimizer")
    if table is None:
        return None
    if not isinstance(table, dict):
        raise document.error(("optimizer",), 'write it as a section: [optimizer], and below it name = "sgd", lr = 0.1')
    if not isinstance(table.get("name"), str):
        raise document.error(("optimizer", "name"), 'the name of an optimizer is wanted here, in quotes: name = "sgd"')
    return _chosen(document, table["name"], table, ("optimizer",))


def _optimizers(document: Document) -> dict[str, Optimizer]:
    table = document.table.get("optimizers", {})
    if not isinstance(table, dict) or not all(isinstance(v, dict) for v in table.values()):
        raise document.error(("optimizers",), "write one section for each: [optimizers.adam], and below it lr = 0.1")
    return {name: _chosen(document, name, hypers, ("optimizers", name)) for name, hypers in table.items()}


def _chosen(document: Document, name: str, table: Mapping[str, Any], path: Path) -> Optimizer:
    """An optimiser that is there, with settings that it has; each is told of at its own line."""
    hypers = _hypers(document, table, path)
    named: Path = (*path, "name") if "name" in table else path
    for at, settings in ((named, {}), *(((*path, key), {key: value}) for key, value in hypers.items())):
        try:
            optimizer(name, settings)
        except UserError as error:
            raise document.error(at, str(error)) from None
    return Optimizer(name, hypers)


def _hypers(document: Document, table: Mapping[str, Any], path: Path) -> dict[str, Hyper]:
    return {k: fields.take_one(document, v, fields.hyper, (*path, k)) for k, v in table.items() if k != "name"}
