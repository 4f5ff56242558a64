"""The new run's form, the layouts and looks of the training screen, and the keys of all screens about runs."""

from __future__ import annotations

import re

import pytest

from tests.tui.driving import opened
from tests.tui.training_driving import small, training
from tui_nn.session.run_folder import RunFolder
from tui_nn.session.settings import Settings, from_values, rows
from tui_nn.tui import keys
from tui_nn.tui.screens.question import DeleteQuestion, StopQuestion
from tui_nn.tui.screens.runs import RunsScreen
from tui_nn.tui.screens.train_form import TrainFormScreen, given, names_of, read
from tui_nn.tui.screens.training import TrainingScreen
from tui_nn.tui.screens.training_panes import VIEWS
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.tui.wording import known_rows, meaning
from tui_nn.view.look import Colours, Look
from tui_nn.view.plot import Series, ranges_far

SCREENS = {
    "train": TrainFormScreen,
    "training": TrainingScreen,
    "runs": RunsScreen,
    "stop": StopQuestion,
    "delete": DeleteQuestion,
}


# -- keys


@pytest.mark.parametrize("name", SCREENS)
def test_every_row_has_an_action_and_every_binding_a_row(name):
    screen = SCREENS[name]
    assert name == screen.TABLE
    bound = {b.key: b.action for b in screen.BINDINGS for b in b.make_bindings([b])}
    for row in keys.table(name):
        for key in row.keys.split(","):
            owner, _, action = bound.pop(key).rpartition(".")
            assert action == row.action
            assert owner == "app" or hasattr(screen, f"action_{action}"), row
    assert not bound


async def test_a_run_of_one_epoch_shows_what_it_has(tmp_path):
    async with training(small(tmp_path / "app", epochs=1), size=(100, 30)) as driver:
        await driver.press("e")
        await driver.when(lambda: driver.screen.has_ended)
        await driver.settle()
        curves = driver.screen.query_one("#run-loss")
        assert [s.name for s in curves.series()] == ["batches", "training", "validation"]
        assert [s.name for s in driver.screen.query_one("#run-metric").series()] == ["training", "validation"]
        assert "1 epoch is over" in driver.text()


async def test_every_key_of_the_training_screen_is_a_command_of_the_palette(tmp_path):
    async with training(small(tmp_path / "run")) as driver:
        found = {command.title: command.help for command in driver.app.get_system_commands(driver.screen)}
        for row in keys.table("training"):
            if row.action != "command_palette":
                assert found[f"{row.label} ({row.shown})"] == row.help
        await driver.press("question_mark")
        await driver.pause()
        assert "confusion" in driver.text()


async def test_the_lessons_lead_to_a_new_run_and_to_the_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with opened() as driver:
        await driver.to("TrainFormScreen", "t")
        await driver.press("escape")
        await driver.to("RunsScreen", "r")
        assert "n begins one" in driver.text()


# -- the form


def test_the_form_has_every_setting_of_a_run():
    form = TrainFormScreen()
    assert set(known_rows()) == {name for name, (_, row) in rows().items() if row.panel != "Output"}
    assert form.TABLE == "train"


def test_what_is_typed_is_read_as_a_command_line_is():
    texts = {"data": "iris", "layers": "8, 4", "batch_norm": "yes", "lr": "", "hyper": "beta1=0.8; beta2=0.9"}
    assert given(texts) == {
        **{k: texts[k] for k in ("data", "layers")},
        "batch_norm": True,
        "hyper": ["beta1=0.8", "beta2=0.9"],
    }
    expected = from_values({"data": "iris", "layers": "8,4", "batch_norm": True, "hyper": ["beta1=0.8", "beta2=0.9"]})
    assert read(texts) == expected


@pytest.mark.parametrize(
    ("settings"),
    [
        Settings(data="iris", hyper={"beta1": 0.8}, break_when=("norm(dW1) > 9",), drop_last=True),
        Settings(data="iris", dropout=(0.1, 0.2), layers=(8, "maxout(3)"), class_weights={"a": 2.0, "b": 1.0}),
        Settings(data="iris", batch_size=None, shuffle=False, early_stopping=3),
        Settings(data="iris", hyper={"beta1": 0.8, "beta2": 0.9}, break_when=("J < 1", "J > 9"), drop=("a", "b")),
        Settings(data="iris", lr_changes=((3, 0.1), (9, 0.2)), text=("a",)),
    ],
)
def test_the_settings_of_a_run_come_back_from_the_form(settings):
    form = TrainFormScreen(settings)
    assert read(form._values) == settings
    assert {name for name, text in form._values.items() if text} <= set(form._few())


async def test_a_mistake_is_said_as_it_is_typed_and_nothing_begins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with opened() as driver:
        await driver.to("TrainFormScreen", "t")
        await driver.press("tab")
        assert driver.screen.setting == "layers"
        await driver.type("7,-x")
        assert "layers takes sizes of hidden layers" in driver.text()
        await driver.press("f5")
        assert isinstance(driver.screen, TrainFormScreen)
        assert not (tmp_path / "runs").exists()


async def test_a_field_is_seen_with_all_that_is_said_of_it_however_much_that_is():
    async with opened(size=(60, 18)) as driver:
        await driver.to("TrainFormScreen", "t")
        await driver.press("f3")
        for name in [name for name, row in known_rows().items() if len(names_of(name, row)) > 8]:
            driver.screen.query_one(f"#set-{name}").focus()
            row = known_rows()[name]
            said = f"{meaning(row)} One of: {', '.join(names_of(name, row))}."
            for _ in range(500):  # the help grows, the fields give way, and the one in focus is scrolled back
                await driver.pause()
                drawn = driver.text().splitlines()[1:]
                field = any(line.startswith(f" {name.replace('_', ' ')} ") for line in drawn)
                if field and said in " ".join(" ".join(drawn).split()):
                    break
            else:
                pytest.fail(f"{name} is not seen, or not all that is said of it:\n" + "\n".join(drawn))


async def test_all_settings_and_back_keep_what_was_typed():
    async with opened(size=(100, 30)) as driver:
        await driver.to("TrainFormScreen", "t")
        driver.screen.query_one("#set-seed").value = "9"
        await driver.press("f3")
        await driver.pause()
        assert set(driver.screen.texts) == set(known_rows())
        names = list(driver.screen.texts)
        first = names.index(driver.screen.setting)
        for name in names[first + 1 : first + 40]:  # more than there is room for
            await driver.press("down")
            assert driver.screen.setting == name
        await driver.press("up")
        assert driver.screen.setting == names[first + 38]
        driver.screen.query_one("#set-data").value = ""
        await driver.press("f5")
        assert driver.screen.setting == "data", "where the mistake is"
        driver.screen.query_one("#set-data").value = "digits"
        driver.screen.query_one("#set-clip_norm").value = "1.5"
        await driver.press("f3")
        await driver.pause()
        assert driver.screen.texts["seed"] == "9"
        assert driver.screen.texts["clip_norm"] == "1.5"


async def test_a_run_begins_from_the_form_and_is_written_as_from_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with opened() as driver:
        await driver.to("TrainFormScreen", "t")
        for name, value in {"data": "moons", "layers": "4", "epochs": "2"}.items():
            driver.screen.query_one(f"#set-{name}").value = value
        await driver.to("TrainingScreen", "f5")
        assert driver.screen.has_ended
        await driver.to("LessonsScreen", "q")
    folder = RunFolder(tmp_path / "runs" / "moons-1")
    assert folder.settings() == from_values({"data": "moons", "layers": "4", "epochs": 2})
    assert len(folder.records()) == 2


async def test_data_that_is_not_there_leads_back_to_the_form(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with opened() as driver:
        await driver.to("TrainFormScreen", "t")
        driver.screen.query_one("#set-data").value = "nothing.csv"
        await driver.press("f5")
        await driver.when(lambda: "no data set" in driver.text())
        assert isinstance(driver.screen, TrainFormScreen)
        assert "'nothing.csv'" in driver.text()


async def test_what_is_wrong_with_a_run_stands_in_the_form_until_something_else_is_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with opened() as driver:
        await driver.to("TrainFormScreen", "t")
        form = driver.screen
        form.query_one("#set-activation").value = "rellu"
        await driver.press("f5")
        await driver.when(lambda: driver.screen is form and "rellu" in said(form))
        await driver.press("tab")
        assert "rellu" in said(form), "it is read on the way to the field that is to be mended"
        form.query_one("#set-epochs").value = "-1"
        await driver.pause()
        assert "rellu" not in said(form)
        assert "epochs takes a whole number" in said(form)
        form.query_one("#set-epochs").value = "1"
        form.query_one("#set-activation").value = "relu"
        await driver.pause()
        await driver.press("f5")
        await driver.until("TrainingScreen")
        assert "rellu" not in driver.text()
        assert not driver.app._notifications


def said(form):
    """What stands below the fields."""
    return str(form.query_one("#setting-help").render())


async def test_the_form_speaks_of_fields_and_not_of_flags(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with opened() as driver:
        await driver.to("TrainFormScreen", "t")
        form = driver.screen
        assert "stdin" not in said(form)
        form.query_one("#set-data").value = "moons"
        form.query_one("#set-batch_size").value = "x"
        await driver.pause()
        assert said(form).startswith("batch size takes a number of rows")
        form.query_one("#set-batch_size").value = "32"
        form.query_one("#set-batch_norm").value = "yes"
        await driver.press("f3")
        form.query_one("#set-batch_renorm").value = "yes"
        assert all("--" not in box.placeholder for box in form.query("Input"))
        await driver.pause()
        await driver.press("f5")
        await driver.when(lambda: driver.screen is form and "one of them is enough" in said(form))
        assert said(form).startswith("batch norm and batch renorm: ")


# -- layouts and looks


async def test_each_size_has_its_layout(tmp_path):
    async with training(small(tmp_path / "run")) as driver:
        await driver.press("2", "e")
        for width, height in ((60, 18), (80, 24), (100, 30), (160, 48), (200, 60)):
            await driver.resize(width, height)
            await driver.settle()
            assert len(driver.screen.seen()) == (5 if width >= 136 else 1)
            shown = set()
            for _ in VIEWS:
                text = driver.text()
                assert len(text.splitlines()) <= height
                assert max(map(len, text.splitlines())) <= width
                shown |= {view for view in VIEWS if MARKS[view] in text}
                await driver.press("v")
                await driver.pause()
            assert shown >= set(VIEWS) - ({"result"} if width >= 136 else set())
            if width >= 136:
                await driver.press("m")
                assert driver.screen.seen() == {driver.screen.view}
                await driver.press("m")


MARKS = {
    "curves": "loss by epoch",
    "layers": "‖grad‖",
    "weights": "W1  12×64",
    "confusion": "true╲pred",
    "rate": "learning rate by epoch",
    "result": "The run has not ended.",
}


async def test_a_size_in_between_shows_the_curves_above_the_view(tmp_path):
    async with training(small(tmp_path / "run"), size=(100, 30)) as driver:
        await driver.press("e", "v")
        assert "loss by epoch" in driver.text()
        assert "‖grad‖" in driver.text()


@pytest.mark.parametrize("look", [Look(Colours.NONE, ascii_only=True), Look(Colours.NONE), Look(Colours.ANSI)])
async def test_it_can_be_read_without_colours_and_in_ascii(tmp_path, look):
    async with training(small(tmp_path / "run"), size=(160, 48), look=look) as driver:
        await driver.press("e")
        text = driver.text()
        assert "accuracy" in text
        assert "paused" in text
        if look.ascii_only:
            assert text.isascii()


async def test_while_it_trains_only_new_numbers_are_drawn(tmp_path):
    async with training(small(tmp_path / "run"), size=(160, 48)) as driver:
        await driver.press("e")
        drawn = []
        for pane in driver.screen.query("#training-body Pane"):
            pane.refresh = lambda *regions, pane=pane, **_: drawn.append(pane.id)
        driver.screen.draw()
        assert drawn == []


@pytest.mark.parametrize("look", [Look(), Look(Colours.NONE, ascii_only=True)], ids=["colours", "ascii"])
async def test_training_and_validation_have_the_same_markers_in_both_panes(tmp_path, look):
    async with training(small(tmp_path / "run"), look=look, size=(160, 48)) as driver:
        await driver.press("2", "e", "3", "n", "4", "n")
        legends = {}
        for name in ("run-loss", "run-metric"):
            pane = driver.screen.query_one(f"#{name}")
            text = "\n".join(pane.render_line(y).text for y in range(pane.size.height))
            legends[name] = dict(re.findall(r"(\S) (batches|training|validation)", text))
        first, second, third = look.glyphs.markers[:3]
        assert legends["run-metric"] == {first: "training", second: "validation"}
        assert legends["run-loss"] == {**legends["run-metric"], third: "batches"}


async def test_the_curves_go_to_a_logarithmic_axis_and_back(tmp_path):
    async with training(small(tmp_path / "run")) as driver:
        await driver.press("2", "e")
        before = driver.text()
        assert "loss by epoch  " in before
        await driver.press("y")
        assert "loss by epoch, log axis" in driver.text()
        await driver.press("y")
        assert driver.text() == before


@pytest.mark.parametrize(
    ("heights", "far"),
    [
        ([8.0, 0.1], True),
        ([8.0, 0.1, 0.0], True),  # a 0 is left out: it has no logarithm
        ([8.0, 0.1, float("nan"), float("inf")], True),
        ([8.0, 0.1, -1.0], False),
        ([8.0, 1.0], False),
        ([0.0, 0.0], False),
        ([], False),
    ],
)
def test_a_loss_that_falls_far_has_a_logarithmic_axis_whatever_has_no_place_on_it(heights, far):
    assert ranges_far([Series("loss", heights), Series("empty", [])]) is far


async def test_the_other_axis_is_another_one_where_the_first_was_chosen_by_the_range(tmp_path):
    async with training(small(tmp_path / "run")) as driver:
        pane = driver.screen.query_one("#run-loss")
        pane.series = lambda: [Series("training", (80.0, 0.0, 0.1))]
        before = driver.text()
        await driver.press("y")
        assert pane.logarithmic is False
        await driver.press("y")
        assert pane.logarithmic is True
        assert driver.text() != before


async def test_a_count_that_is_refused_ends_no_training(tmp_path):
    async with training(small(tmp_path / "run", epochs=100_000), paused=False) as driver:
        await driver.tap(*"10000005")
        assert "The largest count is 1,000,000" in driver.text()
        assert driver.screen.training
        await driver.tap("backspace")
        assert "largest" not in driver.text()
        await driver.press("space")


@pytest.mark.parametrize("size", [(60, 18), (160, 48)], ids="{0[0]}x{0[1]}".format)
async def test_the_learning_rate_is_seen_from_the_first_moment_to_the_end(tmp_path, size):
    async with training(small(tmp_path / "run", lr=0.0375), size=size) as driver:
        for key in ("e", "v", "space"):
            assert "lr 0.0375 " in driver.text().splitlines()[0]
            await driver.tap(key)
        await driver.when(lambda: driver.snapshot.result is not None)
        await driver.settle()
        assert "lr 0.0375  ended" in driver.text().splitlines()[0]


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids="{0[0]}x{0[1]}".format)
async def test_the_weights_of_a_run_that_has_ended_are_those_of_its_last_iteration(tmp_path, size):
    async with training(small(tmp_path / "run"), size=size) as driver:
        await driver.press("n")
        await driver.press(*"vv")
        assert "after iteration 1" in driver.text()
        await driver.tap("space")
        await driver.when(lambda: driver.snapshot.result is not None)
        await driver.settle()
        last = driver.screen.bridge._desk.run.trainer.course
        assert f"after iteration {last.iteration:,}" in driver.text()
        assert last.iteration == 33
        values = last.machines.owner.read("W1")
        drawn = {h.name: h for h in driver.snapshot.histograms}["W1"]
        assert (drawn.edges[0], drawn.edges[-1]) == pytest.approx((values.min(), values.max()))


async def test_too_small_a_terminal_shows_nothing_of_the_run(tmp_path):
    async with training(small(tmp_path / "run")) as driver:
        await driver.resize(59, 17)
        await driver.settle()
        assert "curves" not in driver.text()
        assert "60 columns and 18 rows" in driver.text()
        await driver.resize(80, 24)
        await driver.settle()
        assert "[curves]" in driver.text()


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 60)], ids="{0[0]}x{0[1]}".format)
async def test_the_footer_has_the_keys_of_what_is_seen(tmp_path, size):
    async with training(small(tmp_path / "run"), size=size) as driver:
        bar = driver.screen.query_one(KeyBar)
        for _ in VIEWS:
            shown = {row.action for row in bar._keys}
            assert ("log" in shown) is driver.screen.query_one("#run-loss").is_on_screen
            assert ("next_parameter" in shown) is driver.screen.query_one("#run-weights").is_on_screen
            await driver.press("v")
            await driver.settle()
