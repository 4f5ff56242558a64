"""scikit-learn's shape around a network: `MLPClassifier` and `MLPRegressor`, for pipelines and searches.

They pass scikit-learn's own `check_estimator`. It is imported only if it is there; without it the estimators work all
the same, outside of its tools.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tui_nn.data.dataset import Dataset
from tui_nn.data.schema import Field, Schema, Task
from tui_nn.errors import UserError
from tui_nn.session import assemble
from tui_nn.session.evaluation import Evaluation
from tui_nn.session.machines import Machines
from tui_nn.session.preparation import cut
from tui_nn.session.settings import Settings, from_values

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ModuleNotFoundError:
    from tui_nn.session.estimator_base import (
        BaseEstimator,
        ClassifierMixin,
        RegressorMixin,
        check_classification_targets,
        check_is_fitted,
        check_random_state,
        validate_data,
    )


class _Mlp(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What both have in common: the settings of `tui-nn train`, under the same names.

    `settings` takes those that have no parameter of their own, by key: `{"hyper": {"beta1": 0.8}, "clip_norm": 1.0}`.
    """

    def __init__(
        self,
        layers: Sequence[int | str] = (32,),
        activation: str | Sequence[str] = "relu",
        *,
        dropout: float = 0.0,
        l2: float = 0.0,
        loss: str | None = None,
        optimizer: str = "adam",
        lr: float | None = None,
        batch_size: int | None = 32,
        epochs: int | None = None,
        early_stopping: int | None = None,
        validation: float = 0.0,
        scaling: str = "standard",
        dtype: str = "float64",
        random_state: Any = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.layers = layers
        self.activation = activation
        self.dropout = dropout
        self.l2 = l2
        self.loss = loss
        self.optimizer = optimizer
        self.lr = lr
        self.batch_size = batch_size
        self.epochs = epochs
        self.early_stopping = early_stopping
        self.validation = validation
        self.scaling = scaling
        self.dtype = dtype
        self.random_state = random_state
        self.settings = settings

    def _fit(self, X: NDArray[Any], y: NDArray[Any], task: Task, classes: Sequence[str]) -> Self:
        """Train on all rows but those held back for validation; y: codes or numbers."""
        settings = self._settings(task)
        names = tuple(f"x{i}" for i in range(1, X.shape[1] + 1))
        schema = Schema(tuple(map(Field, names)), "y", task, tuple(classes), (*names, "y"))
        prepared = cut(Dataset("X", np.array(X), np.array(y), schema), settings)
        network = assemble.network(settings, prepared)
        reader = assemble.reader(network, len(classes), prepared.target_scaling)
        train = assemble.examples(prepared, "train", settings.dtype)
        assert train is not None
        held = assemble.examples(prepared, "validation", settings.dtype)
        trainer = assemble.trainer(settings, reader, train, held)
        self.history_ = list(trainer.epochs())
        if settings.early_stopping is not None:
            trainer.use_best()
        if trainer.stop is not None and trainer.stop.kind == "non-finite":
            raise UserError(f"training broke off: {trainer.stop.text}")
        self.n_iter_ = trainer.course.epoch
        machines = trainer.course.machines
        self.weights_ = {name: machines.owner.read(name) for name in machines.learned()}
        self._reader, self._scaling = reader, prepared.scaling
        self._machines = self._rebuilt()
        return self

    def _settings(self, task: Task) -> Settings:
        """The settings that the parameters mean. Raises UserError."""
        given = {name: value for name, value in self.get_params().items() if name not in ("random_state", "settings")}
        given["dropout"] = [self.dropout] if self.dropout else []
        given["layers"] = list(self.layers) or 0
        seed = self.random_state
        if not isinstance(seed, int | np.integer):
            seed = check_random_state(seed).randint(2**31)
        given |= {"seed": int(seed), "test": 0, "target_scaling": "standard" if task == "regression" else "none"}
        if self.batch_size is None:
            given["batch_size"] = "all"
        given |= dict(self.settings or {})
        return from_values({k: v for k, v in given.items() if v is not None}, where=type(self).__name__)

    def _outputs(self, X: ArrayLike) -> NDArray[Any]:
        check_is_fitted(self)
        rows = self._scaling.apply(validate_data(self, X, dtype=np.float64, reset=False), self.dtype)
        blank = np.zeros((len(rows), self._reader.network.outputs))
        return np.array(Evaluation(self._machines, rows, blank).figures().outputs)

    def _rebuilt(self) -> Machines:
        """Machines that predict, with the weights; they hold compiled calls and are not pickled."""
        machines = Machines(self._reader.network, None, 1, dtype=self.dtype)  # type: ignore[arg-type]
        machines.load(self.weights_)
        return machines

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        state.pop("_machines", None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state) if hasattr(super(), "__setstate__") else self.__dict__.update(state)
        if "weights_" in state:
            self._machines = self._rebuilt()


class MLPClassifier(ClassifierMixin, _Mlp):  # type: ignore[misc]
    """A network that tells classes apart.

    Attributes:
        classes_: labels, in the order of the columns of `predict_proba`.
        weights_: parameters and buffers, by name. history_: the figures of each epoch. n_iter_: epochs.
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on rows X, shape (examples, features), with labels y, one for each. Raises ValueError, UserError."""
        found, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"there is only one class, {self.classes_[0]!r}, and nothing to tell apart")
        return self._fit(found, codes.astype(np.int64), "classification", [str(c) for c in self.classes_])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The label of each row."""
        outputs = self._outputs(X)
        found: NDArray[Any] = self.classes_[self._reader.codes(outputs)]
        return found

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """The probability of each class, shape (examples, classes). Raises UserError for a loss that gives none."""
        outputs = self._outputs(X)
        if not self._reader.gives_probabilities:
            raise UserError(f"the loss {self._reader.network.loss} gives scores and no probabilities")
        return self._reader.scores(outputs)


class MLPRegressor(RegressorMixin, _Mlp):  # type: ignore[misc]
    """A network that predicts a number.

    Attributes:
        weights_: parameters and buffers, by name. history_: the figures of each epoch. n_iter_: epochs.
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on rows X, shape (examples, features), with numbers y, one for each. Raises ValueError, UserError."""
        found, numbers = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        return self._fit(found, numbers.astype(np.float64), "regression", ())

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """The number of each row."""
        outputs = self._outputs(X)
        return self._reader.values(outputs)
