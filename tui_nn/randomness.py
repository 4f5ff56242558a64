"""Chance as a function of (seed, purpose, iteration): a replay needs no saved generator, a seed gives one run."""

from __future__ import annotations

import hashlib

import numpy as np


def key(seed: int, purpose: str) -> int:
    """A 128-bit key for a stream of random numbers, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{purpose}".encode(), digest_size=16).digest(), "little")


def generator(seed: int, purpose: str, iteration: int = 0) -> np.random.Generator:
    """A fresh generator for this seed, this purpose (such as `shuffle`) and this iteration (or epoch).

    Philox is counter-based: streams of different keys or counters never meet.
    """
    return np.random.Generator(np.random.Philox(key=key(seed, purpose), counter=iteration << 128))
