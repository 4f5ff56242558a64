"""How the entries of a parameter are spread: counts in bins of one width."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_nn.session.frame import Host

BINS = 32


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Of the parameter `name`: counts, shape (n,), and the bins' borders, shape (n + 1,)."""

    name: str
    shape: tuple[int, ...]
    counts: Host
    edges: Host


def histogram(name: str, values: Host) -> Histogram:
    """Of the finite entries, in BINS bins."""
    finite = values[np.isfinite(values)].astype(np.float64)
    return Histogram(name, values.shape, *np.histogram(finite, BINS))
