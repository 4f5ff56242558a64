"""The card of a number: its name and value, the formula, the formula with numbers, and what it came from."""

from __future__ import annotations

from rich.style import Style

from tui_nn.session.explain import Explanation
from tui_nn.session.frame import Position
from tui_nn.view.look import Look
from tui_nn.view.picture import Line, Picture, picture, text_line
from tui_nn.view.text import fit


def card(
    explanation: Explanation | None,
    look: Look,
    width: int,
    *,
    reason: str = "",
    cursor: int | None = None,
) -> Picture:
    """Draw the card in `width` cells, as high as it is; `cursor` is the operand with the pointer."""
    if explanation is None:
        return picture([text_line([(line, look.style("dim"))]) for line in wrapped(reason, width)], width)
    e = explanation
    lines: list[Line] = [
        text_line([(f"{e} = ", look.style("title")), (look.number(e.value, digits=6), signed(e.value, look))]),
        text_line([(f"{e.role}, {when(e.position)}" + (f": {e.note}" if e.note else ""), look.style("dim"))]),
    ]
    if e.equation and e.equation != e.formula:
        lines += _indented(e.equation, look, width, look.style("header"))
    if e.formula:
        lines += _indented(e.formula, look, width, look.style("text"))
        lines += _indented(f"= {e.numbers}", look, width, look.style("accent"))
        lines += _indented(f"= {look.number(e.value, digits=6)}", look, width, signed(e.value, look))
    lines += [_operand(i, e, look, width, i == cursor) for i in range(len(e.operands))]
    if e.hidden:
        lines.append(text_line([(f"  and {e.hidden} more", look.style("dim"))]))
    return picture(lines, width)


def when(position: Position) -> str:
    """`iteration 3, line 12`, or `from the start`."""
    return f"iteration {position.iteration}, line {position.line}" if position.line else "from the start"


def signed(value: float, look: Look) -> Style:
    """The style of a number's sign."""
    if value != value or value in (float("inf"), float("-inf")):
        return look.style("nonfinite")
    return look.style("positive" if value > 0 else "negative" if value < 0 else "text")


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines of at most `width` cells, broken at blanks where there are some."""
    import textwrap

    return [part for line in text.splitlines() for part in textwrap.wrap(line, max(width, 1)) or [""]]


def _indented(text: str, look: Look, width: int, style: Style) -> list[Line]:
    return [text_line([("  " + line, style)]) for line in wrapped(look.text(text), width - 2)]


def _operand(i: int, e: Explanation, look: Look, width: int, cursor: bool) -> Line:
    operand = e.operands[i]
    role = operand.role + (f", {when(operand.at)}" if operand.at else "")
    name = fit(look.text(str(operand)), 12, ellipsis=look.glyphs.ellipsis)
    return text_line(
        [
            ((look.glyphs.arrow if cursor else " ") + " ", look.style("current")),
            (name + " ", look.style("cursor" if cursor else "text")),
            (fit(look.number(operand.value, digits=6), 10, "right") + "  ", signed(operand.value, look)),
            (role, look.style("dim")),
        ]
    )
