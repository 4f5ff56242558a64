"""The key table as Markdown: `python -m tui_nn.tui.key_documentation` writes it into the README."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui_nn.tui.key import SHOWN, Groups, Key
from tui_nn.tui.key_table import EVERYWHERE, PANES, SCREENS

BEGIN = "<!-- keys: python -m tui_nn.tui.key_documentation writes what follows -->"
END = "<!-- end of keys -->"
TITLES = {
    "lockstep": "Lockstep",
    "equations": "Your equations",
    "autopsy": "An autopsy",
    "train": "A new run",
    "training": "Training",
    "stop": "The question before a run is ended",
    "delete": "The question before a run is deleted",
    "list": "Any list",
    "watch": "What is watched",
    "scrubber": "The way, in the line at the bottom",
}


def markdown() -> str:
    """All rows, a table a screen that opens at a click; then those of the panes, and those of the whole app."""
    found = [_folded(_title(name), groups) for name, groups in SCREENS.items()]
    found.append(_folded("In lists, and in the stepper's panes", {_title(n): rows for n, rows in PANES.items()}))
    found.append(_folded("Everywhere", EVERYWHERE))
    return "\n\n".join(found)


def within(page: str, text: str) -> str:
    """A page with `text` between its two marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}"


def _title(name: str) -> str:
    return TITLES.get(name, f"The {name}")


def _folded(title: str, groups: Groups) -> str:
    return "\n".join([f"<details><summary>{title}</summary>", "", *_table(groups), "", "</details>"])


def _table(groups: Groups) -> Iterator[str]:
    yield "| key | name | what it does |"
    yield "|---|---|---|"
    for heading, rows in groups.items():
        if len(groups) > 1:
            yield f"| | **{heading}** | |"
        yield from map(_row, rows)


def _row(row: Key) -> str:
    name = f"{row.label}, {row.busy}" if row.busy else row.label
    pressed = [_name(key) for key in row.keys.split(",")]
    repeated = [f"10{row.shown}"] if row.count else []
    return f"| {', '.join(f'`{key}`' for key in pressed + repeated)} | {name} | {row.help} |"


def _name(key: str) -> str:
    """The key as it stands on a keyboard; a capital letter is one with Shift."""
    if key in SHOWN or len(key) == 1:
        return SHOWN.get(key, key)
    return "-".join(part.capitalize() for part in key.split("+"))


if __name__ == "__main__":
    readme = Path(__file__).parents[2] / "README.md"
    readme.write_text(within(readme.read_text(encoding="utf-8"), markdown()), encoding="utf-8")
