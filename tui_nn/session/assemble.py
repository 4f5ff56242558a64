"""From settings and prepared data to a trainer: where network, course, rules and reader are put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.batches import Batching
from tui_nn.data.scaling import Scaling
from tui_nn.data.text import quoted
from tui_nn.engine.backend import Backend, choose
from tui_nn.errors import UserError
from tui_nn.nn.network import Network
from tui_nn.session import plan
from tui_nn.session.course import RATE, Course
from tui_nn.session.evaluation import Evaluation, Figures, Reader, joined
from tui_nn.session.machines import Machines
from tui_nn.session.metrics import Classification, Regression
from tui_nn.session.preparation import Part, Prepared
from tui_nn.session.settings import Settings
from tui_nn.session.standing import Rules, Watch
from tui_nn.session.threads import choose_threads
from tui_nn.session.trainer import Trainer

BLOCK = 1 << 23  # entries
FEW, MANY = 100, 5000  # training rows that are judged after each epoch


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows as the network takes them.

    Attributes:
        X: scaled features, shape (examples, inputs).
        y: class codes, or scaled numbers, shape (examples,) or (examples, outputs): what is learned.
        true: class codes, or numbers in the target's own unit: what figures are about.
    """

    X: NDArray[Any]
    y: NDArray[Any]
    true: NDArray[Any]


def examples(prepared: Prepared, part: Part, dtype: str) -> Examples | None:
    """All rows of a part; None where it has none."""
    rows = getattr(prepared.split, part)
    return of_rows(prepared, rows, dtype) if len(rows) else None


def blocks(prepared: Prepared, part: Part, dtype: str) -> Iterator[Examples]:
    """The rows of a part, so many at once that their copies take some 100 MB at most."""
    rows = getattr(prepared.split, part)
    size = max(1, BLOCK // prepared.dataset.X.shape[1])
    for start in range(0, len(rows), size):
        yield of_rows(prepared, rows[start : start + size], dtype)


def of_rows(prepared: Prepared, rows: NDArray[np.int64], dtype: str) -> Examples:
    """Rows of the data set, by their numbers. Raises UserError for a feature beyond the numbers of the type."""
    dataset = prepared.dataset
    y = dataset.y[rows]
    X = prepared.scaling.apply(dataset.X[rows], dtype)
    if not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0]
        raise UserError(
            f"The feature {quoted(dataset.features[column])} has {float(dataset.X[rows[row], column]):g}, which scaled "
            f"({prepared.scaling.kind}) is beyond {dtype}; take --dtype float64, or leave it out with --drop."
        )
    return Examples(X, prepared.learned(y), y)


def reader(network: Network, classes: int, target_scaling: Scaling | None) -> Reader:
    """What the network's outputs mean."""
    return Reader(network, classes, None if classes else target_scaling)


def network(settings: Settings, prepared: Prepared) -> Network:
    """The network that the settings describe, for this data. Raises UserError."""
    dataset = prepared.dataset
    return plan.network(settings, len(dataset.features), dataset.classes, prepared.targets("train"))


def trainer(
    settings: Settings,
    read: Reader,
    train: Examples,
    validation: Examples | None,
    *,
    backend: Backend | None = None,
    threads: int | None = None,
) -> Trainer:
    """A trainer at its start.

    Args:
        read: with the network to train.
        threads: of matrix products; None: as the settings say, or by the network's size.

    Raises:
        UserError: where settings do not fit one another or the data.
    """
    along = course(settings, read, train, backend=backend)
    rules = Rules(
        plan.length(settings, along.per_epoch),
        settings.early_stopping,
        settings.monitor,
        plan.plateau(settings),
        settings.break_when,
    )

    def watch(rows: Examples) -> Watch:
        return Watch(Evaluation(along.machines, rows.X, read.encode(rows.y)), rows.true)

    held = None if validation is None else watch(validation)
    threads = threads or settings.threads or choose_threads(read.network, along.feed.batch_size)
    return Trainer(along, rules, read, held, watch(sample(train, validation)), threads)


def sample(train: Examples, validation: Examples | None) -> Examples:
    """The training rows that are judged after each epoch: as many as the validation part has, spread evenly.

    At least `FEW` where there are as many, and not more than `MANY`: it costs less than the validation part does.
    """
    count = min(len(train.X), max(FEW, min(len(validation.X) if validation else 0, MANY)))
    rows = np.arange(count) * len(train.X) // count
    return Examples(train.X[rows], train.y[rows], train.true[rows])


def course(settings: Settings, read: Reader, train: Examples, *, backend: Backend | None = None) -> Course:
    """The network at its start, with its training rows. Raises UserError as `trainer` does."""
    batching = Batching(settings.batch_size, settings.shuffle, settings.drop_last)
    per_epoch = batching.steps(len(train.X))
    update = plan.update(settings)
    machines = Machines(
        read.network,
        update,
        min(settings.batch_size or len(train.X), len(train.X)),
        seed=settings.seed,
        dtype=settings.dtype,  # type: ignore[arg-type]  # its kind allows these alone
        backend=backend or choose(settings.backend)[0],
    )
    curve = plan.rate_curve(settings, update.hyper.get(RATE, 0.0), per_epoch)
    found = Course(machines, train.X, read.encode(train.y), batching=batching, seed=settings.seed, curve=curve)
    found.rates = list(settings.lr_changes)
    return found


def judge(machines: Machines, read: Reader, blocks: Iterable[Examples]) -> tuple[Figures, Classification | Regression]:
    """Loss, outputs and every figure on rows that come in blocks, with the parameters that the network has now."""
    found, true = [], []
    for rows in blocks:
        found.append(Evaluation(machines, rows.X, read.encode(rows.y)).figures())
        true.append(rows.true)
    figures = joined(found)
    return figures, read.measure(np.concatenate(true), figures.outputs)


def summary(figures: Figures, measured: Classification | Regression) -> dict[str, Any]:
    """The same as plain values: single numbers, and for classes the confusion matrix."""
    found: dict[str, Any] = {"rows": len(figures.outputs), "loss": figures.loss}
    if figures.penalty:
        found["penalty"] = figures.penalty
    found |= measured.summary()
    if isinstance(measured, Classification):
        found["confusion"] = np.asarray(measured.confusion).tolist()
    return found
