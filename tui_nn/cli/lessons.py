"""`tui-nn lessons`: what worked examples there are, and what one of them holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tui_nn.cli.options import complete_target
from tui_nn.cli.output import TableFormat, safe, write_json, write_rows

if TYPE_CHECKING:
    from tui_nn.lessons.lesson import Lesson

app = typer.Typer(add_completion=False, invoke_without_command=True)


@app.callback()
def lessons(
    context: typer.Context,
    form: Annotated[TableFormat, typer.Option("--format", help="How to print the list.")] = TableFormat.TEXT,
) -> None:
    """List the lessons, or show one of them: tui-nn lessons show NAME."""
    if context.invoked_subcommand is not None:
        return
    from tui_nn.lessons.catalogue import all_lessons
    from tui_nn.lessons.decks import full_title

    deck = full_title if form is not TableFormat.TEXT else str
    rows = [(lesson.code, lesson.slug, lesson.title, deck(lesson.deck)) for lesson in all_lessons()]
    write_rows(rows, ("code", "name", "title", "deck"), form)


@app.command()
def show(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A lesson's name or code, or a TOML file.", autocompletion=complete_target),
    ],
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print.")] = "text",
) -> None:
    """Show a lesson: what it is about, its equations, its listing."""
    from tui_nn.lessons.catalogue import load

    lesson = load(name)
    (_show_json if form == "json" else _show_text)(lesson, name)


def _show_text(lesson: Lesson, name: str) -> None:
    from tui_nn.lessons.decks import full_title
    from tui_nn.lessons.problem import find

    print(safe(f"{lesson.code}  {lesson.title}" if lesson.code else lesson.title))
    print(safe(f"{full_title(lesson.deck)}; {lesson.slide}" if lesson.slide else full_title(lesson.deck)))
    for text in (lesson.summary, lesson.notes):
        if text.strip():
            print(f"\n{safe(text.strip())}")
    program = find(name).program()
    phase = ""
    for line in program.lines:
        if line.phase != phase:
            phase = line.phase
            print(f"\n{phase}")
        print(safe(f"{line.number:4}  {line}"))
    print(f"\n{len(lesson.figures)} figures to check: tui-nn check {safe(name)}")


def _show_json(lesson: Lesson, name: str) -> None:
    from tui_nn.lessons.decks import full_title
    from tui_nn.lessons.problem import find

    problem = find(name)
    write_json(
        {
            "name": lesson.slug,
            "code": lesson.code,
            "title": lesson.title,
            "deck": full_title(lesson.deck),
            "slide": lesson.slide,
            "summary": lesson.summary.strip(),
            "notes": lesson.notes.strip(),
            "equations": lesson.equations.strip().splitlines(),
            "parameters": list(lesson.parameters),
            "loss": lesson.loss or None,
            "seed": lesson.seed,
            "values": dict(problem.values),
            "listing": [
                {"line": line.number, "phase": line.phase, "equation": str(line)} for line in problem.program().lines
            ],
            "figures": len(lesson.figures),
        }
    )
