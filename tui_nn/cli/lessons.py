"""`tui-nn lessons`: what worked examples there are, and what one of them holds."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from tui_nn.cli.options import complete_target
from tui_nn.cli.output import TableFormat, safe_cell, write_json, write_rows

if TYPE_CHECKING:
    from tui_nn.engine.program import Program
    from tui_nn.lessons.lesson import Lesson
    from tui_nn.lessons.problem import Problem


class _ShowsByDefault(TyperGroup):
    """A group in which what is no command is the lesson to show: `tui-nn lessons S5`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        is_command = args[0] in self.commands or args[0].startswith("-")
        return super().resolve_command(ctx, args if is_command else ["show", *args])


SHOWN = 6  # entries of a vector
WRITTEN = 26  # columns of what is written

app = typer.Typer(cls=_ShowsByDefault, add_completion=False, invoke_without_command=True)

ListFormat = Annotated[
    TableFormat,
    typer.Option("--format", "-f", metavar="FORMAT", help="How to print the list: text, json, jsonl, csv, markdown."),
]


@app.callback()
def lessons(context: typer.Context, form: ListFormat = TableFormat.TEXT) -> None:
    """List the lessons, or show one of them: tui-nn lessons show NAME."""
    if context.invoked_subcommand is None:
        list_lessons(form)


@app.command("list")
def list_lessons(form: ListFormat = TableFormat.TEXT) -> None:
    """List the lessons."""
    from tui_nn.lessons.catalogue import all_lessons
    from tui_nn.lessons.decks import full_title

    if form is TableFormat.TEXT:
        _list_text(all_lessons())
        return
    rows = [(lesson.code, lesson.slug, lesson.title, full_title(lesson.deck)) for lesson in all_lessons()]
    write_rows(rows, ("code", "name", "title", "deck"), form)


def _list_text(found: tuple[Lesson, ...]) -> None:
    from tui_nn.cli.layout import prose, room
    from tui_nn.lessons.decks import full_title

    width = room()
    column = 2 + 4 + max(len(lesson.slug) for lesson in found) + 2
    for i, (deck, group) in enumerate(groupby(found, key=lambda lesson: lesson.deck)):
        print("\n" * (i > 0) + "\n".join(prose(full_title(deck), width)))
        for lesson in group:
            label = f"  {lesson.code:<4}{lesson.slug}"
            for row in prose(lesson.title, width - column):
                print(f"{label:<{column}}{row}")
                label = ""


@app.command()
def language(form: ListFormat = TableFormat.TEXT) -> None:
    """List the operators and functions that equations may use."""
    from tui_nn.lang.language import FUNCTIONS, OPERATORS

    rows = [*OPERATORS, *FUNCTIONS]
    if form is not TableFormat.TEXT:
        write_rows(rows, ("written", "meaning"), form)
        return
    from tui_nn.cli.layout import prose, room

    for label, sentence in rows:
        if len(label) + 2 > WRITTEN:
            print(label)
            label = ""
        for row in prose(sentence, room() - WRITTEN):
            print(f"{label:<{WRITTEN}}{row}")
            label = ""


@app.command()
def show(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A lesson's name or code, or a TOML file.", autocompletion=complete_target),
    ],
    form: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", metavar="FORMAT", help="How: text or json.")
    ] = "text",
) -> None:
    """Show a lesson: what it is about, its equations, its listing."""
    from tui_nn.lessons.catalogue import load
    from tui_nn.lessons.problem import Settings, from_lesson

    lesson = load(name)
    problem = from_lesson(name, lesson, Settings({}))
    (_show_json if form == "json" else _show_text)(lesson, problem)


def _show_text(lesson: Lesson, problem: Problem) -> None:
    from tui_nn.cli.layout import prose, room
    from tui_nn.lessons.decks import full_title

    width = room()
    head = f"{lesson.code}: {lesson.title}" if lesson.code else lesson.title
    source = ": ".join(part for part in (full_title(lesson.deck), lesson.slide) if part)
    for row in [*prose(head, width), *(prose(source, width) if source else ())]:
        print(row)
    for text in (lesson.summary, lesson.notes):
        if text.strip():
            print("", *prose(text, width), sep="\n")
    print()
    own = {name: name in problem.parameters for name in problem.values}
    optimizers = dict.fromkeys([*([lesson.optimizer.name] if lesson.optimizer else []), *lesson.optimizers])
    for label, items in (
        ("inputs", [_given(lesson, problem, name) for name in own if not own[name]]),
        ("parameters", [_given(lesson, problem, name) for name in own if own[name]]),
        ("optimisers", list(optimizers)),
    ):
        for row in prose(", ".join(items), width - 12) if items else ():
            print(f"{label:<12}{row}")
            label = ""
    _show_listing(problem.program(), width)
    target = safe_cell(problem.target)
    print(f"\nwith numbers: tui-nn step {target}")
    if count := len(lesson.figures):
        print(f"{count} figure{'s' * (count > 1)} to check: tui-nn check {target}")


def _given(lesson: Lesson, problem: Problem, name: str) -> str:
    """A value in a few words: `w = 0.5`, `X = [1, 3]`, `Y (4x5)`, `W1 (4x3, normal)`."""
    from tui_nn.cli.layout import number
    from tui_nn.lang.shape_rules import describe
    from tui_nn.lessons.lesson import Init

    value, given = problem.values[name], lesson.values.get(name)
    if isinstance(given, Init):
        return f"{name} ({describe(value.shape)}, {given.kind})"
    if value.ndim > 1 or value.size > SHOWN:
        return f"{name} ({describe(value.shape)})"
    numbers = ", ".join(number(float(x), 6) for x in value.flat)
    return f"{name} = [{numbers}]" if value.ndim else f"{name} = {numbers}"


def _show_listing(program: Program, width: int) -> None:
    """The listing, each line as it is typed and as it is written by hand."""
    from tui_nn.cli.layout import can_print, cells, mathematics, pad

    phase = ""
    for line in program.lines:
        if line.phase != phase:
            phase = line.phase
            print(f"\n{phase}")
        typed, written = f"{line.number:4}  {safe_cell(str(line))}", safe_cell(mathematics(program, line))
        written = written if can_print(written) else ""
        column = width // 2
        if cells(typed) + 2 <= column and column + cells(written) <= width:
            print(f"{pad(typed, column)}{written}".rstrip())
        else:
            print(typed + (f"\n{'':10}{written}" if written else ""))


def _show_json(lesson: Lesson, problem: Problem) -> None:
    from tui_nn.cli.layout import mathematics
    from tui_nn.cli.subject import optimizer_of
    from tui_nn.lessons.decks import full_title

    program = problem.program()
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
            "optimizer": optimizer_of(problem.update),
            "optimizers": list(lesson.optimizers),
            "values": dict(problem.values),
            "listing": [
                {
                    "line": line.number,
                    "phase": line.phase,
                    "equation": str(line),
                    "mathematics": mathematics(program, line),
                }
                for line in program.lines
            ],
            "figures": len(lesson.figures),
        }
    )
