"""Where arrays live and who computes: NumPy and CuPy behind one face. A Machine is handed one; nothing is global."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any
"""An array of the backend's own kind."""


@dataclass(frozen=True)
class Backend:
    """What the engine needs of an array library.

    Attributes:
        name: as chosen with `--backend`.
        xp: the module with NumPy's interface.
        to_host: an array of this backend to a NumPy array (a copy).
    """

    name: str
    xp: Any
    to_host: Callable[[Array], np.ndarray[Any, Any]]


NUMPY = Backend("numpy", np, lambda a: np.array(a))
