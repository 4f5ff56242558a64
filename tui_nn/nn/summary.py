"""What a network is made of, as numbers: layers, shapes, parameter counts."""

from __future__ import annotations

from dataclasses import dataclass

from tui_nn.lang.shape_rules import Shape, size


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One layer.

    Attributes:
        name: its label on the page, `dense1`.
        text: as it can be written, `dense(10, relu)`.
        units: numbers that come out for an example.
        parameters: the name and shape of each parameter.
    """

    name: str
    text: str
    units: int
    parameters: tuple[tuple[str, Shape], ...]

    @property
    def count(self) -> int:
        """Numbers that it learns."""
        return sum(size(shape) for _, shape in self.parameters)


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole network."""

    inputs: int
    layers: tuple[LayerSummary, ...]
    loss: str

    @property
    def count(self) -> int:
        """Numbers that the network learns."""
        return sum(layer.count for layer in self.layers)

    def __str__(self) -> str:
        rows = [("layer", "units", "parameters", ""), ("input", f"{self.inputs}", "", "")]
        for layer in self.layers:
            shapes = ", ".join(f"{name} {'x'.join(map(str, shape))}" for name, shape in layer.parameters)
            rows.append((layer.text, f"{layer.units}", f"{layer.count:,}" if layer.count else "", shapes))
        rows.append(("total", "", f"{self.count:,}", f"loss: {self.loss}"))
        left, middle, right = (max(len(row[i]) for row in rows) for i in range(3))
        return "\n".join(f"{a:<{left}}  {b:>{middle}}  {c:>{right}}  {d}".rstrip() for a, b, c, d in rows)
