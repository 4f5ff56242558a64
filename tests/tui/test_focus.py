"""Asking a number why: from ∂L/∂w₁ down to the inputs and back; the panes that go along."""

from __future__ import annotations

import threading

import pytest

from tests.tui.driving import opened
from tui_nn.lessons.problem import find
from tui_nn.session.explain import explain
from tui_nn.tui.drawing.card import Card, card
from tui_nn.tui.slices import in_one
from tui_nn.tui.snapshot import Focus
from tui_nn.tui.trail import Trail
from tui_nn.view.look import Look


async def test_a_newcomer_asks_why_the_gradient_is_minus_four():
    """The story of the issue, with the keys that the screen names."""
    async with opened("S5") as driver:
        await driver.press("1", "3", "n")
        assert "∂L/∂w₁ = −4" in driver.text()
        assert "∂L/∂w₁ = ∂L/∂f₂ · x₁" in driver.text()
        assert "= −4 · 1" in driver.text()
        await driver.press("enter", "enter")
        assert "∂L/∂f₂ = ∂L/∂f₄ · w₃" in driver.text()
        assert "= −2 · 2" in driver.text()
        assert "why › ∂L/∂w₁ › ∂L/∂f₂" in driver.text()
        await driver.press("down", "enter")
        assert driver.snapshot.card.name == "w3"
        assert "w₃ = 2" in driver.text()
        await driver.press("backspace", "up", "enter")
        assert driver.snapshot.card.name == "df4"
        await driver.press("backspace", "backspace")
        assert " why ━━" in driver.text(), "to the card of a line's own number there is no way"
        await driver.press("down", "enter")
        assert (driver.snapshot.card.name, driver.snapshot.card.value) == ("x1", 1)
        assert "given" in driver.text()

        await driver.press("i", "i", "i", "I", "I")
        assert driver.snapshot.position == (1, 17)
        await driver.press("e")
        await driver.type("w2 = 3")
        await driver.press("enter", "i")
        assert driver.snapshot.position == (2, 17)
        fresh = find("S5").session()
        fresh.goto(1, 17)
        fresh.set("w2", (), 3.0)
        fresh.next_iteration()
        row = next(line for line in driver.screen.program.lines if line.name == "L")
        assert driver.snapshot.heads[row.number].entries == (float(fresh.value("L")),)
        original = find("S5").session()
        original.goto(2, 17)
        assert driver.snapshot.heads[row.number].change.was == float(original.value("L"))
        assert driver.snapshot.heads[row.number].changed
        assert "original" in driver.text()
        await driver.press("z")
        assert driver.snapshot.edits == ()
        assert driver.snapshot.heads[row.number].entries == (float(original.value("L")),)
        assert driver.snapshot.position == (2, 17)


async def test_the_pointer_asks_about_any_line():
    async with opened("S5") as driver:
        await driver.press("i", "up", "up")
        assert driver.snapshot.focus.name == "dw0"
        await driver.press("home")
        assert driver.snapshot.focus.name == "x0"
        await driver.press("end")
        assert driver.snapshot.focus.name == "w0"
        await driver.press("home", "b")
        assert driver.snapshot.focus.name == "step.w0", "stepping takes the focus back to the current line"


async def test_enter_on_a_line_that_is_not_computed_runs_to_it():
    async with opened("S5") as driver:
        await driver.press("n", "down", "down")
        assert "not computed yet" in driver.text()
        assert "␊" not in driver.text()
        await driver.press("enter")
        assert driver.snapshot.position == (1, 3)
        assert driver.snapshot.card.name == "f3"
        assert driver.screen.focused.id == "card"


async def test_an_operand_of_the_iteration_before_is_explained_there():
    async with opened("S5") as driver:
        await driver.press("i", "i", "n", "enter")
        card = driver.snapshot.card
        assert card.name == "f1"
        at = next(o.at for o in card.operands if o.name == "w0")
        await driver.press("down", "enter")
        assert driver.snapshot.card.position == at == (2, 17)
        session = find("S5").session()
        session.goto(*at)
        assert driver.snapshot.card.numbers == explain(session, "w0", ()).numbers
        assert driver.snapshot.position == (3, 1), "looking back is not going back"


async def test_the_tensor_pane_and_the_card_are_about_the_same_entry():
    async with opened("B6", size=(160, 48)) as driver:
        await driver.press("1", "2", "n")
        driver.screen.query_one("#tensor").focus()
        await driver.press("down", "right", "right", "down")
        assert driver.snapshot.focus.index == (2, 2)
        assert str(driver.snapshot.card) == "dW1[2, 2]"
        await driver.press("home")
        assert driver.snapshot.focus.index == (0, 0)
        await driver.press("end")
        assert driver.snapshot.focus.index == (3, 2)
        await driver.press("up", "left", "enter")
        assert driver.snapshot.focus.index == (2, 1)
        assert driver.screen.focused.id == "card"
        await driver.click(3, 2, "#tensor")
        await driver.settle()
        assert driver.snapshot.focus.index == (0, 0)


async def test_the_pointer_moves_nothing_in_a_tensor_that_another_one_is_to_follow():
    async with opened("B6", size=(160, 48)) as driver:
        await driver.press("1", "2", "n")
        assert driver.snapshot.focus.name == "dW1"
        held = threading.Event()
        driver.screen.bridge.submit(in_one(lambda desk: held.wait(30)))
        driver.screen.trail = Trail((Focus("b2", (0, 0)),))
        driver.screen.look_again()  # it takes long to be had: the pane shows dW1 until then
        driver.screen.query_one("#tensor").focus()
        await driver._send("end")
        await driver.when(lambda: "working" in driver.text().splitlines()[0])
        held.set()
        await driver.settle()
        assert "working" not in driver.text()
        assert (driver.snapshot.focus.name, driver.snapshot.focus.index) == ("b2", (0, 0))
        await driver.press("down")
        assert driver.snapshot.focus.index == (min(1, driver.snapshot.tensor.shape[0] - 1), 0)


async def test_a_card_that_is_cut_says_how_much_is_left_and_scrolls_where_it_stands_out():
    async with opened("B6") as driver:
        await driver.press("1", "2", "n")
        lines = driver.text().splitlines()
        at = next(i for i, line in enumerate(lines) if "more lines" in line)
        drawn, _ = card(Card(driver.snapshot.card), driver.screen.subject.notation, Look(), 39)
        assert f"… {drawn.height - (at - 2)} more lines" in lines[at], "the headline and the pane's title are above"
        await driver.press("tab", "end")
        assert "more lines" not in driver.text()
        assert f"▸ {driver.screen.subject.notation.entry('X', (0, 4))}" in driver.text()


async def test_an_edit_that_changes_nothing_is_none_and_one_that_is_undone_gives_the_view_back():
    async with opened("S5") as driver:
        await driver.press("3", "i", "home", "down", "down", "down", "down", "v")  # w2, and the tensor
        name, view = driver.snapshot.focus.name, driver.screen.view
        assert driver.snapshot.card.role == "parameter"
        await driver.to("Prompt", "e")
        written = driver.screen.query_one("Input").value
        value = float(driver.app.screen_stack[-2].snapshot.card.value)
        given, _, number = written.partition(" = ")
        assert given == name
        assert len(number) <= 9 < len(repr(value))
        assert float(number) == pytest.approx(value, rel=5e-6)
        await driver.to("StepperScreen", "enter")
        assert driver.snapshot.edits == ()
        assert driver.screen.view == view
        await driver.to("Prompt", "e")
        await driver.press("ctrl+u")
        await driver.type(f"{driver.app.screen_stack[-2].subject.notation.name(name)}=3")  # as the screen writes it
        await driver.to("StepperScreen", "enter")
        assert [e.value for e in driver.snapshot.edits] == [3.0]
        assert driver.screen.view == "watch"
        await driver.press("z")
        assert driver.snapshot.edits == ()
        assert driver.screen.view == view
        assert f"{name} = 3 is taken back" in driver.text()
        await driver.press("z")
        assert "is taken back" not in driver.text()


async def test_all_that_a_branch_has_changed_can_be_read_in_the_smallest_usual_terminal():
    async with opened("S5") as driver:
        await driver.to("Prompt", "e")
        await driver.type("w1=2")
        await driver.to("StepperScreen", "enter")
        await driver.press("i")
        heads, notation = driver.snapshot.heads, driver.screen.subject.notation
        changed = [row for row in driver.screen.subject.rows if row.key in heads and heads[row.key].changed]
        assert len(changed) > 10
        assert "more lines" in driver.text()
        driver.screen.query_one("#watch").focus()
        seen = set()
        for key in ("home", *["down"] * len(changed), "end"):
            await driver.press(key)
            lines = [line[40:] for line in driver.text().splitlines()]
            words = {
                line.split()[0] for line in lines[lines.index(next(x for x in lines if "[what if]" in x)) :] if line
            }
            seen |= {row.key for row in changed if notation.entry(heads[row.key].change.name, ()) in words}
        assert seen == {row.key for row in changed}
        assert "more lines" not in driver.text()


async def test_a_focus_that_stays_stays():
    async with opened("S5") as driver:
        await driver.press("1", "3", "n", "f", "i", "i", "b")
        assert driver.snapshot.focus.name == "dw1"
        assert "stays at ∂L/∂w₁" in driver.text()
        await driver.press("f")
        assert driver.snapshot.focus.name == "step.w1", "the parameter that was looked at last"


async def test_the_parameter_of_the_update_can_be_chosen():
    async with opened("S6") as driver:
        await driver.press("i")
        assert driver.snapshot.focus.name == "w0"
        await driver.press("full_stop", "full_stop")
        assert driver.snapshot.focus.name == "w2"
        await driver.press("comma", "b")
        assert driver.snapshot.focus.name == "step.w1"
        await driver.press("home", "down", "down", "down", "down")
        assert driver.snapshot.focus.name == "w1"
        await driver.press("full_stop")
        assert driver.snapshot.focus.name == "w2"


async def test_graph_nodes_can_be_walked_and_clicked():
    async with opened("S5", size=(160, 48)) as driver:
        await driver.press("i")
        graph = driver.screen.query_one("#graph")
        graph.focus()
        await driver.press("right")
        assert driver.snapshot.focus.name in ("f1", "f2")
        await driver.press("right", "right", "right")
        assert driver.snapshot.focus.name == "L"
        await driver.press("left")
        assert driver.snapshot.focus.name in ("f", "y")
        await driver.press("enter")
        assert driver.screen.focused.id == "card"
        place, (left, top) = graph._place
        box = place.boxes["w₃"]
        await driver.click(box.x - left + 1, box.y - top + 1, "#graph")
        await driver.settle()
        assert driver.snapshot.focus.name == "w3"


async def test_the_graph_of_a_network_has_three_faces():
    async with opened("B6", size=(160, 48)) as driver:
        await driver.press("i")
        faces = []
        for _ in range(3):
            faces.append(driver.screen.query_one("#graph").title_text)
            await driver.press("G")
        assert faces == ["network, by weights", "network, by gradients", "graph"]
        assert driver.screen.query_one("#graph").kind == "weights"


@pytest.mark.parametrize("steps", range(1, 6))
async def test_tabs_show_one_pane_at_a_time(steps):
    async with opened("S5") as driver:
        await driver.press(*"v" * steps)
        names = ("graph", "tensor", "state", "loss", "watch")
        shown = [name for name in names if driver.screen.query_one(f"#{name}").display]
        assert shown == [names[steps % 5]]
        await driver.press("V")
        assert driver.screen.view == names[(steps - 1) % 5]


async def test_a_tab_can_be_clicked():
    async with opened("S5") as driver:
        await driver.click(10, 0, "#tabs")
        await driver.settle()
        assert driver.screen.view == "tensor"


async def test_zoom_gives_a_pane_the_whole_screen_and_takes_it_back():
    async with opened("S5") as driver:
        await driver.press("i")
        query = driver.screen.query_one
        for size in ((80, 24), (160, 48)):
            await driver.resize(*size)
            whole = (size[0], size[1] - 3)  # without the headline, the scrubber and the footer
            before = query("#graph").size
            query("#graph").focus()
            await driver.press("m")
            assert query("#graph").size == whole
            assert not query("#listing").display
            await driver.press("enter")
            assert driver.screen.focused is query("#card"), "the card that was asked for is the one that is seen"
            assert query("#card").size == whole
            await driver.press("backspace")
            assert driver.screen.focused is query("#graph")
            assert query("#graph").size == whole
            await driver.press("m")
            assert query("#graph").size == before
            query("#listing").focus()
            await driver.press("m", "enter")
            assert driver.screen.focused is query("#card")
            assert query("#card").size == whole
            await driver.press("m", "backspace")
            assert driver.screen.focused is query("#listing")
            assert query("#card").size.width < size[0]


async def test_watching_an_expression():
    async with opened("S5") as driver:
        await driver.press("i", "w")
        await driver.type("w1 * 2")
        await driver.press("enter")
        assert driver.screen.view == "watch"
        [(text, head)] = driver.snapshot.watches
        session = find("S5").session()
        session.next_iteration()
        assert (text, head.entries) == ("w1 * 2", (2 * float(session.value("w1")),))
        await driver.press("w")
        await driver.type("w9")
        await driver.press("enter")
        assert "no value named `w9`" in driver.text()
        await driver.press("escape", "w")
        await driver.type("w1 * 2")
        await driver.press("enter")
        assert driver.snapshot.watches == ()


async def test_the_way_to_a_number_says_of_which_iteration_it_is():
    async with opened("S5", size=(160, 48)) as driver:
        await driver.press("i", "i")
        card = driver.screen.query_one("#card")
        card.focus()
        await driver.press("enter")
        assert card.title_text == "why › w₀ › w₀ of iteration 1"
        await driver.press("down", "enter")
        assert card.title_text == "why › w₀ › w₀ of iteration 1 › step.w₀"
