"""What the estimators need of scikit-learn, in as few lines as do, for where it is not installed."""

from __future__ import annotations

import inspect
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tui_nn.session.metrics import regression


class NotFittedError(ValueError, AttributeError):
    """Raised where a prediction is asked for before `fit`."""


class BaseEstimator:
    """Parameters are the arguments of the constructor, kept under their names."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Every parameter by name."""
        return {
            name: getattr(self, name) for name in inspect.signature(type(self).__init__).parameters if name != "self"
        }

    def set_params(self, **params: Any) -> Self:
        """Change parameters by name. Raises ValueError for one that is not there."""
        for name, value in params.items():
            if name not in self.get_params():
                raise ValueError(f"{type(self).__name__} has no parameter {name!r}; it has {list(self.get_params())}")
            setattr(self, name, value)
        return self


class ClassifierMixin:
    """`score` is the accuracy."""

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """The share of rows that are predicted right."""
        return float(np.mean(self.predict(X) == np.asarray(y)))  # type: ignore[attr-defined]


class RegressorMixin:
    """`score` is R²."""

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """R² of the predictions."""
        return regression(np.asarray(y, np.float64), self.predict(X)).r2  # type: ignore[attr-defined]


def check_random_state(seed: Any) -> np.random.RandomState:
    """A generator of a seed, or the seed itself where it is one."""
    return seed if isinstance(seed, np.random.RandomState) else np.random.RandomState(seed)


def check_classification_targets(y: NDArray[Any]) -> None:
    """Raise ValueError for numbers with fractions."""
    if y.dtype.kind == "f" and (y != np.round(y)).any():
        raise ValueError("the targets of a classifier are classes, not numbers with fractions")


def check_is_fitted(estimator: Any) -> None:
    """Raise NotFittedError where `fit` was not called."""
    if not hasattr(estimator, "n_features_in_"):
        raise NotFittedError(f"this {type(estimator).__name__} is not fitted yet; call fit first")


def validate_data(
    estimator: Any, X: ArrayLike, y: ArrayLike | None = None, *, reset: bool = True, dtype: Any = None, **_: Any
) -> Any:
    """X as a matrix of finite numbers (and y as a vector). Raises ValueError."""
    found = np.asarray(X, dtype)
    if found.ndim != 2 or not found.size:
        raise ValueError(f"X has shape {found.shape}; wanted are rows of features, at least one of each")
    if not np.isfinite(found).all():
        raise ValueError("X has numbers that are not finite")
    if reset:
        estimator.n_features_in_ = found.shape[1]
    elif found.shape[1] != estimator.n_features_in_:
        name = type(estimator).__name__
        raise ValueError(
            f"X has {found.shape[1]} features, but {name} is expecting {estimator.n_features_in_} features"
        )
    if y is None:
        return found
    targets = np.asarray(y).reshape(-1)
    if len(targets) != len(found):
        raise ValueError(f"X has {len(found)} rows, y has {len(targets)}")
    return found, targets
