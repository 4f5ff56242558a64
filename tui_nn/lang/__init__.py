"""The equation language: text to expressions, shapes, derivatives, and back to text, mathematics and NumPy.

    page = parse_page("Z = X @ W + b\\nJ = softmax_cross_entropy(Z, Y)")
    shapes = infer(page, {"X": (4, 3), "W": (3, 5), "b": (5,), "Y": (4, 5)})
    backward = differentiate(page, shapes, "J", ["W", "b"])  # dZ = (softmax(Z) - Y) / 4, dW = X.T @ dZ, …

It imports no NumPy and no screen. A name is imported from its module: `from tui_nn.lang.parse import parse_page`.
"""

from __future__ import annotations

__all__ = ["PUBLIC"]

PUBLIC: dict[str, tuple[str, ...]] = {
    "expression": (
        *("Expression", "Number", "Name", "Call", "Index", "Entries", "Place"),
        *("call", "children", "names", "node_count", "rebuild", "substitute", "walk"),
    ),
    "page": ("Equation", "Page", "Update", "Phase", "PHASES"),
    "errors": ("EquationError", "ShapeError", "hint", "suggestion"),
    "parse": ("parse_expression", "parse_page"),
    "page_names": ("check_page",),
    "write": ("write", "write_equation", "write_number", "plain_exponent"),
    "primitives": ("Primitive", "PRIMITIVES", "FUNCTIONS", "OPERATORS"),
    "shape_rules": ("Shape", "describe", "size", "elementwise"),
    "shapes": ("infer", "shape_of"),
    "differentiate": ("differentiate", "gradient_name"),
    "simplify": ("simplify",),
    "sharing": ("swapper",),
    "templates": ("definition",),
    "project": ("Entry", "project", "operands", "shown_operands"),
    "arithmetic": ("Values", "evaluate", "put_numbers"),
    "notation": ("symbol", "width"),
    "block": ("Block",),
    "language": ("FUNCTIONS", "OPERATORS"),
    "unicode": ("unicode", "unicode_block", "unicode_equation", "unicode_name"),
    "typed": ("typed",),
    "latex": ("latex", "latex_equation", "latex_name"),
    "numpy_code": ("numpy_expression",),
    "numpy_program": ("numpy_module",),
}
"""The names that the rest of the program may use, by module."""
