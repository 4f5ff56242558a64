"""Computation graphs: whoever follows the drawn lines arrives where the equations say, in any graph and any size."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view.gallery import GRAPH
from tests.view.looks import FEW, LOOKS, ascii_only, cells, check_size, name
from tui_nn.view.glyphs import DOWN, LEFT, RIGHT, UNICODE, UP
from tui_nn.view.graph import draw, draw_window, graph
from tui_nn.view.graph_layout import layout
from tui_nn.view.graph_plan import Arrangement, Node, arrange
from tui_nn.view.graph_text import shorter
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
    assert graph(chain, Look(), 30, 3).plain.split("\n")[1] == " 1  ────────▸ 2  ────────▸ 3"


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


SMALL = {"1": "6.163e-33", "−2": "−1.466e-16", "4": "−12345.6"}
LATE = [
    Node(n.name, n.label, SMALL.get(n.value, n.value), n.gradient and SMALL.get(n.gradient, n.gradient), n.inputs)
    for n in GRAPH
]


def is_rounded(text: str, short: str) -> bool:
    """Whether a number is another one, rounded to the digits that it has."""
    known, less = (Decimal(t.replace("−", "-")) for t in (text, short))
    return abs(known - less) <= Decimal(1).scaleb(int(less.as_tuple().exponent)) / 2 and bool(less or not known)


@pytest.mark.parametrize("look", FEW, ids=name)
@pytest.mark.parametrize("width", [52, 60])
def test_digits_give_way_before_a_node_is_cut(look: Look, width: int) -> None:
    place = arrange(LATE, look, width)
    assert place.width <= width
    drawn = draw_window(place, LATE, look, (0, 0), width, place.height).plain
    assert not {look.glyphs.ellipsis, look.glyphs.after} & set(drawn.replace(look.glyphs.arrow, ""))
    for node in LATE:
        for text, shown in zip((node.value, node.gradient), place.texts[node.name][1:], strict=True):
            if text:
                assert is_rounded(text, shown.removeprefix(look.glyphs.gradient).strip())


def test_digits_stay_where_there_is_room() -> None:
    wide = arrange(LATE, Look(), 90)
    assert wide.texts["f3"][1:] == ("6.163e-33", "∂ −1.466e-16")


@given(st.floats(allow_nan=False), st.integers(1, 9), st.sampled_from(FEW))
def test_a_shorter_number_is_the_number_rounded(value: float, room: int, look: Look) -> None:
    text = look.number(value)
    short = shorter(text, room, look)
    assert short == text or is_rounded(text, short)


@pytest.mark.parametrize(("room", "text"), [(16, "[1.28 −0.485 …]"), (13, "[1.28 …]"), (7, "[1.28 …]")])
def test_of_several_numbers_fewer_are_shown_but_never_none(room: int, text: str) -> None:
    assert shorter("[1.28 −0.485 …]", room, Look()) == text


@pytest.mark.parametrize(
    ("whole", "room", "text"),
    [
        ("[0.5123 0.1321 …; …]", 12, "[0.512 …; …]"),
        ("[1.2345; 2.2345; 3]", 12, "[1.2345; …]"),
        ("[1.2345; 2.2345; 3]", 9, "[1.23; …]"),
        ("[1 2; 3 4]", 9, "[1 2; …]"),
        ("[0.0526 ⋱]", 9, "[0.053 ⋱]"),
    ],
)
def test_of_a_matrix_fewer_are_shown_and_it_stays_one(whole: str, room: int, text: str) -> None:
    assert shorter(whole, room, Look()) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 14), st.sampled_from(FEW))
def test_the_first_of_several_numbers_is_rounded_where_there_is_little_room(
    value: float, room: int, look: Look
) -> None:
    text, cut = look.number(value, digits=3), look.glyphs.ellipsis
    short = shorter(f"[{text} 2 {cut}]", room, look)
    first = short.strip("[]").split(" ")[0]
    assert first == text or is_rounded(text, first)


@settings(max_examples=40, deadline=None)
@given(graphs(), st.integers(4, 60), st.integers(4, 20), st.data())
def test_a_sign_stands_on_an_edge_beyond_which_nodes_lie(
    nodes: list[Node], width: int, height: int, data: st.DataObject
) -> None:
    look = Look()
    place = arrange(nodes, look, width)
    left = data.draw(st.integers(0, max(place.width - width, 0)))
    top = data.draw(st.integers(0, max(place.height - height, 0)))
    lines = draw_window(place, nodes, look, (left, top), width, height).plain.split("\n")
    rows = [line.ljust(width) for line in lines]
    boxes = place.boxes.values()
    for sign, edge, hidden in (
        ("‹", [(0, y) for y in range(height)], any(b.x + b.width <= left for b in boxes)),
        ("›", [(width - 1, y) for y in range(height)], any(b.x >= left + width for b in boxes)),
        ("⋮", [(x, 0) for x in range(width)], any(b.y + b.height <= top for b in boxes)),
        ("⋮", [(x, height - 1) for x in range(width)], any(b.y >= top + height for b in boxes)),
    ):
        free = [(x, y) for x, y in edge if place.node_at(x + left, y + top) is None]
        if len(free) > 2:  # in a corner one sign may stand in place of another
            assert any(rows[y][x] == sign for x, y in free) or not hidden
        if not hidden:
            assert sign == "⋮" or all(rows[y][x] != sign for x, y in edge)


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
