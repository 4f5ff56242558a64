"""Examples of what can be typed at a question, over the names of the program that is open."""

from __future__ import annotations

from tui_nn.engine.program import Program
from tui_nn.session.explain import entry


def a_line(program: Program) -> str:
    """The name of a line: the gradient by the first parameter, `dw1`; where there is none, what comes out last."""
    gradients = (f"d{parameter}" for parameter in program.parameters)
    return next((name for name in gradients if program.line_of(name) is not None), program.lines[-1].name)


def an_entry(program: Program) -> str:
    """A number that can be changed: `w1`, `W1[0, 0]`."""
    name = next(n for wanted in ("parameter", "input") for n, role in program.roles.items() if role == wanted)
    return entry(name, (0,) * len(program.shape(name)))


def a_size(program: Program) -> str:
    """An expression that is one number: `abs(dw1)`, `norm(dW1)`."""
    name = a_line(program)
    return f"norm({name})" if program.shape(name) else f"abs({name})"


def a_goal(program: Program) -> str:
    """What is to become small: the loss, where there is one."""
    return program.loss or a_size(program)


def expressions(program: Program) -> tuple[str, ...]:
    """What can be watched."""
    return a_size(program), f"{an_entry(program)}**2"


def conditions(program: Program) -> tuple[str, ...]:
    """What to stop at."""
    return f"{a_goal(program)} < 0.1", f"{a_size(program)} > 10"
