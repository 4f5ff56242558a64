"""Rows written by hand: `5.1, 3.5, 1.4, 0.2`, or `petal_width=0.2, …`, with the target or without."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_nn.data.csv_file import parse_csv
from tui_nn.data.schema import Schema
from tui_nn.data.table import Table
from tui_nn.session.model import Rows


def read_rows(schema: Schema, texts: Sequence[str]) -> Rows:
    """The rows as the model's data has them; what each says is checked as in a file. Raises UserError."""
    tables = [_table(schema, text) for text in texts]
    X = np.vstack([schema.encode(table) for table in tables])
    targets = [schema.encode_target(table) for table in tables]
    known = [y for y in targets if y is not None]
    return Rows(X, np.concatenate(known) if len(known) == len(targets) else None, None)


def _table(schema: Schema, text: str) -> Table:
    cells = [cell.strip() for cell in text.split(",")]
    if schema.named and all("=" in cell for cell in cells):
        pairs = [cell.partition("=") for cell in cells]
        names, values = [name.strip() for name, _, _ in pairs], [value.strip() for _, _, value in pairs]
        data = f"{','.join(names)}\n{','.join(values)}\n"
        return parse_csv(data.encode(), "--row", header=True, delimiter=",")
    return parse_csv((",".join(cells) + "\n").encode(), "--row", header=False, delimiter=",")
