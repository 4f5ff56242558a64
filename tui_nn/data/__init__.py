"""Data sets (toy, embedded, fetched, your own file), splits, scaling and batches."""

from __future__ import annotations

from tui_nn.data.batches import Batching
from tui_nn.data.catalogue import CATALOGUE, Entry
from tui_nn.data.dataset import Dataset
from tui_nn.data.infer import Reading
from tui_nn.data.load import load, open_data
from tui_nn.data.scaling import Scaling
from tui_nn.data.schema import Field, Schema, Task
from tui_nn.data.split import Split, split
from tui_nn.data.table import Column, Table

__all__ = [
    "CATALOGUE",
    "Batching",
    "Column",
    "Dataset",
    "Entry",
    "Field",
    "Reading",
    "Scaling",
    "Schema",
    "Split",
    "Table",
    "Task",
    "load",
    "open_data",
    "split",
]
