"""NumPy's .npz files: X and y, or a training and a test part. Pickled objects are never opened."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.dataset import Dataset
from tui_nn.data.infer import Reading, infer_task
from tui_nn.data.schema import Field, Schema
from tui_nn.data.table import Column, Table
from tui_nn.data.text import counted, listed, quoted, shown
from tui_nn.errors import UserError

_PAIRS = (("X", "y"), ("x", "y"), ("data", "target"), ("features", "labels"), ("images", "labels"))
_SPLIT = ("x_train", "y_train", "x_test", "y_test")
MAX_BYTES = 4 << 30


def is_zip(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04")


def dataset_from_npz(data: bytes, name: str, reading: Reading, source: str = "") -> Dataset:
    """The data set in an .npz file.

    Arrays: X and y (or x/y, data/target, features/labels, images/labels), or x_train, y_train, x_test and y_test, whose
    split is kept; and, if they are there, feature_names and class_names. X has rows first; further axes (images) are
    laid out row by row. X of uint8 stays so. Raises UserError.
    """
    arrays = _read_arrays(data, name)
    X, y, test_from = _pick(arrays, name)
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if not X.size:
        raise UserError(f"{quoted(name)}: X has shape {X.shape}; it needs at least one row and one column.")
    if y.ndim != 1 or len(X) != len(y):
        raise UserError(
            f"{quoted(name)}: X has shape {X.shape} and y {y.shape}; they need the same rows, y one column."
        )
    if X.dtype.kind not in "buif" or y.dtype.kind not in "buifU":
        raise UserError(f"{quoted(name)}: X is {X.dtype}, y is {y.dtype}; X must hold numbers, y numbers or texts.")
    image = (X.shape[1], X.shape[2]) if X.ndim == 3 else None
    X = X.reshape(len(X), -1)
    features = _names(arrays, "feature_names", X.shape[1], name) or [f"x{i + 1}" for i in range(X.shape[1])]
    X = X if X.dtype == np.uint8 else X.astype(np.float64)
    _check_finite(X, features, "X", name)
    _check_finite(y[:, None], ["y"], "y", name)
    labels = Table(name, (Column("y", _cells(y)),), range(1, len(y) + 1), header=True)
    class_names = tuple(_names(arrays, "class_names", None, name))
    task, classes, notes = infer_task(labels, labels.columns[0], "classification" if class_names else reading.task)
    if class_names and not set(classes) <= set(map(str, range(len(class_names)))):
        raise UserError(f"{quoted(name)}: y must hold codes 0 to {len(class_names) - 1}, one for each class name.")
    columns, named = (*features, "y"), "feature_names" in arrays
    schema = Schema(tuple(map(Field, features)), "y", task, class_names or classes, columns, named)
    coded = y.astype(np.int64) if class_names else schema.target_values(labels, labels.columns[0])
    bounds = (0.0, 255.0) if X.dtype == np.uint8 else None
    return Dataset(name, X, coded, schema, "", source, test_from, bounds, image, notes)


def _cells(y: NDArray[Any]) -> list[str]:
    """The targets as a table's cells, so that the same rules hold for them."""
    return [str(item) for item in (y.astype(np.int64) if y.dtype == np.bool_ else y).tolist()]


def _read_arrays(data: bytes, name: str) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
                raise UserError(f"{quoted(name)} unpacks to more than {MAX_BYTES:,} bytes; take a part of it.")
            members = [m for m in archive.infolist() if m.filename.endswith(".npy")]
            arrays = {}
            for member in members:
                with archive.open(member) as stream:
                    arrays[member.filename.removesuffix(".npy")] = _read_array(stream, member.file_size)
            return arrays
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        raise UserError(f"{quoted(name)} cannot be read as .npz: {shown(str(error), 160)}.") from None


def _read_array(stream: IO[bytes], size: int) -> NDArray[Any]:
    """One .npy member. The header is checked against the member's size before it may allocate anything."""
    head = io.BytesIO(stream.read(size))
    version = np.lib.format.read_magic(head)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(f"version {version} of the .npy format")
    shape, _, dtype = read_header(head)
    if dtype.hasobject:
        raise ValueError("it holds pickled Python objects, which are never opened; save plain arrays")
    if math.prod(shape) * dtype.itemsize != size - head.tell():
        raise ValueError(f"its header claims {dtype} of shape {shape}, but there are {size - head.tell():,} bytes")
    head.seek(0)
    array: NDArray[Any] = np.lib.format.read_array(head, allow_pickle=False)
    return array


def _pick(arrays: Mapping[str, NDArray[Any]], name: str) -> tuple[NDArray[Any], NDArray[Any], int | None]:
    if all(key in arrays for key in _SPLIT):
        x_train, y_train, x_test, y_test = (arrays[key] for key in _SPLIT)
        if x_train.ndim and x_train.shape[1:] == x_test.shape[1:] and y_train.shape[1:] == y_test.shape[1:]:
            return np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test]), len(x_train)
        raise UserError(f"{quoted(name)}: x_train has shape {x_train.shape}, x_test has {x_test.shape}.")
    for X, y in _PAIRS:
        if X in arrays and y in arrays and arrays[X].ndim and arrays[y].ndim:
            return arrays[X], arrays[y], None
    raise UserError(f"{quoted(name)} holds {listed(arrays) or 'no arrays'}; it needs X and y, or {listed(_SPLIT)}.")


def _names(arrays: Mapping[str, NDArray[Any]], key: str, count: int | None, name: str) -> list[str]:
    if key not in arrays:
        return []
    names = [str(item) for item in arrays[key].ravel().tolist()]
    if len(set(names)) != len(names) or (count is not None and len(names) != count):
        raise UserError(f"{quoted(name)}: {key} has {counted(len(names), 'name')}; {count or 'different ones'} needed.")
    return names


def _check_finite(X: NDArray[Any], features: list[str], what: str, name: str) -> None:
    if X.dtype.kind != "f" or np.isfinite(X.sum()):
        return
    bad = np.argwhere(~np.isfinite(X))
    if len(bad):
        row, column = (int(i) for i in bad[0])
        raise UserError(
            f"{quoted(name)}: {counted(len(bad), 'value')} of {what} not finite, the first in row {row + 1}, "
            f"column {quoted(features[column])}: {X[row, column]}."
        )
