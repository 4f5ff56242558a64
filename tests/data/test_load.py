"""The front door: the catalogue tells the truth, files are known by content, options that do not apply."""

from __future__ import annotations

import gzip
import importlib.util
import io
import sys
from pathlib import Path

import numpy as np
import pytest

from tui_nn.data import CATALOGUE, load, open_data, split
from tui_nn.data.load import sample
from tui_nn.data.source import read_bytes
from tui_nn.errors import UserError

AT_HAND = [name for name, entry in CATALOGUE.items() if entry.kind != "fetched"]


@pytest.mark.parametrize("name", AT_HAND)
def test_the_catalogue_tells_the_truth(name):
    entry, found = CATALOGUE[name], load(name)
    assert (found.name, found.rows, len(found.features)) == (name, entry.rows, entry.features)
    assert (found.task, len(found.classes)) == (entry.task, entry.classes)
    assert (found.description, found.source.startswith("generated") or found.source) == (
        entry.description,
        entry.kind == "toy" or entry.source,
    )


def test_the_catalogue_can_be_told_apart_and_checked():
    files = [file for entry in CATALOGUE.values() for file in entry.files]
    assert len({file.sha256 for file in files}) == len(files)
    for file in files:
        assert len(bytes.fromhex(file.sha256)) == 32
        assert all(url.endswith(file.name) for url in file.urls)


def test_iris():
    iris = load("iris")
    assert iris.classes == ("setosa", "versicolor", "virginica")
    assert np.bincount(iris.y).tolist() == [50, 50, 50]
    assert iris.X[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert iris.X[37].tolist() == [4.9, 3.6, 1.4, 0.1], "as in Fisher's paper"
    np.testing.assert_allclose(iris.X.mean(axis=0), [5.843333, 3.057333, 3.758, 1.199333], atol=1e-6)


def test_digits():
    digits = load("digits")
    assert (digits.image, digits.bounds) == ((8, 8), (0.0, 16.0))
    assert np.bincount(digits.y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert digits.X[0, :8].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert (digits.X.min(), digits.X.max()) == (0, 16)


@pytest.mark.parametrize(
    ("name", "X", "y"),
    [
        ("m3-line", [[1], [3], [6], [5]], [4, 8, 14, 13]),
        ("n3-xor", [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]),
        ("b3-xor", [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]),
        ("s1-points", [[0, 2], [-2, 0], [1, -1]], [1, 1, 0]),
        ("s4-table", [[0, 1], [2, 1], [1, 0], [1, 1]], [1, 4, 2, 1]),
        ("s7-table", [[0, 1], [2, 1], [1, 0]], [1, 1, 0]),
    ],
)
def test_the_decks_tables(name, X, y):
    found = load(name)
    assert (found.X.tolist(), found.y.tolist()) == (X, y)
    assert len(split(found).test) == 0
    if name == "s1-points":
        assert found.classes == ("-1", "1")


def test_toys_take_a_size_noise_and_a_seed():
    assert load("spiral", n=77, noise=0, seed=4).source == "generated: n = 77, noise = 0, seed = 4"


def test_rows_are_drawn_in_proportion():
    small = load("iris", n=30, seed=1)
    assert np.bincount(small.y).tolist() == [10, 10, 10]
    assert small.sha256 == load("iris", n=30, seed=1).sha256 != load("iris", n=30, seed=2).sha256
    with pytest.raises(UserError, match="has 150 rows; 151 cannot be drawn of them"):
        load("iris", n=151)


def test_a_given_test_part_is_drawn_from_in_proportion():
    from dataclasses import replace

    digits = replace(load("digits"), test_from=1500)
    small = sample(digits, 600, 0)
    assert (small.rows, small.test_from) == (600, pytest.approx(501, abs=10))
    assert {tuple(row) for row in small.X[small.test_from :].tolist()} <= {tuple(r) for r in digits.X[1500:].tolist()}


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("irsi", {}, "no file called 'irsi'. Did you mean 'iris'"),
        ("fashion_mnist", {}, "Did you mean 'fashion-mnist'"),
        ("absent/x.csv", {}, "no file called"),
        ("iris", {"noise": 0.1}, "takes no noise: only toy sets"),
        ("iris", {"header": True}, "takes no header"),
        ("circle", {"target": "x1"}, "takes no target"),
        ("circle", {"missing": "drop"}, "takes no missing"),
        ("iris", {"target": "specie"}, "Did you mean 'species'"),
        ("iris", {"drop": ["species"]}, "is the target"),
        ("circle", {"n": 1}, "circle is made with 2 to 10,000,000 rows, not 1"),
    ],
)
def test_names_and_options_that_do_not_fit(name, options, message):
    with pytest.raises(UserError, match=message):
        load(name, **options)


def test_named_sets_take_another_target_and_fewer_columns():
    assert load("iris", target="petal_width").task == "regression"
    fewer = load("iris", drop=["sepal_length", 2])
    assert (fewer.features, fewer.target) == (("petal_length", "petal_width"), "species")
    assert load("digits", drop=["r1c1"]).image is None


def test_content_decides_not_the_name(tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(gzip.compress(b"a\tb\n1\tx\n2\ty\n"))
    assert load(path).classes == ("x", "y")
    stream = io.BytesIO()
    np.savez(stream, X=np.zeros((2, 1)), y=np.array([0, 1]))
    path.write_bytes(stream.getvalue())
    assert load(path).rows == 2
    path.write_bytes(b"")
    with pytest.raises(UserError, match=r"'data\.bin' is empty"):
        load(path)


def test_standard_input(tmp_path, monkeypatch):
    for content in (b"a,b\n1,x\n2,y\n", gzip.compress(b"a,b\n1,x\n2,y\n")):
        (tmp_path / "in").write_bytes(content)
        with (tmp_path / "in").open() as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            found = load("-")
            assert (found.name, found.y.tolist()) == ("standard input", [0, 1])
            assert not stream.closed


def test_a_file_without_leave_to_read_it(tmp_path):
    with pytest.raises(UserError, match=r"folder without images: .*'train-images-idx3-ubyte'"):
        load(tmp_path)
    with pytest.raises(UserError, match="Cannot read"):
        read_bytes(tmp_path)


def test_a_file_that_unpacks_to_too_much(tmp_path):
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(10_000_000)))
    with pytest.raises(UserError, match="more than 1,000,000 bytes"):
        read_bytes(tmp_path / "bomb.gz", limit=1_000_000)


def test_open_data_gives_the_raw_table():
    table = open_data("iris")
    assert table.columns[4].cells[0] == "setosa"
    assert table.header


def test_the_embedded_tables_go_into_the_wheel():
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    assert 'datasets = "tui_nn/data/embedded"' in pyproject.read_text()


def test_training_code_needs_no_network_library(python):
    code = "import sys; from tui_nn.data import load; load('digits'); sys.exit('requests' in sys.modules)"
    assert python("-c", code).returncode == 0
    assert importlib.util.find_spec("requests") is not None


def test_a_toml_file_is_told_where_it_belongs(tmp_path):
    (tmp_path / "rain.toml").write_text('page = """\ny = w * x\n"""\n')
    with pytest.raises(UserError, match=r"'rain\.toml' is TOML.* --config, a page of equations by `tui-nn step`"):
        load(tmp_path / "rain.toml")
