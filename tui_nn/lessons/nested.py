"""Numbers and names laid out as on the slide: one alone, a row, a matrix; nested tuples of any leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
U = TypeVar("U")

Nested: TypeAlias = T | tuple[Any, ...]
"""A leaf, or a tuple of Nested: `7`, `(1, 2)`, `((1, 2), (3, 4))`. Rows of one level are equally long."""


def shape_of(layout: Nested[T]) -> tuple[int, ...]:
    """The lengths, outermost first: `((1, 2, 3),)` is (1, 3) and a leaf is ()."""
    if not isinstance(layout, tuple):
        return ()
    return (len(layout), *(shape_of(layout[0]) if layout else ()))


def leaves(layout: Nested[T]) -> Iterator[T]:
    """The leaves, row by row."""
    if isinstance(layout, tuple):
        for part in layout:
            yield from leaves(part)
    else:
        yield layout


def apply(function: Callable[..., U], *layouts: Nested[Any]) -> Nested[U]:
    """`function` of the leaves that stand in the same place of each layout, in that layout."""
    if not isinstance(layouts[0], tuple):
        return function(*layouts)
    return tuple(apply(function, *parts) for parts in zip(*layouts, strict=True))


def is_regular(layout: Nested[T]) -> bool:
    """Whether all rows of one level are equally long."""
    if not isinstance(layout, tuple):
        return True
    return all(is_regular(part) for part in layout) and len({shape_of(part) for part in layout}) <= 1
