"""What plain lines say of a session. Names stand as they are typed, so that what is read can be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from tui_nn.engine.program import Line
from tui_nn.lessons.slide import Printed
from tui_nn.session.explain import Explanation, entry
from tui_nn.session.frame import Host
from tui_nn.tui.desk import Desk
from tui_nn.tui.drawing import card, watches
from tui_nn.tui.drawing.listing import entries
from tui_nn.tui.notation import Notation
from tui_nn.tui.rows import name_of, parameter_of
from tui_nn.tui.snapshot import HEAD, Head, Wanted
from tui_nn.tui.take import take
from tui_nn.view.look import Colours, Look

PLAIN = Look(Colours.NONE, ascii_only=True)
WIDTH = 100  # columns at which long formulas are broken


def value(found: Host | Head) -> str:
    """A number, or the first entries of a tensor and its shape."""
    if isinstance(found, Head):
        numbers, shape = found.entries, found.shape
    else:
        numbers, shape = tuple(np.ravel(found)[:HEAD].tolist()), found.shape
    if shape == ():
        return PLAIN.number(numbers[0], digits=6)
    return f"{'x'.join(map(str, shape))} {entries(numbers, shape, PLAIN, WIDTH // 2)}"


def line(desk: Desk, notation: Notation, made: Line) -> Iterator[str]:
    """A line that is computed, with its value; with one a parameter in the update."""
    found = desk.session.line_values(made)
    head = f"{made.number} {notation.line(made)}"
    if len(found) == 1 and found[0][0] is None:
        yield f"{head} = {value(found[0][1])}"
        return
    yield head
    for parameter, number in found:
        yield f"  {name_of(desk.session.program, made, parameter or '')} = {value(number)}"


def place(desk: Desk) -> str:
    """`iteration 3, backward`."""
    iteration, number = desk.session.position
    return f"iteration {iteration}, {desk.session.program.lines[number - 1].phase if number else 'start'}"


def listing(desk: Desk, notation: Notation) -> Iterator[str]:
    """All rows: what is given, and each line with its value, or that it has none yet."""
    session = desk.session
    for name, role in session.program.roles.items():
        if role in ("input", "parameter"):
            yield f"{'given' if role == 'input' else 'parameter'} {name} = {value(session.value(name))}"
    phase = ""
    for made in session.program.lines:
        if made.phase != phase:
            phase = made.phase
            yield phase
        if made.number <= session.position.line:
            yield from line(desk, notation, made)
        else:
            yield f"{made.number} {notation.line(made)}, not computed yet"


def explanation(found: Explanation, printed: Printed | None, notation: Notation) -> Iterator[str]:
    """A card; its operands have numbers, by which they can be asked for."""
    drawn, first = card.card(card.Card(found, slide=printed), notation, PLAIN, WIDTH)
    for number, text in enumerate(drawn.plain.splitlines()):
        which = number - first
        yield f"{which + 1} {text.strip()}" if 0 <= which < len(found.operands) else text


def watched(desk: Desk) -> Iterator[str]:
    """Watched expressions."""
    for text, found in take(desk, Wanted()).watches if desk.watches else ():
        yield f"watch {text}: {found if isinstance(found, str) else value(found)}"


def changes(desk: Desk, notation: Notation) -> Iterator[str]:
    """The edits of this branch, and what they have changed up to here."""
    session = desk.session
    if not session.edits:
        yield "no value is changed"
        return
    yield "branch: " + ", ".join(f"{entry(e.name, e.index)} = {PLAIN.number(e.value)}" for e in session.edits)
    shot = take(desk, Wanted(parameter=parameter_of(session.program, session.edits[-1].name)))
    if shot.behind:
        yield "the run without the changes is not computed up to here yet; changes goes on with it"
    for change in watches.changes(shot.heads.values()):
        was, now = watches.side_by_side(change, PLAIN, WIDTH)
        yield f"{notation.entry(change.name, change.index)} is {now}, was {was}"


def sections(found: Iterable[tuple[str, tuple[tuple[str, str], ...]]]) -> Iterator[str]:
    """Headings, and under them signs with what they mean."""
    for heading, pairs in found:
        yield heading
        for sign, meaning in pairs:
            yield f"  {sign}: {meaning}"
