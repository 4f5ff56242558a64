"""The equations of a lesson's file and what they need: every name has a value, the shapes fit, there is a loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui_nn.lang.errors import EquationError, hint, suggestion
from tui_nn.lang.expression import Name, walk
from tui_nn.lang.page import Equation, Page
from tui_nn.lang.page_names import check_page
from tui_nn.lang.parse import parse_page
from tui_nn.lang.shapes import infer
from tui_nn.lessons.lesson import Init
from tui_nn.lessons.nested import Nested, shape_of
from tui_nn.lessons.toml_text import Document

Values = Mapping[str, Nested[float] | Init]


@dataclass(frozen=True, slots=True)
class PageText:
    """Equations as they stand in a file.

    Attributes:
        document: the file.
        text: the equations, as written.
        first: the line of the file in which they begin, from 1.
        page: the equations, parsed.
    """

    document: Document
    text: str
    first: int
    page: tuple[Equation, ...]

    @property
    def defined(self) -> tuple[str, ...]:
        """The names on the left."""
        return Page(self.page).defined

    @property
    def leaves(self) -> tuple[str, ...]:
        """The names that must be given."""
        return Page(self.page).leaves

    def in_file(self, error: EquationError) -> EquationError:
        """An error in the equations, told with the file and the file's line."""
        return error.moved(self.first - 1, self.document.source)


def read_page(document: Document, file: str) -> PageText:
    """The file's equations, parsed. Raises UserError with the file's line."""
    equations = document.table.get("equations")
    if equations is None:
        remedy = 'equations = """' + "\n\nL = 0.5 * (y - w * x)**2\n" + '"""'
        raise document.error((), f"the file has no equations; write them above the first [section]:\n{remedy}")
    if not isinstance(equations, str):
        raise document.error(("equations",), "this takes the equations as a text, between two lines of three quotes")
    line = document.lines.get(("equations",), 1)
    opening = file.splitlines()[line - 1].split("=", 1)[-1].strip()
    unread = PageText(document, equations, line + (opening in ('"""', "'''")), ())
    try:
        page = parse_page(equations)
        check_page(page, equations.splitlines())
    except EquationError as error:
        raise unread.in_file(error) from None
    if not page:
        raise document.error(("equations",), "there is no equation in it; one is written L = (y - w * x)**2")
    return PageText(document, equations, unread.first, page)


def check_names(page: PageText, values: Values) -> None:
    """Every name that is read and that no line computes has a value. Raises EquationError at the name."""
    known = set(values)
    for equation in page.page:
        for node in walk(equation.expression):
            if isinstance(node, Name) and node.id not in known:
                line, column = node.at or (equation.line, None)
                why = hint(node.id, known) or f"; add a line `{node.id} = ...` under [values]"
                source = page.text.splitlines()[line - 1]
                error = EquationError(f"`{node.id}` has no value{why}", line=line, column=column, source=source)
                raise page.in_file(error)
        known.add(equation.name)


def read_loss(page: PageText, values: Values, stated: str, is_needed: bool) -> str:
    """The loss: stated, or the last line; a single number where there is anything to learn, '' where not.

    Raises EquationError where the shapes of any line do not fit.
    """
    document = page.document
    given = {name: value.shape if isinstance(value, Init) else shape_of(value) for name, value in values.items()}
    try:
        shapes = infer(page.page, given, page.text.splitlines())
    except EquationError as error:
        raise page.in_file(error) from None
    if stated and stated not in page.defined:
        raise document.error(("loss",), f"no equation computes `{stated}`{suggestion(stated, page.defined)}")
    loss = stated or (page.defined[-1] if is_needed else "")
    if is_needed and shapes[loss] != ():
        which = "" if stated else "; where the loss is another line, name it above [values]: loss = ..."
        why = f"the loss `{loss}` is not a single number; sum({loss}) or mean({loss}) makes it one{which}"
        line = next(e.line for e in page.page if e.name == loss)
        raise page.in_file(EquationError(why, line=line, source=page.text.splitlines()[line - 1]))
    return loss
