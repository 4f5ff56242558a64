"""The idx format of MNIST, and image folders in it: two files (images, labels) or four (training and test part)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.dataset import Dataset
from tui_nn.data.schema import Field, Schema
from tui_nn.data.source import read_bytes
from tui_nn.data.text import counted, quoted
from tui_nn.errors import UserError

_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
IMAGES, LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"
PARTS = ("train", "t10k")


def is_idx(data: bytes) -> bool:
    """Whether the first bytes are those of an idx file: two zeros, a known type, one to four dimensions."""
    return len(data) >= 4 and data[:2] == b"\0\0" and data[2] in _DTYPES and 1 <= data[3] <= 4


def parse_idx(data: bytes, name: str) -> NDArray[Any]:
    """The array in an idx file: 4 bytes of magic, a big-endian 32-bit size for each dimension, the values.

    Raises UserError where the header and the number of bytes that are there disagree; the header allocates nothing.
    """
    if not is_idx(data):
        raise UserError(f"{quoted(name)} is no idx file: it does not start with its magic number.")
    start = 4 + 4 * data[3]
    shape = tuple(int.from_bytes(data[i : i + 4], "big") for i in range(4, start, 4))
    dtype = np.dtype(_DTYPES[data[2]])
    claimed = start + math.prod(shape) * dtype.itemsize
    if len(data) != claimed:
        raise UserError(
            f"{quoted(name)} is damaged: its header claims {'x'.join(map(str, shape))} values in {claimed:,} bytes, "
            f"but there are {len(data):,}."
        )
    array = np.frombuffer(data, dtype, offset=start).reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)


def pixel_names(height: int, width: int) -> tuple[str, ...]:
    """Feature names of an image's pixels, row by row: r1c1, r1c2, …."""
    return tuple(f"r{row}c{column}" for row in range(1, height + 1) for column in range(1, width + 1))


def read_idx_pair(images: Path, labels: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images of shape (rows, height, width) and their labels of shape (rows,). Raises UserError."""
    X, y = parse_idx(read_bytes(images), images.name), parse_idx(read_bytes(labels), labels.name)
    if X.dtype != np.uint8 or X.ndim != 3 or y.ndim != 1 or y.dtype.kind not in "ui":
        raise UserError(f"{quoted(images.name)} and {quoted(labels.name)} are not images of bytes and their labels.")
    if len(X) != len(y):
        sizes = f"has {counted(len(X), 'image')}, {quoted(labels.name)} has {counted(len(y), 'label')}"
        raise UserError(f"{quoted(images.name)} {sizes}.")
    return X, y.astype(np.int64)


def dataset_from_idx(
    parts: Sequence[tuple[Path, Path]],
    name: str,
    class_names: Sequence[str] = (),
    description: str = "",
    source: str = "",
) -> Dataset:
    """The data set of one pair of files, or of two: the training and the test part. Pixels stay uint8.

    Without ``class_names`` the classes are the labels that occur, as numbers.
    """
    pairs = [read_idx_pair(images, labels) for images, labels in parts]
    shapes = {X.shape[1:] for X, _ in pairs}
    if len(shapes) > 1 or not all(len(y) for _, y in pairs):
        raise UserError(f"{quoted(name)}: the parts have no rows, or images of different sizes.")
    height, width = shapes.pop()
    labels = np.concatenate([y for _, y in pairs])
    values = np.arange(len(class_names)) if class_names else np.unique(labels)
    if labels.min() < values[0] or labels.max() > values[-1]:
        raise UserError(f"{quoted(name)}: there are labels outside 0 to {len(values) - 1}, without a class name.")
    names = pixel_names(height, width)
    schema = Schema(
        fields=tuple(map(Field, names)),
        target="label",
        task="classification",
        classes=tuple(class_names or map(str, values.tolist())),
        columns=(*names, "label"),
    )
    return Dataset(
        name,
        np.concatenate([X.reshape(len(X), -1) for X, _ in pairs]),
        np.searchsorted(values, labels).astype(np.int64),
        schema,
        description,
        source,
        test_from=len(pairs[0][1]) if len(pairs) == 2 else None,
        bounds=(0.0, 255.0),
        image=(height, width),
    )


def idx_parts(path: Path) -> list[tuple[Path, Path]]:
    """The pairs (images, labels) that a path stands for: a folder with MNIST's four files, or one images file.

    The labels file has the same name with "labels-idx1" for "images-idx3". Raises UserError where a file is missing.
    """
    if path.is_dir():
        if not any(IMAGES in each.name for each in path.iterdir()):
            raise UserError(
                f"{quoted(path.name)} is a folder without images: a data set is a CSV, TSV, .npz or idx file, or a "
                f"folder with MNIST's four files, 'train-{IMAGES}' and the like."
            )
        return [(_existing(path, f"{part}-{IMAGES}"), _existing(path, f"{part}-{LABELS}")) for part in PARTS]
    if "images-idx3" not in path.name:
        raise UserError(f"{quoted(path.name)}: give the file of the images (its name holds 'images-idx3').")
    stem = path.name.removesuffix(".gz").replace("images-idx3", "labels-idx1")
    return [(path, _existing(path.parent, stem))]


def _existing(folder: Path, stem: str) -> Path:
    for name in (f"{stem}.gz", stem):
        if (folder / name).is_file():
            return folder / name
    raise UserError(f"There is no {quoted(stem)} (nor {quoted(stem + '.gz')}) in {quoted(str(folder))}.")
