"""Lanes: pieces of one computation on several threads of ours, while BLAS computes each of them on one.

A large matrix product is split by rows, a long update by entries. The pieces depend on sizes only, never on how many
lanes there are or who takes which, so the bits do not either. A lane takes the next piece when it is done with one:
where another program has taken its core, the calling thread does the work itself (`team`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_nn.engine.team import Piece, Team

WORTH = 8e6  # floating-point operations of a product that are worth a piece: some tenth of a millisecond
MOST = 4  # pieces of a product: each of them packs the right factor anew

_team: Team | None = None


def use(lanes: int) -> None:
    """From now on, computations in this process are done on so many lanes."""
    global _team
    _team = _of(lanes - 1) if lanes > 1 else None


def in_use() -> int:
    """How many lanes there are now, with that of the caller."""
    return 1 if _team is None else _team.lanes


def together(pieces: Sequence[Piece]) -> Callable[[], None]:
    """The call that does all pieces, on the lanes that are in use when it is made."""
    return partial(_do, tuple(map(tuple, pieces)))


def rows(count: int, operations: float) -> list[slice]:
    """Split so many rows, which together take so many floating-point operations, into pieces that are worth it.

    Their number is a power of two, as the number of cores often is.
    """
    worth = max(1, min(MOST, int(operations / WORTH), count // 16))
    pieces = 1 << (worth.bit_length() - 1)
    ends = [count * i // pieces for i in range(pieces + 1)]
    return [slice(start, stop) for start, stop in pairwise(ends)]


def _do(pieces: Sequence[Piece]) -> None:
    team = _team
    if team is not None:
        team.do(pieces)
        return
    for piece in pieces:
        for call in piece:
            call()


@cache
def _of(helpers: int) -> Team:
    from tui_nn.engine.team import Team  # small networks have no helpers

    return Team(helpers)


def _forked() -> None:
    _of.cache_clear()  # a forked process has none of these threads
    use(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
