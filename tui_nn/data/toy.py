"""Toy data sets: points in the plane with two classes or a height, and one curve. Seeded, and of exactly n rows.

The shapes are those of the browser playground of tensorflow.org (circle, xor, gauss, spiral, plane, multi-gauss) and
of many lectures (moons, checkerboard, sine); the code is our own. ``noise`` means the same for all: the standard
deviation of a Gaussian disturbance, of each coordinate for classification (after the class is decided), of the target
for regression. Classes differ by at most one in their number of rows; rows are in random order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.dataset import Dataset
from tui_nn.data.schema import Field, Schema, Task
from tui_nn.errors import UserError
from tui_nn.randomness import generator

Points = Callable[[np.random.Generator, "NDArray[np.int64]"], "NDArray[np.float64]"]
Heights = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]
MAX_ROWS = 10_000_000


class Toy(NamedTuple):
    """A rule: for classes, points of the given class codes; for regression, a region and the height over it.

    points: (generator, codes of shape (rows,)) to X of shape (rows, features). height: None for classification.
    """

    description: str
    points: Points
    height: Heights | None = None
    noise: float = 0.0
    rows: int = 200
    features: tuple[str, ...] = ("x1", "x2")

    @property
    def task(self) -> Task:
        return "classification" if self.height is None else "regression"


def _polar(radius: NDArray[np.float64], angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _circle(random: np.random.Generator, codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Class 1 within 2.5 of the origin, class 0 between 3.5 and 5."""
    low, high = np.where(codes == 1, 0.0, 3.5), np.where(codes == 1, 2.5, 5.0)
    return _polar(random.uniform(low, high), random.uniform(0.0, 2 * np.pi, len(codes)))


def _xor(random: np.random.Generator, codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Class 1 where the coordinates' signs differ; a gap of 0.3 on either side of the axes."""
    x1, x2 = random.uniform(0.3, 5.0, (2, len(codes)))
    side = random.choice([-1.0, 1.0], len(codes))
    return np.column_stack([side * x1, np.where(codes == 1, -side, side) * x2])


def _gauss(random: np.random.Generator, codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Unit Gaussians around (−2, −2) for class 0 and (2, 2) for class 1."""
    return random.normal(np.where(codes == 1, 2.0, -2.0)[:, None], 1.0, (len(codes), 2))


def _spiral(random: np.random.Generator, codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Two arms of 1.75 turns, half a turn apart, out to radius 5."""
    along = random.uniform(0.0, 1.0, len(codes))
    return _polar(5.0 * along, 2 * np.pi * 1.75 * along + np.pi * codes)


def _moons(random: np.random.Generator, codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Two interleaved half circles of radius 1."""
    angle = random.uniform(0.0, np.pi, len(codes))
    upper = _polar(np.ones(len(codes)), angle)
    return np.where((codes == 0)[:, None], upper, np.array([1.0, 0.5]) - upper)


def _checkerboard(random: np.random.Generator, codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """A board of 4 by 4 fields, each 2 wide, around the origin; class 1 where row + column is odd."""
    row = random.integers(0, 4, len(codes))
    column = 2 * random.integers(0, 2, len(codes)) + (row + codes) % 2
    return 2.0 * np.column_stack([column, row]) - 4.0 + random.uniform(0.0, 2.0, (len(codes), 2))


def _square(random: np.random.Generator, codes: NDArray[np.int64]) -> NDArray[np.float64]:
    return random.uniform(-6.0, 6.0, (len(codes), 2))


def _interval(random: np.random.Generator, codes: NDArray[np.int64]) -> NDArray[np.float64]:
    return random.uniform(0.0, 1.0, (len(codes), 1))


def _plane(X: NDArray[np.float64]) -> NDArray[np.float64]:
    return (X[:, 0] + X[:, 1]) / 10.0


_HILLS = np.array([[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]])


def _hills(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cone of the nearest of six hills and hollows: its sign times (1 − distance/2), 0 beyond distance 2."""
    distance = np.sqrt(((X[:, None, :] - _HILLS[None, :, :2]) ** 2).sum(axis=2))
    nearest = distance.argmin(axis=1)
    sign: NDArray[np.float64] = _HILLS[nearest, 2]
    height: NDArray[np.float64] = sign * np.maximum(0.0, 1.0 - distance.min(axis=1) / 2.0)
    return height


def _sine(X: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sin(2 * np.pi * X[:, 0])


TOYS: dict[str, Toy] = {
    "circle": Toy("a disc within a ring", _circle, noise=0.2),
    "xor": Toy("exclusive or: four squares, opposite ones of one class", _xor),
    "gauss": Toy("two round clouds", _gauss),
    "spiral": Toy("two spiral arms", _spiral, noise=0.1),
    "moons": Toy("two interleaved half circles", _moons, noise=0.1),
    "checkerboard": Toy("a board of 4 by 4 fields", _checkerboard, rows=400),
    "plane": Toy("a tilted plane over a square", _square, _plane),
    "multi-gauss": Toy("six hills and hollows over a square", _square, _hills, rows=500),
    "sine": Toy("one period of a noisy sine", _interval, _sine, noise=0.1, rows=100, features=("x",)),
}


def make_toy(name: str, *, n: int | None = None, noise: float | None = None, seed: int = 0) -> Dataset:
    """The toy data set of that name (a key of `TOYS`) with exactly ``n`` rows. Raises UserError for n or noise."""
    toy = TOYS[name]
    rows, spread = (toy.rows if n is None else n), (toy.noise if noise is None else noise)
    if not 2 <= rows <= MAX_ROWS:
        raise UserError(f"{name} is made with 2 to {MAX_ROWS:,} rows, not {rows:,}.")
    if not 0.0 <= spread <= 1e6:
        raise UserError(f"{name}: noise is {spread}; it is a standard deviation, 0 or more.")
    random = generator(seed, f"data/{name}")
    codes = random.permutation(np.arange(rows, dtype=np.int64) % 2)
    X = toy.points(random, codes)
    y = codes if toy.height is None else toy.height(X)
    # Drawn in any case, so that the same seed gives the same points at every level of noise.
    disturbance = random.standard_normal(X.shape if toy.height is None else y.shape)
    if toy.height is None:
        X = X + spread * disturbance
    else:
        y = y + spread * disturbance
    classes = ("0", "1") if toy.height is None else ()
    schema = Schema(tuple(map(Field, toy.features)), "y", toy.task, classes, (*toy.features, "y"))
    source = f"generated: n = {rows}, noise = {spread:g}, seed = {seed}"
    return Dataset(name, X, y, schema, toy.description, source)
