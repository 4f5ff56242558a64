"""Why and what: everything in focus explained, symbol by symbol, from the primitive table and the program itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from tui_nn.engine.program import Line, Program
from tui_nn.lang.expression import Call, Expression, Name, walk
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import describe
from tui_nn.tui import keys
from tui_nn.tui.key import Key
from tui_nn.tui.notation import Notation
from tui_nn.view.look import Look

Section = tuple[str, tuple[tuple[str, str], ...]]
"""A heading, and pairs of a sign and what it means."""

ROLES = {
    "input": "given; it stays as it is",
    "parameter": "a parameter: what the optimiser changes to make the loss small",
    "value": "computed in the forward pass",
    "gradient": "a gradient: how much the loss changes when this changes a little",
    "state": "what the optimiser remembers from one iteration to the next",
    "step": "a part of the optimiser's step",
    "hyper": "a hyper-parameter of the optimiser",
}

UPDATE = {
    "theta": "the parameter that the update is applied to, each in its turn",
    "g": "the gradient of the loss by this parameter",
    "t": "the number of the iteration, from 1",
    "lr": "the learning rate: how far a step goes",
    "step": "what is taken off the parameter",
    "m": "the running mean of the gradients: where they point to on average",
    "v": "what the optimiser has gathered of earlier gradients, or of their squares",
    "r": "the sum, or the running mean, of the squared gradients: how large they have been",
    "m_hat": "m, made larger while it still remembers its start at 0",
    "v_hat": "v, made larger while it still remembers its start at 0",
    "gamma": "how much of the earlier steps a step keeps",
    "rho": "how slowly the mean of the squares forgets",
    "beta1": "how slowly the mean of the gradients forgets",
    "beta2": "how slowly the mean of the squares forgets",
    "eps": "a small number that keeps the division away from 0",
    "decay": "what weight decay takes off the parameter",
    "weight_decay": "how strongly parameters are pulled towards 0",
}

PHASES = {
    "forward": "from what is given to the prediction, line by line",
    "loss": "one number that says how wrong the prediction is",
    "backward": "from the loss back to each parameter: every line is the chain rule, once",
    "update": "the optimiser moves each parameter against its gradient",
}

PANES = {
    "listing": "The program: each line is computed in turn. {arrow} is the line computed last, {unknown} is not "
    "computed yet, {breakpoint} is a breakpoint, {changed} is what an edit has changed. In a matrix ; ends a "
    "row{rest}. The update is shown for one parameter at a time; the keys , and . choose it.",
    "card": "Why the number in focus is what it is: its formula, the same with numbers, and the numbers it came from.",
    "tensor": "All numbers of the value in focus. The card explains the one with the pointer.",
    "graph": "What is computed from what. Under each value, {gradient} is the gradient of the loss by it. A parameter "
    "with ′ is the one after the update.",
    "state": "What the optimiser holds: θ before, the gradient g, its memory, the step, θ after.",
    "loss": "The loss in each iteration that was visited; the mark is where you stand. A sign on the axis: there it is "
    "not finite, or, on a logarithmic axis, not above 0.",
    "watch": "Expressions that you watch; after an edit, the original and the branch side by side.",
    "scrubber": "The whole run: walk along it with the arrows, click, or drag.",
}


def of_line(program: Program, notation: Notation, line: Line) -> list[Section]:
    """A line, its names and its operations."""
    found: list[Section] = [(f"Line {line.number}: {notation.line(line)}", ((line.phase, PHASES[line.phase]),))]
    names = dict.fromkeys([line.name, *(e.id for e in walk(line.expression) if isinstance(e, Name))])
    found.append(("Names", tuple((_both(n, notation), of_name(program, n, line)) for n in names)))
    operations = tuple(_operations(line.expression))
    if operations:
        found.append(("Operations", operations))
    return found


def of_name(program: Program, name: str, line: Line | None = None) -> str:
    """What a name stands for, in a sentence."""
    in_update = line is not None and line.phase == "update"
    if name in program.update_roles and (in_update or name not in program.roles):
        return UPDATE.get(name, ROLES[program.update_roles[name]])
    stem, dot, parameter = name.partition(".")
    if dot:
        return f"{UPDATE.get(stem, ROLES[program.update_roles[stem]])}; here for {parameter}"
    shape = describe(program.shape(name))
    if name == program.loss:
        return f"the loss, {shape}: what training makes small"
    source = program.line_of(name)
    made = f", by line {source.number}" if source else ""
    return f"{shape}, {ROLES[program.roles[name]]}{made}"


def panes(names: Iterable[str], look: Look) -> Section:
    """What panes show, with the signs that this look has for it."""
    glyphs = look.glyphs
    signs = {
        "arrow": glyphs.arrow,
        "unknown": glyphs.unknown,
        "breakpoint": glyphs.node[0],
        "changed": glyphs.changed,
        "gradient": glyphs.gradient,
        "rest": f", and {glyphs.diagonal} stands for the rest" if glyphs.diagonal else "",
    }
    return "On the screen", tuple((name, PANES[name].format(**signs)) for name in dict.fromkeys(names) if name in PANES)


def key_sections(screen: str, pane: str = "", idle: Collection[str] = ()) -> list[Section]:
    """The keys of a screen, those of the pane that stands out first; idle actions have nothing to act on."""
    found: list[Section] = []
    if pane in keys.PANES:
        found.append((f"Keys in the {pane}", tuple((row.shown, row.help) for row in keys.PANES[pane])))
    for group, rows in keys.groups(screen).items():
        shown = [row for row in rows if row.action not in idle]
        found.append((f"Keys: {group}", tuple((row.shown, row.help + _counted(row)) for row in shown)))
    return found


def _counted(row: Key) -> str:
    return f"; 10{row.shown} does it ten times" if row.count else ""


def _both(name: str, notation: Notation) -> str:
    """As it is shown, and as it is typed where that differs."""
    shown = notation.name(name)
    return shown if shown == name else f"{shown} ({name})"


def _operations(e: Expression) -> Iterator[tuple[str, str]]:
    """Each primitive once: its sign or call, and its sentence."""
    for op in dict.fromkeys(node.op for node in walk(e) if isinstance(node, Call)):
        row = PRIMITIVES[op]
        sentence = row.sentence + (f"; {row.name}(a) = {row.definition}" if row.definition else "")
        yield row.operator or row.name, sentence
