"""The README documents every key of every screen, and nothing else: its tables are the key table's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tui_nn.tui import keys
from tui_nn.tui.key_documentation import BEGIN, END, markdown, within

README = Path(__file__).parents[2] / "README.md"
RUN = "run `python -m tui_nn.tui.key_documentation`"


@pytest.fixture(scope="module")
def tables():
    """What each title of the README's section folds away."""
    section = README.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    folded = re.findall(r"<details><summary>(.+?)</summary>\n\n(.+?)\n\n</details>", section, re.DOTALL)
    return [[line.split(" | ") for line in table.splitlines()[2:] if "**" not in line] for _, table in folded]


def test_the_readme_holds_what_is_generated():
    page = README.read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert within(page, markdown()) == page, RUN


def test_each_row_of_the_key_table_is_told_once_in_the_order_of_the_screens(tables):
    everywhere = [row for rows in keys.EVERYWHERE.values() for row in rows]
    screens = [[row for rows in groups.values() for row in rows] for groups in keys.SCREENS.values()]
    panes = [row for rows in keys.PANES.values() for row in rows]
    for told, rows in zip(tables, [*screens, panes, everywhere], strict=True):
        assert [len(cells) for cells in told] == [3] * len(rows)
        for (shown, label, what), row in zip(told, rows, strict=True):
            named = re.findall(r"`(.+?)`", shown)
            assert len(named) == len(row.keys.split(",")) + row.count
            assert named[0] == row.shown
            assert label.split(", ") == [row.label, *([row.busy] if row.busy else [])]
            assert what.removesuffix(" |") == row.help


def test_what_the_readme_says_of_keys_before_is_true():
    told = README.read_text(encoding="utf-8").partition("In the stepper, `n`")[2].partition("All keys")[0]
    actions = {row.keys: row.action for row in keys.table("stepper")}
    assert re.findall(r"`(\w+)`", f"`n`{told}") == ["n", "b", "p", "i", "Space", "e", "10n"]
    does = {"n": "next", "b": "back", "p": "next_phase", "i": "next_iteration", "space": "run", "e": "edit"}
    assert does.items() <= actions.items()
