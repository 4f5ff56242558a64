"""What `tui-nn lockstep` prints for people: a table for each optimiser, then their losses side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.cli.layout import number, prose, room
from tui_nn.cli.output import safe_cell, write_table
from tui_nn.session.explain import entry

ENTRIES = 12  # of the parameters; JSON and CSV have all
LOSSES = 12  # rows; of more iterations, some that are spread evenly
MARGIN = len("change")


def write_text(title: str, found: dict[str, Any], digits: int) -> None:
    """Write the document of `tui-nn lockstep`."""
    print("\n".join(prose(title, room())))
    print(f"\niteration {found['iteration']:,}")
    for each in found["optimizers"]:
        settings = dict(each["optimizer"])
        name = settings.pop("name")
        said = ", ".join(f"{k} = {v if isinstance(v, str) else number(v, digits)}" for k, v in settings.items())
        print()
        print("\n".join(prose(f"{name}: {said}", room())))
        _write_parameters(each["parameters"], digits)
    print(f"\n{safe_cell(found['optimizers'][0]['loss'])}")
    _write_losses(found["optimizers"], digits)


def _write_parameters(parameters: list[dict[str, Any]], digits: int) -> None:
    """A row for each of `before`, `g` and so on, a column for each entry; as many tables as the width asks for."""
    places = [(p, index) for p in parameters for index in np.ndindex(tuple(p["shape"]))]
    shown = places[:ENTRIES]
    columns = max((room() - MARGIN) // (digits + len("-.e-08") + 2), 1)
    for start in range(0, len(shown), columns):
        some = shown[start : start + columns]
        rows = [[what, *(float(p[what][index]) for p, index in some)] for what in list(parameters[0])[2:]]
        write_table(rows, ["", *(entry(p["name"], index) for p, index in some)], digits=digits)
    if len(shown) < len(places):
        print(f"… {len(places) - len(shown)} more entries: --format json has them")


def _write_losses(optimizers: list[dict[str, Any]], digits: int) -> None:
    last = len(optimizers[0]["losses"])
    iterations = sorted({round(float(i)) for i in np.linspace(1, last, min(last, LOSSES))})
    rows = [[i, *(each["losses"][i - 1] for each in optimizers)] for i in iterations]
    write_table(rows, ["iteration", *(each["optimizer"]["name"] for each in optimizers)], digits=digits)
    if len(iterations) < last:
        print(f"… of {last:,} iterations: --format json has all")
