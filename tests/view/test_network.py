"""The network drawing: the numbers are the neurons', the strokes the weights', and nothing leaves its place."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view.looks import FEW, LOOKS, ascii_only, cells, check_size, name
from tui_nn.view.look import Colours, Look
from tui_nn.view.network import network
from tui_nn.view.network_plan import Layer, plan, shorten
from tui_nn.view.palette import diverging


def net(*sizes: int, image: tuple[int, int] | None = None) -> tuple[list[Layer], list[np.ndarray]]:
    random = np.random.default_rng(sum(sizes))
    layers = [Layer(f"A{i}", n, random.normal(size=n), "tanh") for i, n in enumerate(sizes)]
    if image:
        layers[0] = Layer("X", sizes[0], np.abs(random.normal(size=sizes[0])), image=image)
    return layers, [random.normal(size=pair) for pair in pairwise(sizes)]


SIZES = st.lists(st.sampled_from([1, 2, 3, 4, 10, 64, 784]), min_size=1, max_size=5)


@settings(max_examples=80, deadline=None)
@given(SIZES, st.integers(0, 110), st.integers(0, 30), st.data(), st.sampled_from(FEW))
def test_any_network_in_any_size(sizes: list[int], width: int, height: int, data: st.DataObject, look: Look) -> None:
    layers, weights = net(*sizes, image=(28, 28) if sizes[0] == 784 else None)
    layer = data.draw(st.integers(0, len(sizes) - 1))
    focus = data.draw(st.one_of(st.none(), st.tuples(st.just(layer), st.integers(0, sizes[layer] - 1))))
    drawn = network(layers, weights, look, width, height, focus=focus)
    check_size(drawn, width, height)
    assert not look.ascii_only or ascii_only(drawn)


@given(st.integers(1, 900), st.integers(1, 25), st.data())
def test_shortening_hides_none_unsaid(size: int, room: int, data: st.DataObject) -> None:
    keep = data.draw(st.one_of(st.none(), st.integers(0, size - 1)))
    rows = shorten(size, room, keep)
    assert len(rows) <= room
    shown = [r for r in rows if isinstance(r, int)]
    hidden = sum(len(r) for r in rows if isinstance(r, range))
    assert keep is None or keep in shown
    if room > 1:
        assert len(shown) + hidden == size
    if room >= 3:
        assert [i for r in rows for i in ([r] if isinstance(r, int) else r)] == list(range(size))
        assert shown[-1] == size - 1 or keep is not None


def test_values_stand_beside_their_neurons_and_clicks_find_them() -> None:
    layers, weights = net(3, 4, 2)
    drawn = network(layers, weights, Look(), 80, 20).plain.split("\n")
    place = plan(layers, Look(), 80, 20)
    assert place is not None
    for i, (column, layer) in enumerate(zip(place.columns, layers, strict=True)):
        assert len(column.rows) == layer.size
        for neuron, y in column.rows:
            text = drawn[y][column.x : column.x + column.width]
            glyph, value = text.split()
            assert layer.values is not None
            assert float(value.replace("−", "-")) == pytest.approx(layer.values[neuron], abs=0.006)
            assert glyph == ("●" if layer.values[neuron] > 0 else "○")
            assert place.neuron_at(column.x + 1, y) == (i, neuron)
    assert place.neuron_at(0, 0) is None


@pytest.mark.parametrize("look", LOOKS, ids=name)
@pytest.mark.parametrize("weight", [1.0, -1.0])
def test_the_sign_of_a_stroke_shows_in_its_cells(look: Look, weight: float) -> None:
    layers = [Layer("x", 1, np.ones(1)), Layer("y", 1, np.ones(1))]
    place = plan(layers, look, 40, 5)
    assert place is not None
    row = cells(network(layers, [np.array([[weight]])], look, 40, 5))[place.columns[0].rows[0][1]]
    stroke = row[place.columns[0].x + place.columns[0].width + 1 : place.columns[1].x - 2]
    text = "".join(t for t, _ in stroke)
    solid = "-" if look.ascii_only else "⠤"
    assert (set(text) == {solid}) == (weight > 0)
    assert text.strip()
    if look.colours is not Colours.NONE:
        ends = diverging(look).inks
        assert {s.color for t, s in stroke if t.strip() and s} == {ends[-2 if weight > 0 else 0].color}


def test_a_focus_draws_its_own_strokes_with_their_numbers() -> None:
    layers, weights = net(3, 4, 2)
    text = network(layers, weights, Look(), 90, 20, focus=(1, 2)).plain
    assert "5 of 20 drawn" in text
    for weight in (*weights[0][:, 2], *weights[1][2, :]):
        assert f"{weight:.2f}".replace("-", "−")[:4] in text


def test_without_a_focus_the_strongest_are_drawn() -> None:
    layers, weights = net(10, 10)
    weights = [np.full((10, 10), 1e-3)]
    weights[0][3, 7] = -5.0
    text = network(layers, weights, Look(), 80, 14).plain
    assert "15 of 100 drawn" in text
    alone = network(layers, [np.where(np.abs(weights[0]) > 1, weights[0], 0.0)], Look(), 80, 14)
    assert any(
        s.style and s.style.bold and s.style.color == diverging(Look()).inks[0].color
        for line in alone.lines
        for s in line
    )


def test_a_weight_that_is_not_finite_is_drawn_above_all() -> None:
    layers, _ = net(10, 10)
    weights = np.ones((10, 10))
    weights[0, 9] = np.nan
    drawn = network(layers, [weights], Look(), 80, 14)
    broken = diverging(Look()).inks[-1].color
    assert sum(len(s.text) for line in drawn.lines for s in line if s.style and s.style.color == broken) > 10


@pytest.mark.parametrize("ascii_only", [False, True])
def test_how_many_strokes_are_drawn_is_said_whole_or_not_at_all(ascii_only: bool) -> None:
    layers, weights = net(64, 32, 10)
    said = set()
    for width in range(24, 70):
        last = network(layers, weights, Look(ascii_only=ascii_only), width, 12, what="weights, example 12").plain
        found = re.search(r"\d+ of .*", last.splitlines()[-1])
        said.add(found[0].rstrip() if found else "")
    assert len(said) == 3
    assert {text.removesuffix(" drawn").partition(" of ")[2] for text in said} == {"", str(64 * 32 + 32 * 10)}


def test_wide_layers_say_how_many_are_hidden() -> None:
    layers, weights = net(784, 3)
    text = network(layers, weights, Look(), 80, 24).plain
    assert "⋮ +769" in text


def test_an_image_is_drawn_as_one_with_a_strip_for_each_neuron() -> None:
    layers, weights = net(784, 5, image=(28, 28))
    look = Look(Colours.NONE)
    place = plan(layers, look, 80, 20)
    assert place is not None
    assert (place.columns[0].width, place.columns[0].image_height) == (28, 14)
    lines = network(layers, weights, look, 80, 20).plain.split("\n")
    for _, y in place.columns[1].rows:
        strip = lines[y][29 : place.columns[1].x - 1]
        assert set(strip) <= set(look.glyphs.positive + look.glyphs.negative + " ")
        assert {*strip} & {*look.glyphs.positive}
        assert {*strip} & {*look.glyphs.negative}
    assert "into 3" in network(layers, weights, look, 80, 20, focus=(1, 3)).plain


@pytest.mark.parametrize(("width", "height", "times"), [(160, 40, 3), (54, 20, 2), (40, 9, 1)])
def test_a_small_image_is_enlarged_by_whole_times_where_there_is_room(width: int, height: int, times: int) -> None:
    layers, weights = net(64, 64, 32, 10, image=(8, 8))
    place = plan(layers, Look(), width, height)
    assert place is not None
    column = place.columns[0]
    assert (column.width, column.image_height) == (8 * times, 4 * times)
    image = np.zeros((8, 8))
    image[2, 5] = 1.0
    layers[0] = Layer("X", 64, image.ravel(), image=(8, 8))
    grid = cells(network(layers, weights, Look(), width, height))
    lit = set()
    for y, row in enumerate(grid[column.image_top : column.image_top + 4 * times]):
        for x, (_, style) in enumerate(row[: column.width]):
            assert style is not None
            halves = enumerate((style.color, style.bgcolor))
            lit |= {(x, 2 * y + half) for half, c in halves if c and c.triplet and min(c.triplet) > 200}
    assert lit == {(5 * times + i, 2 * times + j) for i in range(times) for j in range(times)}


def test_nothing_computed_yet() -> None:
    layers = [Layer("X", 4, image=(2, 2)), Layer("A1", 3), Layer("A2", 1)]
    text = network(layers, [None, None], Look(), 80, 12).plain
    assert text.count("·") >= 8
    assert "●" not in text
    assert "0 of 0" not in text


def test_a_table_where_the_columns_do_not_fit() -> None:
    layers, weights = net(4, 10, 8, 8, 10, 3)
    text = network(layers, weights, Look(), 34, 10).plain
    assert text.split("\n")[0].split() == ["layer", "size", "min", "max"]
    assert [line.split()[0] for line in text.split("\n")[1:]] == [f"A{i}" for i in range(6)]


@pytest.mark.parametrize("fault", ["gap", "weights", "values", "labels"])
def test_what_does_not_fit_together_is_refused(fault: str) -> None:
    layers, weights = net(2, 3)
    if fault == "gap":
        weights = []
    elif fault == "weights":
        weights = [np.ones((3, 2))]
    elif fault == "values":
        layers[0] = Layer("X", 2, np.ones(3))
    else:
        layers[0] = Layer("X", 2, np.ones(2), labels=("a",))
    with pytest.raises(ValueError, match=r"not|labels"):
        network(layers, weights, Look(), 80, 20)
