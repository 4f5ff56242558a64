"""The card of a number: its name and value, the formula, the formula with numbers, and what it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui_nn.lessons.slide import Printed
from tui_nn.session.explain import EDITED, Explanation, Operand, entry
from tui_nn.tui.drawing.words import ROLES, formula, paragraph, signed, when
from tui_nn.tui.notation import Notation
from tui_nn.view.look import Look
from tui_nn.view.picture import Line, Picture, picture, text_line
from tui_nn.view.text import fit


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says.

    Attributes:
        explanation: None where there is no number yet, and `reason` says why.
        was: the number without the branch's edits, where that is another one.
        slide: what the lesson's slide prints for it, if it does.
        cursor: the operand with the pointer.
    """

    explanation: Explanation | None
    reason: str = ""
    was: float | None = None
    slide: Printed | None = None
    cursor: int | None = None


def card(data: Card, notation: Notation, look: Look, width: int) -> tuple[Picture, int]:
    """Draw the card in `width` cells, as high as it is; and the line on which its operands begin."""
    e = data.explanation
    if e is None:
        parts = [paragraph(part, look, width, look.style("dim")) for part in data.reason.split("\n\n")]
        return picture([line for part in parts for line in ([], *part)][1:], width), 0
    lines = [*_result(e, data, notation, look, width), *_formula(e, notation, look, width)]
    first = len(lines)
    lines += [_operand(i, e, notation, look, width, i == data.cursor) for i in range(len(e.operands))]
    if e.hidden:
        lines.append(text_line([(f"  and {e.hidden:,} more", look.style("dim"))]))
    return picture(lines, width), first


def trail(names: Sequence[str], look: Look, width: int) -> str:
    """The way to a card, `∂L/∂w₁ › ∂L/∂f₂`; the latest part of it where it is long."""
    separator = " > " if look.ascii_only else " › "
    shown = list(map(look.text, names))
    while len(shown) > 1 and cell_len(separator.join(shown)) > width:
        shown = shown[1:]
    return (look.glyphs.ellipsis + separator if len(shown) < len(names) else "") + separator.join(shown)


def _result(e: Explanation, data: Card, notation: Notation, look: Look, width: int) -> list[Line]:
    name = look.text(notation.entry(e.name, e.index))
    number = look.number(e.value, digits=6)
    typed = entry(e.name, e.index)
    room = width - cell_len(name) - cell_len(number) - 3
    parts = [(f"{name} = ", look.style("title")), (number, signed(e.value, look))]
    if typed != name and cell_len(typed) + 2 <= room:
        parts.append((fit(typed, room, "right"), look.style("dim")))
    lines = [text_line(parts), *_about(e, data.slide, notation, look, width)]
    if data.was is not None and data.was != e.value:
        lines.append(text_line([(f"{look.number(data.was, digits=6)} without the change", look.style("changed"))]))
    return lines


def _about(e: Explanation, slide: Printed | None, notation: Notation, look: Look, width: int) -> list[Line]:
    """What it is, when it got its value, and what the slide has; of one set by hand, that its line does not give it."""
    dim = look.style("dim")
    if e.note == EDITED:
        lines = paragraph(f"set by hand, {when(e.position)}", look, width, dim)
        return lines + (formula(f"and not by {notation.line(e.line)}", look, width, dim) if e.line else [])
    role = "loss" if e.role == "value" and e.line is not None and e.line.phase == "loss" else ROLES.get(e.role, e.role)
    about = f"{role}, {when(e.position)}"
    about = f"{about}: {e.note}" if e.note and e.note != e.role else about
    if slide is None:
        return paragraph(about, look, width, dim)
    number = slide.text.replace("-", look.glyphs.minus)
    match slide.verdict(e.value):
        case "match":
            return paragraph(f"{about}; slide {number}", look, width, dim)
        case "rounded":
            return paragraph(f"{about}; slide {number}, rounded", look, width, dim)
    said = paragraph(f"The slide has {number}. {slide.note}", look, width, look.style("changed"))
    return [*paragraph(about, look, width, dim), *said]


def _formula(e: Explanation, notation: Notation, look: Look, width: int) -> list[Line]:
    if e.note == EDITED:
        return []
    if e.projected is None:
        return formula(notation.line(e.line), look, width, look.style("text"), 2) if e.line else []
    lines: list[Line] = []
    if e.index and e.line is not None:
        lines += formula(notation.line(e.line), look, width, look.style("header"), 2)
    left = notation.entry(e.name, e.index)
    lines += formula(f"{left} = {notation.formula(e)}", look, width, look.style("text"), 2)
    lines += formula(f"= {notation.numbers(e)}", look, width, look.style("accent"), 4)
    lines += formula(f"= {look.number(e.value, digits=6)}", look, width, signed(e.value, look), 4)
    return lines


def _operand(i: int, e: Explanation, notation: Notation, look: Look, width: int, cursor: bool) -> Line:
    operand = e.operands[i]
    names = max(cell_len(look.text(notation.entry(o.name, o.index))) for o in e.operands)
    numbers = [look.number(o.value, digits=6) for o in e.operands]
    digits = max(map(cell_len, numbers))
    room = min(names, width // 2)
    name = fit(look.text(notation.entry(operand.name, operand.index)), room, ellipsis=look.glyphs.ellipsis)
    return text_line(
        [
            ((look.glyphs.arrow if cursor else " ") + " ", look.style("current")),
            (name, look.style("cursor" if cursor else "text")),
            ("  " + fit(numbers[i], digits, "right"), signed(operand.value, look)),
            ("  " + _origin(operand, e, look, width - room - digits - 6), look.style("dim")),
        ]
    )


def _origin(operand: Operand, e: Explanation, look: Look, width: int) -> str:
    """What an operand is, and when it got its value where that is to be said.

    Where not both fit it is the time, the longest way to say it that fits: what an operand is without a time means that
    it is as it was at the start.
    """
    role, at = ROLES.get(operand.role, operand.role), operand.at
    if at is None:
        return fit(role, width, ellipsis=look.glyphs.ellipsis)
    full = when(at, e.position.iteration)
    ways = [f"{role}, {full}", full]
    if not at.line:
        ways.append(role)
    elif at.iteration != e.position.iteration:
        ways += [f"iteration {at.iteration}", f"{at.iteration}:{at.line}"]
    return next((text for text in ways if cell_len(text) <= width), look.glyphs.ellipsis)
