"""Computation graphs: whoever follows the drawn lines arrives where the equations say, in any graph and any size."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view.gallery import GRAPH
from tests.view.looks import FEW, LOOKS, ascii_only, cells, check_size, name
from tui_nn.view.glyphs import DOWN, LEFT, RIGHT, UNICODE, UP
from tui_nn.view.graph import Arrangement, Node, arrange, draw, draw_window, graph
from tui_nn.view.graph_layout import layout
from tui_nn.view.look import Colours, Look

STEPS = {UP: (0, -1), DOWN: (0, 1), LEFT: (-1, 0), RIGHT: (1, 0)}
OPPOSITE = {UP: DOWN, DOWN: UP, LEFT: RIGHT, RIGHT: LEFT}


@st.composite
def graphs(draw_: st.DrawFn) -> list[Node]:
    """Random acyclic pages, in random order: up to twelve equations with up to four operands each."""
    count = draw_(st.integers(1, 12))
    nodes = []
    for i in range(count):
        inputs = draw_(st.lists(st.integers(0, i - 1), max_size=4)) if i else []
        nodes.append(Node(f"v{i}", "", str(i), None, tuple(f"v{j}" for j in inputs)))
    return draw_(st.permutations(nodes))


def follow(lines: list[str], place: Arrangement, source: str) -> set[str]:
    """The nodes that are reached from a node by following its line: straight over crossings, every way at forks."""
    box = place.boxes[source]
    start = (box.x + box.width, box.y + 1, RIGHT)
    todo, seen, reached = [start], set(), set()
    while todo:
        x, y, heading = todo.pop()
        glyph = lines[y][x] if 0 <= y < len(lines) and 0 <= x < len(lines[y]) else " "
        if (x, y, heading) in seen or glyph == " ":
            continue
        seen.add((x, y, heading))
        if glyph == UNICODE.arrow:
            node = place.node_at(x + 1, y)
            assert node is not None
            reached.add(node)
            continue
        arms = UP | DOWN | LEFT | RIGHT if glyph == UNICODE.junction else UNICODE.lines.index(glyph)
        ways = [heading] if glyph == UNICODE.lines[15] else [a for a in STEPS if arms & a and a != OPPOSITE[heading]]
        todo += [(x + STEPS[a][0], y + STEPS[a][1], a) for a in ways]
    return reached


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_lines_lead_to_the_users_of_a_number_and_nowhere_else(nodes: list[Node]) -> None:
    place = arrange(nodes, Look(), 100)
    lines = draw(place, nodes, Look()).plain.split("\n")
    for node in nodes:
        users = {user.name for user in nodes if node.name in user.inputs}
        box = place.boxes[node.name]
        at = lines[box.y + 1][box.x + box.width :][:1]
        assert (follow(lines, place, node.name) if users or at.strip() else set()) == users


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_boxes_do_not_meet_and_each_follows_its_inputs(nodes: list[Node]) -> None:
    place = arrange(nodes, Look(), 100)
    taken: set[tuple[int, int]] = set()
    for node in nodes:
        box = place.boxes[node.name]
        area = {(x, y) for x in range(box.x, box.x + box.width) for y in range(box.y, box.y + box.height)}
        assert not area & taken
        taken |= area
        assert all(place.boxes[i].x + place.boxes[i].width < box.x for i in node.inputs)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.integers(0, 70), st.integers(0, 20), st.sampled_from(FEW))
def test_any_size(nodes: list[Node], width: int, height: int, look: Look) -> None:
    current = nodes[0].name
    drawn = graph(nodes, look, width, height, current=current)
    check_size(drawn, width, height)
    assert not look.ascii_only or ascii_only(drawn)
    if width >= 12 and height >= 3:
        assert current in drawn.plain  # the window follows the node


def test_the_slides_graph_fits_eighty_columns() -> None:
    place = arrange(GRAPH, Look(), 80)
    assert (place.width <= 80, place.height <= 20) == (True, True)
    order = [next(x for x, _ in [(place.boxes[n].x, 0)]) for n in ("x0", "f1", "f3", "f", "L")]
    assert order == sorted(set(order))
    assert place.boxes["w2"].x == place.boxes["f1"].x  # an input stands beside its first use, not at the far left


def test_a_node_shows_name_value_and_gradient() -> None:
    place = arrange(GRAPH, Look(), 80)
    lines = draw(place, GRAPH, Look(), current="f4").plain.split("\n")
    for name_, *texts in (
        ("f2", "f2 = x1·w1", "−1•", "∂ −4"),
        ("y", "y", "1", ""),
        ("f4", "[f4 = f2·w3]", "−2", "∂ −2"),
    ):
        box = place.boxes[name_]
        assert [lines[box.y + i][box.x : box.x + box.width].strip() for i in range(3)] == texts


def test_an_operand_alone_is_a_straight_line() -> None:
    chain = [Node("a", "", "1"), Node("b", "", "2", "", ("a",)), Node("c", "", "3", "", ("b",))]
    assert graph(chain, Look(), 30, 3).plain.split("\n")[1] == " 1   ──────▸ 2   ──────▸ 3"


def test_formulas_give_way_to_names_where_there_is_no_room() -> None:
    narrow = graph(GRAPH, Look(), 60, 20).plain
    assert "f1 = " not in narrow
    assert "f1" in narrow
    assert "f1 = x0·w0" in graph(GRAPH, Look(), 80, 20).plain


def test_what_is_not_computed_says_so_and_what_has_no_gradient_shows_none() -> None:
    lines = graph([Node("a", "", "", ""), Node("b", "", "1", None, ("a",))], Look(), 40, 4).plain.split("\n")
    assert [line.split() for line in lines] == [["a", "b"], ["·", "────▸", "1"], ["∂", "·"], []] or "∂ ·" in lines[2]
    assert lines[2].count("∂") == 1


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_the_current_node_is_marked_by_text_too(look: Look) -> None:
    drawn = graph(GRAPH, look, 80, 20, current="f4")
    assert "[f4 =" in drawn.plain
    if look.colours is not Colours.NONE:
        assert any(style == look.style("accent") for line in cells(drawn) for _, style in line)


@pytest.mark.parametrize("look", LOOKS, ids=name)
@pytest.mark.parametrize("width", [1, 2, 7, 19])
def test_an_edge_never_leaves_a_part_of_a_number(look: Look, width: int) -> None:
    nodes = [
        Node("x0", "", "1.630", "−1.466e-16"),
        Node("f1", "f1 = x0·2", "0.36", "−0.5", ("x0",), marked=True),
        Node("L", "L = f1", "−1.5e-300", None, ("f1",)),
    ]
    place = arrange(nodes, look, 60)
    for left in range(place.width):
        lines = draw_window(place, nodes, look, (left, 0), width, place.height, current="f1").plain.split("\n")
        for node in nodes:
            box = place.boxes[node.name]
            first, last = max(box.x - left, 0), min(box.x + box.width - left, width)
            for row, text in enumerate(place.texts[node.name]):
                seen = lines[box.y + row].ljust(width)[first:last]
                start = box.x + 1 - left
                whole = start >= 0 and start + len(text) <= width
                if row and first < last and text:
                    assert (text in seen) == whole
                    assert whole or seen.strip() == look.glyphs.ellipsis
                elif start >= 0 and first < last and not whole:
                    assert seen.endswith(look.glyphs.ellipsis)


def test_a_click_finds_the_node() -> None:
    place = arrange(GRAPH, Look(), 80)
    for name_, box in place.boxes.items():
        assert place.node_at(box.x, box.y) == place.node_at(box.x + box.width - 1, box.y + box.height - 1) == name_
    assert place.node_at(place.boxes["x0"].width + 1, 0) is None


@pytest.mark.parametrize(
    ("inputs", "message"),
    [({"a": ("b",)}, "a needs b"), ({"a": ("b",), "b": ("a",)}, "cycle"), ({"a": ("a",)}, "cycle")],
)
def test_what_is_no_graph_is_refused(inputs: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layout(inputs)


def test_names_are_unique() -> None:
    with pytest.raises(ValueError, match="same name"):
        graph([Node("a"), Node("a")], Look(), 40, 5)


def test_no_nodes_no_drawing() -> None:
    check_size(graph([], Look(), 10, 2), 10, 2)
