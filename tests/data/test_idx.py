"""idx files: the format by hand, pairs and folders, and headers that lie."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui_nn.data import load
from tui_nn.data.idx import dataset_from_idx, idx_parts, parse_idx
from tui_nn.errors import UserError

IMAGES = bytes.fromhex("00000803 00000002 00000002 00000003") + bytes([0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255])
LABELS = bytes.fromhex("00000801 00000002") + bytes([7, 3])
CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}


@pytest.fixture
def folder(tmp_path):
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(IMAGES))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(LABELS)
    return tmp_path


def test_a_golden_by_hand():
    assert parse_idx(IMAGES, "i").tolist() == [[[0, 1, 2], [3, 4, 5]], [[250, 251, 252], [253, 254, 255]]]
    assert parse_idx(bytes.fromhex("00000b01 00000002 ffff 0102"), "i").tolist() == [-1, 258]


arrays = st.sampled_from(sorted(CODES)).flatmap(
    lambda code: hnp.arrays(f">{code}", hnp.array_shapes(max_dims=4, max_side=4))
)


@given(arrays)
def test_every_type_and_shape(array):
    head = bytes([0, 0, CODES[array.dtype.str[1:]], array.ndim])
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    read = parse_idx(head + sizes + array.tobytes(), "i")
    assert read.dtype.isnative
    np.testing.assert_array_equal(read, array)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no idx file"),
        (b"\0\0\x07\x01\0\0\0\0", "no idx file"),
        (b"\0\0\x08\x00", "no idx file"),
        (
            bytes.fromhex("00000803 00000800 00000400 00000400") + b"abc",
            "claims 2048x1024x1024 values in 2,147,483,664",
        ),
        (bytes.fromhex("00000e04 ffffffff ffffffff ffffffff ffffffff"), "damaged"),
        (IMAGES[:-1], "there are 27"),
        (IMAGES + b"\0", "there are 29"),
        (IMAGES[:9], "damaged"),
    ],
)
def test_headers_that_lie_allocate_nothing_and_are_named(data, message):
    with pytest.raises(UserError, match=message):
        parse_idx(data, "i")


def test_a_pair_keeps_its_bytes(folder):
    pair = load(folder / "train-images-idx3-ubyte.gz")
    assert pair.X.dtype == np.uint8
    assert pair.X.tolist() == [[0, 1, 2, 3, 4, 5], [250, 251, 252, 253, 254, 255]]
    assert (pair.y.tolist(), pair.classes) == ([1, 0], ("3", "7"))
    assert pair.features == ("r1c1", "r1c2", "r1c3", "r2c1", "r2c2", "r2c3")
    assert (pair.image, pair.bounds, pair.test_from) == ((2, 3), (0.0, 255.0), None)


def test_a_folder_has_its_own_split(folder):
    both = load(folder)
    assert (both.rows, both.test_from) == (4, 2)


def test_class_names_cover_the_labels(folder):
    names = [f"n{i}" for i in range(8)]
    assert dataset_from_idx(idx_parts(folder), "d", names).y.tolist() == [7, 3, 7, 3]
    with pytest.raises(UserError, match="outside 0 to 6"):
        dataset_from_idx(idx_parts(folder), "d", names[:7])


def test_what_is_not_there_or_does_not_fit(folder):
    with pytest.raises(UserError, match="give the file of the images"):
        load(folder / "train-labels-idx1-ubyte")
    (folder / "train-labels-idx1-ubyte").write_bytes(bytes.fromhex("00000801 00000001 05"))
    with pytest.raises(UserError, match=r"has 2 images, 'train-labels-idx1-ubyte' has 1 label"):
        load(folder)
    (folder / "train-labels-idx1-ubyte").write_bytes(IMAGES)
    with pytest.raises(UserError, match="are not images of bytes and their labels"):
        load(folder)
    (folder / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(UserError, match="no 'train-labels-idx1-ubyte'"):
        load(folder)


def test_a_damaged_gzip_file(folder):
    file = folder / "train-images-idx3-ubyte.gz"
    file.write_bytes(file.read_bytes()[:-12])
    with pytest.raises(UserError, match="is damaged: it starts as a gzip file"):
        load(folder)
