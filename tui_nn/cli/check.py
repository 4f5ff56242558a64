"""`tui-nn check`: every printed figure of the lessons, held against what the machine computes."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.diagnostics import ExitCode
from tui_nn.cli.options import Digits, complete_target
from tui_nn.cli.output import safe, safe_cell, write_json, write_markdown_table

if TYPE_CHECKING:
    from tui_nn.lessons.check import Checked
    from tui_nn.lessons.lesson import Lesson

app = typer.Typer(add_completion=False)

LABEL = 12  # cells of the verdict, and of the words below it


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
    form: Annotated[
        CheckFormat, typer.Option("--format", "-f", metavar="FORMAT", help="How: text, json or markdown.")
    ] = CheckFormat.TEXT,
    digits: Digits = 6,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only the verdicts that do not hold, and no summary.")
    ] = False,
) -> None:
    """Check every figure of the slides: printed, computed, verdict.

    match: right to the printed digits. rounded: right, with fewer digits than one would expect. erratum: the slide's
    own formula gives something else. Exit code 1 where a verdict of the lesson does not hold.
    """
    from tui_nn.lessons.catalogue import all_lessons, load
    from tui_nn.lessons.check import check

    chosen = [load(name) for name in lessons] if lessons else list(all_lessons())
    found = [(lesson, check(lesson)) for lesson in chosen]
    _WRITERS[form](_wrong(found) if quiet else found, digits, quiet)
    if _wrong(found):
        raise typer.Exit(ExitCode.CHECK_FAILED)


Found = list[tuple["Lesson", tuple["Checked", ...]]]


def _wrong(found: Found) -> Found:
    """Only the figures whose verdicts do not hold, and their lessons."""
    kept = [(lesson, tuple(c for c in figures if not c.holds)) for lesson, figures in found]
    return [(lesson, figures) for lesson, figures in kept if figures]


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


def _json(found: Found, digits: int, quiet: bool) -> None:
    write_json(
        {
            "figures": [_record(lesson, figure) for lesson, figures in found for figure in figures],
            "errata": [
                {"lesson": lesson.slug, "printed": e.printed, "right": e.right, "note": e.note}
                for lesson, _ in found
                for e in lesson.errata
                if not quiet
            ],
        }
    )


def _markdown(found: Found, digits: int, quiet: bool) -> None:
    rows = [
        (
            lesson.slug,
            _title(c),
            _cell(c.figure.printed, digits),
            _cell(c.computed, digits),
            _verdict(c),
            "; ".join(part for part in (c.figure.note, c.problem) if part),
        )
        for lesson, figures in found
        for c in figures
    ]
    if not quiet:
        rows += [(lesson.slug, "", e.printed, e.right, "erratum", e.note) for lesson, _ in found for e in lesson.errata]
    write_markdown_table(rows, ("lesson", "figure", "printed", "computed", "verdict", "note"))


def _text(found: Found, digits: int, quiet: bool) -> None:
    for lesson, figures in found:
        print(safe(f"{lesson.code}: {lesson.title}" if lesson.code else lesson.title))
        for c in figures:
            _row(f"  {_verdict(c)}", _title(c))
            _row("", f"printed   {_cell(c.figure.printed, digits)}" if c.figure.printed is not None else "")
            _row("", f"computed  {_cell(c.computed, digits)}")
            _row("", c.figure.note)
            _row("", f"DOES NOT HOLD: {c.problem}" if c.problem else "")
        for erratum in lesson.errata if not quiet else ():
            _row("  erratum", f"printed   {erratum.printed}")
            _row("", f"right     {erratum.right}")
            _row("", erratum.note)
        print()
    if not quiet:
        print(_summary(found))


def _row(label: str, text: str) -> None:
    """A text beside its label, in as many rows as it takes."""
    from tui_nn.cli.layout import prose, room

    hanging = "          " if text.startswith(("printed ", "computed ", "right ")) else ""
    first, rest = (text[:10], text[10:]) if hanging else ("", text)
    for row in prose(rest, room() - LABEL - len(hanging)) if text else ():
        print(f"{label:<{LABEL}}{first}{row}")
        label, first = "", hanging


def _summary(found: Found) -> str:
    counts = {"match": 0, "rounded": 0, "erratum": 0, "computed": 0}
    for lesson, figures in found:
        for c in figures:
            counts[c.figure.verdict or "computed"] += 1
        counts["erratum"] += len(lesson.errata)
    words = {"rounded": "rounded", "match": "match", "erratum": "errata", "computed": "not printed on a slide"}
    said = ", ".join(
        f"{n} {'erratum' if (name, n) == ('erratum', 1) else words[name]}" for name, n in counts.items() if n
    )
    wrong = sum(not c.holds for _, figures in found for c in figures)
    if not wrong:
        return f"{said or 'no figures'}; every verdict holds"
    return f"{said}; {wrong} verdict{'s do' if wrong > 1 else ' does'} not hold"


def _title(checked: Checked) -> str:
    figure = checked.figure
    under = f"{figure.optimizer}: " if figure.optimizer else ""
    of = f" of {_cell(figure.parameter, 6)}" if figure.parameter is not None and not figure.label else ""
    when = f", iteration {figure.iteration}" if figure.iteration > 1 and not figure.label else ""
    return f"{under}{figure.title or _cell(figure.name, 6)}{of}{when}"


def _verdict(checked: Checked) -> str:
    return (checked.figure.verdict or "computed") if checked.holds else "FAILS"


def _cell(value: Any, digits: int) -> str:
    from tui_nn.cli.layout import number

    if value is None:
        return ""
    if isinstance(value, tuple):
        return f"[{', '.join(_cell(part, digits) for part in value)}]"
    return number(value, digits) if isinstance(value, float) else safe_cell(str(value))


_WRITERS = {CheckFormat.TEXT: _text, CheckFormat.JSON: _json, CheckFormat.MARKDOWN: _markdown}
