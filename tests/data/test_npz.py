""".npz files: names of arrays, given splits, and files that lie or hold pickles."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from tui_nn.data import load
from tui_nn.errors import UserError

X = np.arange(12.0).reshape(6, 2)


@pytest.fixture
def saved(tmp_path):
    def save(**arrays):
        np.savez_compressed(tmp_path / "d.npz", **arrays)
        return tmp_path / "d.npz"

    return save


def test_x_and_y(saved):
    found = load(saved(X=X, y=np.array([0, 1, 0, 1, 1, 0])))
    assert (found.X == X).all()
    assert (found.y.tolist(), found.task, found.classes) == ([0, 1, 0, 1, 1, 0], "classification", ("0", "1"))
    assert found.features == ("x1", "x2")
    assert (found.schema.columns, found.schema.named) == (("x1", "x2", "y"), False)


@pytest.mark.parametrize("names", [("x", "y"), ("data", "target"), ("features", "labels"), ("images", "labels")])
def test_other_names(saved, names):
    assert load(saved(**{names[0]: X, names[1]: np.arange(6) / 4})).y.tolist() == [0, 0.25, 0.5, 0.75, 1, 1.25]


def test_a_given_split_and_bytes_stay():
    data = {"x_train": np.zeros((4, 2, 3), np.uint8), "y_train": np.array([0, 1, 0, 1])}
    stream = io.BytesIO()
    np.savez(stream, **data, x_test=np.ones((2, 2, 3), np.uint8), y_test=np.array([1, 0]))
    from tui_nn.data.infer import INFER
    from tui_nn.data.npz import dataset_from_npz

    found = dataset_from_npz(stream.getvalue(), "d", INFER)
    assert (found.X.shape, found.X.dtype, found.test_from, found.image) == ((6, 6), np.uint8, 4, (2, 3))
    assert found.y.tolist() == [0, 1, 0, 1, 1, 0]


def test_names_of_features_and_classes(saved):
    found = load(saved(X=X, y=np.array([1, 0] * 3), feature_names=["a", "b"], class_names=["no", "yes"]))
    assert (found.features, found.classes, found.y.tolist()) == (("a", "b"), ("no", "yes"), [1, 0] * 3)
    assert found.schema.named


def test_classes_keep_their_codes_when_some_do_not_occur(saved):
    found = load(saved(X=X, y=np.array([2, 3] * 3), class_names=list("abcd")))
    assert found.y.tolist() == [2, 3] * 3


def test_texts_booleans_and_columns_as_targets(saved):
    assert load(saved(X=X, y=np.array(["b", "a"] * 3))).y.tolist() == [1, 0] * 3
    assert load(saved(X=X, y=np.array([True, False] * 3))).classes == ("0", "1")
    assert load(saved(X=X, y=np.arange(6.0)[:, None])).task == "regression"
    assert load(saved(X=X, y=np.arange(6)), task="classification").classes == tuple("012345")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": X, "b": X}, "holds a, b; it needs X and y"),
        ({"X": X, "y": np.arange(5)}, r"X has shape \(6, 2\) and y \(5,\)"),
        ({"X": X, "y": np.zeros((6, 2))}, "y one column"),
        ({"X": X.astype(complex), "y": np.arange(6)}, "X is complex128"),
        ({"X": np.array([[1, np.nan]] * 6), "y": np.arange(6)}, r"6 values of X not finite, the first in row 1, col"),
        (
            {"X": X, "y": np.array([1.5, np.nan, 1, 2, 3, 4])},
            "1 value of y not finite, the first in row 2, column 'y': nan",
        ),
        ({"X": X, "y": np.array([1.5, np.inf, 1, 2, 3, 4])}, "column 'y': inf"),
        ({"X": X, "y": np.array([0, 2] * 3), "class_names": ["a", "b"]}, "y must hold codes 0 to 1"),
        ({"X": X, "y": np.arange(6), "feature_names": ["a"]}, "feature_names has 1 name; 2 needed"),
        ({"X": X, "y": np.array([0, 1] * 3), "class_names": ["a", "a"]}, "class_names has 2 names; different ones"),
        ({"X": X[:0], "y": np.arange(0)}, r"X has shape \(0, 2\); it needs at least one row"),
        ({"X": X[:, :0], "y": np.arange(6)}, r"X has shape \(6, 0\); it needs at least one row and one column"),
        (
            {"X": np.array([[{}]] * 6, dtype=object), "y": np.arange(6)},
            "pickled Python objects, which are never opened",
        ),
    ],
)
def test_what_does_not_fit_is_named(saved, arrays, message):
    with pytest.raises(UserError, match=message):
        load(saved(**arrays))


def member(shape, data=b""):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return stream.getvalue() + data


@pytest.mark.parametrize("shape", [(1 << 40, 1 << 20), (268_435_456,), (-2, -2)])
def test_a_header_that_lies_allocates_nothing(tmp_path, shape):
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as archive:
        archive.writestr("X.npy", member(shape, bytes(32)))
    with pytest.raises(UserError, match=r"cannot be read as \.npz"):
        load(tmp_path / "d.npz")


@pytest.mark.parametrize("end", [10, 60, -30])
def test_a_cut_off_file(saved, end):
    path = saved(X=X, y=np.arange(6))
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(UserError, match=r"cannot be read as \.npz"):
        load(path)


def test_a_member_that_is_no_array(tmp_path):
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as archive:
        archive.writestr("X.npy", b"not an array")
    with pytest.raises(UserError, match=r"cannot be read as \.npz"):
        load(tmp_path / "d.npz")


def test_options_that_do_not_apply(saved):
    with pytest.raises(UserError, match="takes no target"):
        load(saved(X=X, y=np.arange(6)), target="y")
