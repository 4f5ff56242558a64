"""Plain values as files have them: JSON, which spells numbers that are not finite, and TOML, which has no None."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

NON_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
"""How our JSON spells these numbers, by their `str`."""


def to_json(value: Any) -> Any:
    """Plain values as strict JSON has them: non-finite numbers become "NaN", "Infinity", "-Infinity"."""
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return NON_FINITE[str(value)]
    return value


def from_json(value: Any) -> Any:
    """What `to_json` wrote."""
    if isinstance(value, dict):
        return {k: from_json(v) for k, v in value.items()}
    if isinstance(value, list):
        return [from_json(v) for v in value]
    return float(value) if value in NON_FINITE.values() else value


def without_none(value: Any) -> Any:
    """The same without what is None, for which TOML has no word."""
    if isinstance(value, Mapping):
        return {str(k): without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [without_none(v) for v in value]
    return value
