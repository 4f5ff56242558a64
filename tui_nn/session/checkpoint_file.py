"""Checkpoints on disk: tensors as safetensors, the facts beside them as TOML; each file says when it is damaged.

The tensors are written first, under a name made of their own hash; the TOML file that names them comes second, and
only with it does the checkpoint exist. So a process killed between the two leaves the checkpoint before, untouched.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from tui_nn.data.text import shown
from tui_nn.errors import UserError
from tui_nn.session.files import quoted_path, remove, write_whole

Tensors = Mapping[str, "np.ndarray[Any, Any]"]

_NAME = re.compile(r"(\d{12})\.toml")
_SEAL = "# sha256 of the lines below: "


@dataclass(frozen=True, eq=False)
class Stored:
    """A checkpoint that was read back whole.

    Attributes:
        iteration: the last one that it includes; 0 before the first.
        tensors: by name: parameters (`W1`), states (`m.W1`), buffers.
        facts: what else is to be known, as plain values.
    """

    iteration: int
    tensors: Tensors
    facts: Mapping[str, Any]


def write_checkpoint(folder: Path, iteration: int, tensors: Tensors, facts: Mapping[str, Any]) -> None:
    """Write a checkpoint into the folder; whole or not at all. Raises UserError where the disk refuses."""
    from safetensors.numpy import save

    data = save({name: np.asarray(value, order="C") for name, value in tensors.items()})
    digest = hashlib.sha256(data).hexdigest()
    binary = folder / f"{iteration:012d}-{digest[:16]}.safetensors"
    if not _holds(binary, digest):
        write_whole(binary, data)
    known = {"iteration": iteration, "tensors": {"file": binary.name, "bytes": len(data), "sha256": digest}}
    text = tomli_w.dumps({**known, "facts": facts})
    seal = _SEAL + hashlib.sha256(text.encode()).hexdigest() + "\n"
    write_whole(folder / f"{iteration:012d}.toml", (seal + text).encode())


def iterations(folder: Path) -> list[int]:
    """The iterations that have a checkpoint, damaged or not, ascending."""
    if not folder.is_dir():
        return []
    return sorted(int(found[1]) for path in folder.iterdir() if (found := _NAME.fullmatch(path.name)))


def read_checkpoint(folder: Path, iteration: int) -> Stored:
    """The checkpoint of that iteration. Raises UserError, which says what is wrong, where it is damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = folder / f"{iteration:012d}.toml"
    head = _read_facts(path)
    binary = folder / head["tensors"]["file"]
    data = _bytes(binary)
    if len(data) != head["tensors"]["bytes"]:
        raise _damaged(binary, f"it has {len(data):,} bytes, and {head['tensors']['bytes']:,} were written")
    if hashlib.sha256(data).hexdigest() != head["tensors"]["sha256"]:
        raise _damaged(binary, "its SHA-256 is not the one that was written")
    try:
        return Stored(head["iteration"], load(data), head["facts"])
    except SafetensorError as error:
        raise _damaged(binary, shown(str(error), 80)) from None


def newest(folder: Path, at_most: int | None = None) -> tuple[Stored | None, list[str]]:
    """The newest checkpoint that is whole (and not after iteration `at_most`), and what was wrong with newer ones."""
    complaints: list[str] = []
    for iteration in reversed(iterations(folder)):
        if at_most is not None and iteration > at_most:
            continue
        try:
            return read_checkpoint(folder, iteration), complaints
        except UserError as error:
            complaints.append(str(error))
    return None, complaints


def discard(folder: Path, keep: set[int]) -> None:
    """Remove all checkpoints but those of the iterations in `keep`, and what belongs to none."""
    for iteration in iterations(folder):
        if iteration not in keep:
            remove(folder / f"{iteration:012d}.toml")  # first: from here on the checkpoint does not exist
    named = set()
    for iteration in iterations(folder):
        try:
            named.add(_read_facts(folder / f"{iteration:012d}.toml")["tensors"]["file"])
        except UserError:
            return  # damaged: which tensors are whose cannot be told
    for path in folder.glob("*.safetensors*"):
        if path.name not in named:
            remove(path)


def thinned(kept: list[int], limit: int) -> set[int]:
    """Which of these iterations (ascending) to keep: the newest two, and others spread evenly, `limit` in all.

    The one whose removal leaves the smallest gap goes first, so any iteration stays near to a kept one before it.
    """
    kept = list(kept)
    while len(kept) > max(limit, 2):
        gaps = [kept[i + 1] - (kept[i - 1] if i else 0) for i in range(len(kept) - 2)]
        del kept[gaps.index(min(gaps))]
    return set(kept)


def _read_facts(path: Path) -> dict[str, Any]:
    try:
        seal, _, text = _bytes(path).decode().partition("\n")
        if seal != _SEAL + hashlib.sha256(text.encode()).hexdigest():
            raise _damaged(path, "its content is not what was written")
        facts = tomllib.loads(text)
    except UnicodeDecodeError:
        raise _damaged(path, "it is no text") from None
    return facts


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"Cannot read the checkpoint {quoted_path(path)}: {error.strerror or error}.") from None


def _holds(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _damaged(path: Path, why: str) -> UserError:
    return UserError(f"The checkpoint {quoted_path(path)} is damaged: {why}.")
