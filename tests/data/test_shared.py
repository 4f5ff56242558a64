"""The fetched sets for real, where TUI_NN_DATA names a folder that has them."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tui_nn.data import CATALOGUE, Scaling, load, split
from tui_nn.data.fetch import find

FOLDER = os.environ.get("TUI_NN_DATA", "")  # read here: each test starts without it
pytestmark = pytest.mark.skipif(not FOLDER, reason="TUI_NN_DATA names no folder with the fetched data sets")


@pytest.fixture(autouse=True)
def folder(monkeypatch):
    monkeypatch.setenv("TUI_NN_DATA", FOLDER)


@pytest.fixture
def fetched(tmp_path):
    def load_or_skip(name, **options):
        if any(find(file, tmp_path) is None for file in CATALOGUE[name].files):
            pytest.skip(f"TUI_NN_DATA has no {name}")
        return load(name, **options)

    return load_or_skip


@pytest.mark.parametrize("name", [name for name, entry in CATALOGUE.items() if entry.kind == "fetched"])
def test_the_catalogue_tells_the_truth(fetched, name):
    entry, found = CATALOGUE[name], fetched(name)
    assert (found.rows, len(found.features)) == (entry.rows, entry.features)
    assert (found.task, len(found.classes)) == (entry.task, entry.classes)


def test_ionosphere(fetched):
    ionosphere = fetched("ionosphere")
    assert ionosphere.classes == ("b", "g")
    assert np.bincount(ionosphere.y).tolist() == [126, 225]
    assert ionosphere.X[0, :4].tolist() == [1, 0, 0.99539, -0.05889]
    parts = split(ionosphere, test=0.33)
    assert (len(parts.train), len(parts.test)) == (235, 116)
    assert (Scaling.fit("standard", ionosphere.X[parts.train]).apply(ionosphere.X)[:, 1] == 0).all(), (
        "a constant column"
    )


def test_abalone(fetched):
    abalone = fetched("abalone")
    assert abalone.features[:4] == ("sex=F", "sex=I", "sex=M", "length")
    assert abalone.X[0].tolist() == [0, 0, 1, 0.455, 0.365, 0.095, 0.514, 0.2245, 0.101, 0.15]
    assert (abalone.y[0], abalone.target) == (15, "rings")
    assert len(fetched("abalone", drop=["sex"]).features) == 7, "as the deck has it"


def test_california(fetched):
    california = fetched("california")
    assert california.rows == 20640 - 207
    assert california.features[-5:] == tuple(
        f"ocean_proximity={place}" for place in ("<1H OCEAN", "INLAND", "ISLAND", "NEAR BAY", "NEAR OCEAN")
    )
    assert california.y[0] == 452600
    assert fetched("california", drop=["total_bedrooms"]).rows == 20640


def test_mnist(fetched):
    mnist = fetched("mnist")
    assert (mnist.X.dtype, mnist.X.nbytes, mnist.test_from) == (np.uint8, 70_000 * 784, 60_000)
    assert mnist.y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(mnist.y[:60_000]).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert mnist.y[60_000:60_005].tolist() == [7, 2, 1, 0, 4]
    parts = split(mnist, validation=10_000)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (50_000, 10_000, 10_000)
    scaled = Scaling.fit("minmax", mnist.X[parts.train], mnist.bounds).apply(mnist.X[:1000], np.float32)
    np.testing.assert_array_equal(scaled, (mnist.X[:1000] / 255).astype(np.float32))
    small = fetched("mnist", n=700)
    assert (small.rows, small.test_from) == (700, pytest.approx(600, abs=10))
