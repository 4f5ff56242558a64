"""Shape rules: the shapes of a primitive's arguments in, the shape of its result out.

A rule that does not hold raises `ShapeError`; `{a}`, `{b}`, `{c}` in its text stand for the arguments, which
`infer` fills in as they were written. Shapes are tuples, `()` is a single number; broadcasting is NumPy's.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from tui_nn.lang.errors import ShapeError

Shape = tuple[int, ...]
Rule = Callable[[tuple[Shape, ...], int | None, bool], Shape]


def describe(shape: Shape) -> str:
    """A shape in words: `4x3`, `a vector of 3`, `a single number`."""
    if not shape:
        return "a single number"
    return f"a vector of {shape[0]}" if len(shape) == 1 else "x".join(map(str, shape))


def size(shape: Shape) -> int:
    """How many entries a tensor of this shape has."""
    return math.prod(shape)


def broadcast(*shapes: Shape) -> Shape:
    """The common shape of elementwise operands, NumPy's rule."""
    rank = max((len(s) for s in shapes), default=0)
    out = []
    for axis in range(rank):
        sizes = {s[axis - rank + len(s)] for s in shapes if axis - rank + len(s) >= 0} - {1}
        if len(sizes) > 1:
            raise ShapeError(_broadcast_advice(shapes))
        out.append(sizes.pop() if sizes else 1)
    return tuple(out)


def _broadcast_advice(shapes: tuple[Shape, ...]) -> str:
    full = max(shapes, key=lambda s: (len(s), size(s)))
    if len(full) != 2:
        return f"they cannot be combined entry by entry; both must be {describe(full)}, or one a single number"
    rows, columns = full
    return (
        f"they cannot be combined entry by entry; with {describe(full)} go: the same shape, a row of {columns} "
        f"({columns} or 1x{columns}), a column of {rows} ({rows}x1), or a single number"
    )


def elementwise(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """Entry by entry, broadcast."""
    return broadcast(*shapes)


def matmul(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """NumPy's `@` for vectors and matrices."""
    a, b = shapes
    if not a or not b:
        raise ShapeError("@ multiplies matrices and vectors; for a single number write *")
    if len(a) > 2 or len(b) > 2:
        raise ShapeError("@ takes matrices and vectors, not tensors of three or more axes")
    if a[-1] != b[0]:
        left = f"columns of {{a}} ({a[-1]})" if len(a) == 2 else f"entries of {{a}} ({a[-1]})"
        right = f"rows of {{b}} ({b[0]})" if len(b) == 2 else f"entries of {{b}} ({b[0]})"
        fits = [
            text
            for holds, text in (
                (len(b) == 2 and a[-1] == b[-1], "{b}.T would fit"),
                (len(a) == 2 and a[0] == b[0], "{a}.T would fit"),
                (len(a) == len(b) == 2 and b[-1] == a[0], "{b} @ {a} would fit"),
            )
            if holds
        ]
        raise ShapeError(f"{left} must equal {right}" + (f"; {fits[0]}" if fits else ""))
    return a[:-1] + b[1:]


def outer(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """Two vectors to the matrix of all products."""
    a, b = shapes
    if len(a) != 1 or len(b) != 1:
        raise ShapeError("outer takes two vectors")
    return (a[0], b[0])


def transpose(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """Axes in reverse order."""
    return shapes[0][::-1]


def reduction(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """One axis, or all of them, reduced."""
    (a,) = shapes
    if axis is None:
        return (1,) * len(a) if keepdims else ()
    k = _axis(a, axis)
    return a[:k] + ((1,) if keepdims else ()) + a[k + 1 :]


def along(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """Same shape out; the axis (the last one by default) must be there."""
    (a,) = shapes
    _axis(a, -1 if axis is None else axis)
    return a


def targets(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """Logits and targets of the same shape to a single number."""
    a, b = shapes
    if a != b:
        raise ShapeError("the targets must have the shape of the logits (classes as one-hot)")
    return ()


def classes(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """The same, with classes along an axis (the last one by default), which must be there."""
    out = targets(shapes, axis, keepdims)
    _axis(shapes[0], -1 if axis is None else axis)
    return out


def like(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """The first argument, broadcast to the shape of the second."""
    a, b = shapes
    if broadcast(a, b) != b:
        raise ShapeError("like(a, b) repeats a to the shape of b, which must be the larger one")
    return b


def expand(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """An axis of size 1 put in at `axis` of the result."""
    (a,) = shapes
    k = _axis((*a, 1), -1 if axis is None else axis)
    return (*a[:k], 1, *a[k:])


def first(shapes: tuple[Shape, ...], axis: int | None, keepdims: bool) -> Shape:
    """The shape of the first argument; the others are single numbers."""
    if any(s != () for s in shapes[1:]):
        raise ShapeError("all arguments after the first must be single numbers")
    return shapes[0]


def _axis(shape: Shape, axis: int) -> int:
    if not -len(shape) <= axis < len(shape):
        raise ShapeError(
            f"there is no axis {axis}: {{a}} is {describe(shape)}"
            + (f" and has axes 0 to {len(shape) - 1}" if len(shape) > 1 else "")
        )
    return axis % len(shape)
