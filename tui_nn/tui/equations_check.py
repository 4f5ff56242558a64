"""The three texts of "Your equations" to what can be stepped, or to what is wrong, each at its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from tui_nn.engine.program import Program
from tui_nn.errors import UserError
from tui_nn.lang.errors import EquationError, hint
from tui_nn.lang.expression import Name, walk
from tui_nn.lang.page import Equation, Page
from tui_nn.lang.page_names import check_page
from tui_nn.lang.parse import parse_page
from tui_nn.lang.primitives import FUNCTIONS
from tui_nn.lang.write import write_equation
from tui_nn.lessons.lesson import Init
from tui_nn.lessons.problem import Settings
from tui_nn.lessons.targets import check_targets
from tui_nn.lessons.to_learn import find_to_learn
from tui_nn.lessons.typed_values import Given, Unread, line_and_column, values_of
from tui_nn.nn.optimizers import optimizer

Field: TypeAlias = Literal["equations", "values", "optimizer"]

EXAMPLE = "a = tanh(w1 * x + b1) and, below it, L = 0.5 * (y - w2 * a)**2"
LISTED = 4  # names at most
_SETTING = re.compile(r"([^\s,=()]+)(\s*=\s*([^\s,=()]*))?")  # `adam(lr=0.1)` is read as `adam lr=0.1` is


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to be said of a place.

    Attributes:
        line: under which it stands, from 0.
        column: of its sign, from 0; None for the line as a whole.
        wrong: whether it must be mended before anything can be stepped.
    """

    field: Field
    line: int
    column: int | None
    text: str
    wrong: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """What has come of the texts.

    Attributes:
        settings, program: None where they cannot be stepped yet.
        remark: what was assumed.
        marks: what is wrong, or worth a word.
    """

    settings: Settings | None = None
    program: Program | None = None
    remark: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def wrong(self) -> tuple[Mark, ...]:
        """What must be mended."""
        return tuple(mark for mark in self.marks if mark.wrong)


def check(equations: str, values: str, settings: str) -> Checked:
    """Read the three texts; what is wrong in one hides nothing of the others. Never raises UserError."""
    marks: list[Mark] = []
    page: tuple[Equation, ...] = ()
    given: dict[str, Given] | None = None
    name, hyper = "", dict[str, float | str]()
    try:
        page = parse_page(equations)
        if not page:
            marks.append(Mark("equations", 0, None, f"there is no equation yet: {EXAMPLE}"))
        check_page(page, equations.splitlines())
    except EquationError as error:
        marks.append(_of_equations(error, page))
    try:
        given = values_of(values)
    except Unread as unread:
        marks.append(Mark("values", *line_and_column(values, unread.at), unread.reason))
    try:
        name, hyper = read_optimizer(settings)
    except Unread as unread:
        marks.append(Mark("optimizer", 0, unread.at, unread.reason))
    if page and given is not None:
        marks += _of_names(page, given, values)
        if not any(mark.wrong and mark.field != "optimizer" for mark in marks):
            known = {n: g.value for n, g in given.items() if n in Page(page).leaves}
            return _found(equations, Settings(known, optimizer=name or None, hyper=hyper), page, marks)
    return Checked(marks=tuple(marks))


def _found(equations: str, settings: Settings, page: tuple[Equation, ...], marks: list[Mark]) -> Checked:
    """The problem, or what is wrong with the page and its values as a whole."""
    if settings.optimizer and not settings.values:
        marks.append(Mark("optimizer", 0, None, "the equations take no value that could be learned; leave this empty"))
        settings = replace(settings, optimizer=None, hyper={})
    try:
        problem, _ = find_to_learn(equations, settings)
        program = problem.program()
    except EquationError as error:
        marks.append(_of_equations(error, page))
    except UserError as error:
        marks.append(Mark("equations", page[-1].line - 1, None, str(error)))
    if any(mark.wrong for mark in marks):
        return Checked(marks=tuple(marks))
    return Checked(settings, program, problem.remark, tuple(marks))


def _of_equations(error: EquationError, page: tuple[Equation, ...]) -> Mark:
    reason = error.reason
    for equation in page:
        reason = reason.removeprefix(f"{write_equation(equation)}: ")  # which stands right above it
    return Mark("equations", max(error.line - 1, 0), error.column, reason)


def _of_names(page: tuple[Equation, ...], given: Mapping[str, Given], text: str) -> Iterator[Mark]:
    """What the equations say of each value, and which ones they miss."""
    leaves, computed = Page(page).leaves, {e.name: e.line for e in page}
    last = max(len(text.rstrip().splitlines()) - 1, 0)
    for name, (value, line) in given.items():
        if name in computed:
            yield Mark("values", line, 0, f"line {computed[name]} of the equations computes `{name}`; leave this out")
        elif name in leaves and not isinstance(value, Init):
            try:
                check_targets(page, {name: np.array(value)})
            except UserError as error:
                yield Mark("values", line, 0, str(error))
    forgotten, stems = list[str](), {_stem(name) for name in (*computed, *given)}
    for name in leaves:
        if name not in given and name not in FUNCTIONS:
            slip = "" if _stem(name) in stems else hint(name, [*computed, *given])  # w3 is one more beside w1 and w2
            if slip:
                place = _first_use(page, name)
                yield Mark("equations", *place, f"`{name}` has no value{slip} (or add {name} = 1 under Values)")
            else:
                forgotten.append(name)
    if forgotten:
        verb = "has" if len(forgotten) == 1 else "have"
        yield Mark("values", last, None, f"{_listed(forgotten)} {verb} no value yet: add {forgotten[0]} = 1")
    unused = [name for name in given if name not in leaves and name not in computed]
    if unused:
        yield Mark("values", last, None, f"no equation uses {_listed(unused)}", wrong=False)


def _stem(name: str) -> str:
    return name.rstrip("0123456789")


def _listed(names: list[str]) -> str:
    """The first of them, and how many more there are."""
    rest = len(names) - LISTED
    return ", ".join(names[:LISTED] if rest > 0 else names) + (f" and {rest} more" if rest > 0 else "")


def _first_use(page: tuple[Equation, ...], name: str) -> tuple[int, int | None]:
    """Line and column, from 0, where a name is read first."""
    equation, node = next((e, n) for e in page for n in walk(e.expression) if isinstance(n, Name) and n.id == name)
    line, column = node.at or (equation.line, None)
    return line - 1, column


def read_optimizer(text: str) -> tuple[str, dict[str, float | str]]:
    """`adam lr=0.1` as a name, '' for none, and hyper-parameters. Raises Unread where there are none such."""
    words = list(_SETTING.finditer(text))
    hyper: dict[str, float | str] = {}
    for place, word in enumerate(words):
        try:
            if place == 0 and word[2]:
                raise UserError(f"the optimiser's name comes first: sgd {word[0]}")
            if place > 0:
                hyper[word[1]] = _hyper(word, hyper)
            optimizer(words[0][1], hyper)
        except UserError as error:
            raise Unread(str(error), word.start()) from None
    return (words[0][1] if words else ""), hyper


def _hyper(word: re.Match[str], before: Mapping[str, float | str]) -> float | str:
    key, value = word[1], word[3]
    if not value:
        raise UserError(f"`{key}` wants a value: {key}=0.1")
    if key in before:
        raise UserError(f"`{key}` is given twice; leave one out")
    try:
        return float(value)
    except ValueError:
        return value
