"""`tui-nn check`: every printed figure of the lessons, held against what the machine computes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.diagnostics import ExitCode
from tui_nn.cli.options import complete_target
from tui_nn.cli.output import safe, safe_cell, write_json, write_markdown_table

if TYPE_CHECKING:
    from tui_nn.lessons.check import Checked
    from tui_nn.lessons.lesson import Lesson

app = typer.Typer(add_completion=False)


class CheckFormat(StrEnum):
    """How the figures are written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


@app.command()
def check(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LESSON]...",
            help="Names, codes or TOML files; all lessons without.",
            autocompletion=complete_target,
        ),
    ] = None,
    form: Annotated[CheckFormat, typer.Option("--format", help="How to print.")] = CheckFormat.TEXT,
    digits: Annotated[int, typer.Option("--digits", min=1, max=17, help="Significant digits, in text.")] = 6,
) -> None:
    """Check every figure of the slides: printed, computed, verdict."""
    from tui_nn.lessons.catalogue import all_lessons, load
    from tui_nn.lessons.check import check

    chosen = [load(name) for name in lessons] if lessons else list(all_lessons())
    found = [(lesson, check(lesson)) for lesson in chosen]
    _WRITERS[form](found, digits)
    if not all(figure.holds for _, figures in found for figure in figures):
        raise typer.Exit(ExitCode.CHECK_FAILED)


Found = list[tuple["Lesson", tuple["Checked", ...]]]


def _record(lesson: Lesson, checked: Checked) -> dict[str, Any]:
    figure = checked.figure
    return {
        "lesson": lesson.slug,
        "figure": figure.title,
        "name": _plain(figure.name),
        "parameter": _plain(figure.parameter),
        "iteration": figure.iteration,
        "optimizer": figure.optimizer or (lesson.optimizer.name if lesson.optimizer else None),
        "printed": _plain(figure.printed),
        "computed": _plain(checked.computed),
        "verdict": figure.verdict,
        "recomputed": checked.found,
        "holds": checked.holds,
        "note": figure.note or None,
        "problem": checked.problem or None,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value


def _json(found: Found, digits: int) -> None:
    write_json(
        {
            "figures": [_record(lesson, figure) for lesson, figures in found for figure in figures],
            "errata": [
                {"lesson": lesson.slug, "printed": e.printed, "right": e.right, "note": e.note}
                for lesson, _ in found
                for e in lesson.errata
            ],
        }
    )


def _markdown(found: Found, digits: int) -> None:
    rows = [
        (
            r["lesson"],
            r["figure"],
            _cell(c.figure.printed, digits),
            _cell(c.computed, digits),
            _verdict(c),
            r["note"] or "",
        )
        for lesson, figures in found
        for c in figures
        for r in (_record(lesson, c),)
    ]
    rows += [(lesson.slug, "", e.printed, e.right, "erratum", e.note) for lesson, _ in found for e in lesson.errata]
    write_markdown_table(rows, ("lesson", "figure", "printed", "computed", "verdict", "note"))


def _text(found: Found, digits: int) -> None:
    counts = {"match": 0, "rounded": 0, "erratum": 0}
    for lesson, figures in found:
        print(safe(f"{lesson.code}  {lesson.title}" if lesson.code else lesson.title))
        for c in figures:
            if c.figure.verdict:
                counts[c.figure.verdict] += 1
            under = f"{c.figure.optimizer}: " if c.figure.optimizer else ""
            print(f"  {_verdict(c):<9} {safe_cell(under + c.figure.title)}")
            if c.figure.printed is not None:
                print(f"  {'':9}   printed   {_cell(c.figure.printed, digits)}")
            print(f"  {'':9}   computed  {_cell(c.computed, digits)}")
            _note(c.figure.note)
            if c.problem:
                _note(f"DOES NOT HOLD: {c.problem}")
        for erratum in lesson.errata:
            counts["erratum"] += 1
            print(f"  {'erratum':<9} printed   {safe_cell(erratum.printed)}")
            print(f"  {'':9} right     {safe_cell(erratum.right)}")
            _note(erratum.note)
        print()
    wrong = sum(not c.holds for _, figures in found for c in figures)
    said = ", ".join(f"{n} {name}" for name, n in counts.items())
    print(f"{said}; {'every verdict holds' if not wrong else f'{wrong} verdicts do not hold'}")


def _note(text: str) -> None:
    import textwrap

    for row in textwrap.wrap(safe_cell(text), 66):
        print(f"  {'':9}   {row}")


def _verdict(checked: Checked) -> str:
    return (checked.figure.verdict or "computed") if checked.holds else "FAILS"


def _cell(value: Any, digits: int) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f"[{_joined(value, digits)}]"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    return safe_cell(str(value))


def _joined(values: Iterable[Any], digits: int) -> str:
    return ", ".join(_cell(v, digits) for v in values)


_WRITERS = {CheckFormat.TEXT: _text, CheckFormat.JSON: _json, CheckFormat.MARKDOWN: _markdown}
