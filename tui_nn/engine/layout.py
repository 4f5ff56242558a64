"""Where each tensor lives: parameters, gradients and states in flat vectors, and biases folded into their weights.

An affine line `Z = W @ A + b` (examples as columns) is one matrix product when `b` stands as the last column of `W`
and a row of ones below `A`; its gradients are then one product too. That is how the machine lays them out; each
tensor stays a view with the shape that the page says.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tui_nn.engine.program import Program
from tui_nn.lang.differentiate import gradient_name
from tui_nn.lang.expression import Call, Expression, Name, children, names
from tui_nn.lang.shape_rules import Shape, size


class Fold(NamedTuple):
    """`bias` laid out as the last column of `weight`; `input` has a row of ones below it."""

    weight: str
    bias: str
    input: str


class Span(NamedTuple):
    """Where a parameter stands in the flat vectors: entries `start` to `stop`, as `block`, `columns` of it."""

    start: int
    stop: int
    block: Shape
    columns: slice | None


def affine(e: Expression) -> tuple[str, str, str] | None:
    """(W, A, b) where `e` is `W @ A + b` of plain names, else None."""
    match e:
        case Call(op="add", args=(Call(op="matmul", args=(Name(id=w), Name(id=a))), Name(id=b))):
            return w, a, b
    return None


def folds(program: Program) -> dict[str, Fold]:
    """The biases that can be folded, by the name of their weight.

    Said by the forward pass alone, which training and evaluation have in common: both lay parameters out alike.
    """
    forward = [line for line in program.lines if line.phase in ("forward", "loss")]
    readers = Counter(n for line in forward for n in names(line.expression))
    found: dict[str, Fold] = {}
    for line in forward:
        match = affine(line.expression) if line.phase == "forward" else None
        if match is None:
            continue
        w, a, b = match
        shape = program.shapes[w]
        if (
            {w, b} <= set(program.parameters)
            and a not in program.parameters
            and len(shape) == len(program.shapes[a]) == 2
            and program.shapes[b] == (shape[0], 1)
            and readers[b] == 1
            and w not in found
            and b not in {f.bias for f in found.values()}
        ):
            found[w] = Fold(w, b, a)
    return found


def spans(program: Program, folded: dict[str, Fold]) -> tuple[dict[str, Span], int]:
    """The place of each parameter in the flat vectors, and their length."""
    biases = {f.bias for f in folded.values()}
    places: dict[str, Span] = {}
    start = 0
    for name in program.parameters:
        if name in biases:
            continue
        shape = program.shapes[name]
        if name in folded:
            rows, columns = shape
            block = (rows, columns + 1)
            places[name] = Span(start, start + size(block), block, slice(0, columns))
            places[folded[name].bias] = Span(start, start + size(block), block, slice(columns, columns + 1))
            start += size(block)
        else:
            places[name] = Span(start, start + size(shape), shape, None)
            start += size(shape)
    return places, start


class Pair(NamedTuple):
    """Two lines in one product: `weight = above @ input.T (+ rest)`, `bias = sum(above, axis=1, keepdims=True)`.

    All names are of gradients, but for `input`.
    """

    weight: str
    bias: str
    above: str
    input: str
    rest: Expression | None


def pairs(program: Program, folded: dict[str, Fold]) -> dict[int, Pair]:
    """The gradient lines of folded weights and biases that are computed together, by line number."""
    lines = {line.name: line for line in program.lines if line.phase == "backward"}
    found: dict[int, Pair] = {}
    for fold in folded.values():
        weight, bias = lines.get(gradient_name(fold.weight)), lines.get(gradient_name(fold.bias))
        if weight is None or bias is None or weight.number > bias.number:
            continue
        rest: Expression | None = None
        match weight.expression:
            case Call(op="matmul") as product:
                pass
            case Call(op="add", args=(Call(op="matmul") as product, more)):
                rest = more
            case _:
                continue
        match product.args:
            case (Name(id=above), Call(op="transpose", args=(Name(id=input_name),))) if input_name == fold.input:
                if bias.expression == Call("sum", (Name(above),), 1, True):
                    pair = Pair(weight.name, bias.name, above, input_name, rest)
                    found |= {weight.number: pair, bias.number: pair}
    return found


def row_stored(program: Program) -> frozenset[str]:
    """The inputs that are read by matrix products only: stored as rows, so that a batch of examples is one copy."""
    inputs = {n for n, role in program.roles.items() if role == "input" and len(program.shapes[n]) == 2}
    for line in program.lines:
        if line.phase != "update":
            inputs -= _read_elsewhere(line.expression)
    return frozenset(inputs)


def _read_elsewhere(e: Expression) -> set[str]:
    """Names in `e` that are read by anything but a matrix product."""
    if isinstance(e, Name):
        return {e.id}
    found: set[str] = set()
    for child in children(e):
        bare = child.args[0] if isinstance(child, Call) and child.op == "transpose" else child
        if not (isinstance(e, Call) and e.op == "matmul" and isinstance(bare, Name)):
            found |= _read_elsewhere(child)
    return found
