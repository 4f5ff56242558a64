"""A neural network that you can read, in the terminal."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# The Python API. A name is imported when it is asked for: the command line needs none of them.
_HOMES = {
    "tui_nn.nn.layers": ("Activation", "Dense", "DropConnect", "Dropout", "Maxout"),
    "tui_nn.nn.normalization": ("BatchNorm", "BatchRenorm", "GroupNorm", "LayerNorm"),
    "tui_nn.session.api": ("Network",),
    "tui_nn.session.estimators": ("MLPClassifier", "MLPRegressor"),
}


def __getattr__(name: str) -> Any:
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module 'tui_nn' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return [*globals(), *(name for names in _HOMES.values() for name in names)]
