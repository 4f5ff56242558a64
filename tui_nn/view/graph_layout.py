"""Places for a computation graph: topological columns, few crossings, and ports that keep lines apart.

The steps are Sugiyama's: a column for each node (its longest path from an input; inputs stand just before their first
use), helper nodes where an edge passes a column, an order in each column with few crossings, and rows near the
neighbours'. Lines never run over one another because of a parity rule: nodes begin at even rows, edges enter at even
rows and leave at odd ones; only an edge that runs straight may enter at an odd row, and there its own line is the
only one.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import pairwise

Name = Hashable
_SWEEPS = 4


@dataclass(slots=True)
class Item:
    """A node, or a helper (`node` is None) where an edge passes a column. `row` is its first one, always even.

    `origin` is the node whose value the leaving edges carry: itself, or where a helper's edge comes from.
    """

    name: Name
    node: str | None
    origin: str
    height: int
    inputs: list[Name] = field(default_factory=list)
    row: int = 0

    @property
    def out(self) -> int:
        """The row where edges leave."""
        return self.row + 1


@dataclass(frozen=True, slots=True)
class Net:
    """The lines from one item to those in the next column: from row `source` to the rows `targets`."""

    name: Name
    origin: str
    source: int
    targets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of items, top to bottom, and the nets between each pair of columns."""

    columns: tuple[tuple[Item, ...], ...]
    nets: tuple[tuple[Net, ...], ...]

    @property
    def height(self) -> int:
        """Rows in all."""
        return max((item.row + item.height for column in self.columns for item in column), default=0)


def layout(inputs: dict[str, tuple[str, ...]], height: int = 3) -> Layout:
    """Place the nodes of an acyclic graph.

    Args:
        inputs: for each node the nodes that it is computed from.
        height: rows of a node, odd; one with many inputs is higher.

    Raises:
        ValueError: an input that is no node, or a cycle.
    """
    ranks = _ranks(inputs)
    columns = _columns(inputs, ranks, height)
    _reduce_crossings(columns)
    _assign_rows(columns)
    nets = tuple(_nets(left, right) for left, right in pairwise(columns))
    return Layout(tuple(tuple(column) for column in columns), nets)


def _ranks(inputs: dict[str, tuple[str, ...]]) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for name in _in_order(inputs):
        ranks[name] = max((ranks[i] + 1 for i in inputs[name]), default=0)
    users: dict[str, list[str]] = {name: [] for name in inputs}
    for name, needed in inputs.items():
        for i in needed:
            users[i].append(name)
    for name, needed in inputs.items():
        if not needed and users[name]:
            ranks[name] = min(ranks[user] for user in users[name]) - 1
    return ranks


def _in_order(inputs: dict[str, tuple[str, ...]]) -> list[str]:
    """Each node after its inputs, in the order in which a reader would compute the last ones."""
    order: list[str] = []
    state: dict[str, int] = {}
    used = {i for needed in inputs.values() for i in needed}
    for root in [*(n for n in inputs if n not in used), *inputs]:
        stack = [(root, iter(inputs[root]))] if root not in state else []
        state.setdefault(root, 1)
        while stack:
            name, rest = stack[-1]
            following = next((i for i in rest if state.get(i) != 2), None)
            if following is None:
                state[name] = 2
                order.append(name)
                stack.pop()
            elif following not in inputs:
                raise ValueError(f"{name} needs {following}, which is not a node of the graph")
            elif state.get(following) == 1:
                raise ValueError(f"the graph has a cycle through {following}")
            else:
                state[following] = 1
                stack.append((following, iter(inputs[following])))
    return order


def _columns(inputs: dict[str, tuple[str, ...]], ranks: dict[str, int], height: int) -> list[list[Item]]:
    columns: list[list[Item]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for name in _in_order(inputs):
        unique = list(dict.fromkeys(inputs[name]))
        item = Item(name, name, name, max(height, 2 * len(unique) - 1))
        for source in unique:
            before: Name = source
            for rank in range(ranks[source] + 1, ranks[name]):
                # One helper a source and column: edges of one source to several places share their way.
                helper = (source, rank)
                if all(other.name != helper for other in columns[rank]):
                    columns[rank].append(Item(helper, None, source, 2, [before]))
                before = helper
            item.inputs.append(before)
        columns[ranks[name]].append(item)
    return columns


def _reduce_crossings(columns: list[list[Item]]) -> None:
    """Sort each column by the middle of its neighbours, to and fro; keep the best order that was met."""
    best, fewest = [list(column) for column in columns], _crossings(columns)
    for sweep in range(_SWEEPS):
        pairs = list(pairwise(columns))
        for left, right in pairs if sweep % 2 == 0 else reversed(pairs):
            _sort_right(left, right) if sweep % 2 == 0 else _sort_left(left, right)
        if (crossings := _crossings(columns)) < fewest:
            best, fewest = [list(column) for column in columns], crossings
    columns[:] = best
    for left, right in pairwise(columns):
        place = {item.name: i for i, item in enumerate(left)}
        for item in right:
            item.inputs.sort(key=place.__getitem__)


def _sort_right(left: list[Item], right: list[Item]) -> None:
    place = {item.name: i for i, item in enumerate(left)}
    _sort(right, [[place[needed] for needed in item.inputs] for item in right])


def _sort_left(left: list[Item], right: list[Item]) -> None:
    _sort(left, [[j for j, item in enumerate(right) if source.name in item.inputs] for source in left])


def _sort(column: list[Item], neighbours: list[list[int]]) -> None:
    """By the mean place of the neighbours; what has none keeps its place."""
    keys = {item.name: sum(n) / len(n) if n else i for i, (item, n) in enumerate(zip(column, neighbours, strict=True))}
    column.sort(key=lambda item: keys[item.name])


def _crossings(columns: list[list[Item]]) -> int:
    count = 0
    for left, right in pairwise(columns):
        place = {item.name: i for i, item in enumerate(left)}
        edges = [(place[needed], j) for j, item in enumerate(right) for needed in item.inputs]
        count += sum(a[0] > b[0] for n, b in enumerate(edges) for a in edges[:n] if a[1] < b[1])
    return count


def _assign_rows(columns: list[list[Item]]) -> None:
    """Rows near the neighbours' rows, first as seen from the left, then from the right, some times over."""
    for column in columns:
        _stack(column, [0.0] * len(column))
    for sweep in range(_SWEEPS):
        if sweep % 2 == 0:
            for left, right in pairwise(columns):
                _stack(right, _wanted_right(left, right))
        else:
            for left, right in reversed(list(pairwise(columns))):
                _stack(left, _wanted_left(left, right))
    top = min((item.row for column in columns for item in column), default=0)
    for column in columns:
        for item in column:
            item.row -= top


def _wanted_right(left: list[Item], right: list[Item]) -> list[float]:
    out = {item.name: item.out for item in left}
    wanted = []
    for item in right:
        rows = [out[needed] for needed in item.inputs]
        wanted.append(sum(rows) / len(rows) - max(len(rows) - 1, 1) if rows else float(item.row))
    return wanted


def _wanted_left(left: list[Item], right: list[Item]) -> list[float]:
    wanted = []
    for item in left:
        rows = [
            user.row + _port(user, k, item.out) for user in right for k, i in enumerate(user.inputs) if i == item.name
        ]
        wanted.append(sum(rows) / len(rows) - 1 if rows else float(item.row))
    return wanted


def _stack(column: list[Item], wanted: list[float]) -> None:
    """The rows nearest to the wanted ones (in least squares) that are even, in order, and leave a blank row between.

    Without its own height and that of all above it, each item only needs a place not before the last one's: that is
    isotonic regression, solved by pooling neighbours that are out of order.
    """
    offsets = [0]
    for item in column:
        offsets.append(offsets[-1] + item.height + 1 + (item.height + 1) % 2)
    pools: list[list[float]] = []
    for row, offset in zip(wanted, offsets, strict=False):
        pools.append([row - offset])
        while len(pools) > 1 and sum(pools[-2]) * len(pools[-1]) >= sum(pools[-1]) * len(pools[-2]):
            pools[-2:] = [pools[-2] + pools[-1]]
    places = [2 * round(sum(pool) / len(pool) / 2) for pool in pools for _ in pool]
    for item, place, offset in zip(column, places, offsets, strict=False):
        item.row = place + offset


def _port(item: Item, index: int, source: int) -> int:
    """The row, from the item's first, where its `index`-th edge enters: even, or odd if that makes it straight."""
    return 1 if len(item.inputs) == 1 and source == item.row + 1 else 2 * index


def _nets(left: list[Item], right: list[Item]) -> tuple[Net, ...]:
    nets = []
    for source in left:
        targets = tuple(
            item.row + _port(item, k, source.out)
            for item in right
            for k, needed in enumerate(item.inputs)
            if needed == source.name
        )
        if targets:
            nets.append(Net(source.name, source.origin, source.out, targets))
    return tuple(nets)
