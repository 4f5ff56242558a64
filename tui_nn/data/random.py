"""Randomness as a function of (seed, purpose, iteration), so that a replay needs no saved generator.

Each draw that a run makes (a shuffle, a split, a dropout mask, an initial weight) asks for its own fresh generator
by name. Nothing depends on how many numbers were drawn before, so any iteration can be repeated on its own.
"""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, purpose: str, iteration: int = 0) -> np.random.Generator:
    """A fresh generator that is the same for the same three arguments, on any machine and in any process.

    ``purpose`` says what the numbers are for ("shuffle", "dropout/1"); different purposes and iterations give
    independent streams. The three are hashed with SHA-256 (Python's own ``hash`` differs from process to process)
    into the 256 bits that seed a PCG64.
    """
    key = f"{int(seed)}\0{int(iteration)}\0{purpose}".encode()
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(key).digest(), "little")))
