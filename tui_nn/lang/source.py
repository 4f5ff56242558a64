"""Source: the lines of a text, Python's syntax tree of them, and where in the lines a node of it stands.

Python's parser wants no indentation, and counts bytes; people want to see the place in the line that they wrote.
"""

from __future__ import annotations

import ast
import re
from typing import Literal

from tui_nn.lang.errors import EquationError
from tui_nn.lang.slips import TOO_DEEP, misread

MAX_LINE = 2_000  # characters

_SPACES = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200C), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF), " ")
"""To a space from what copied text has in its place."""


class Source:
    """One text, by lines."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = [line.translate(_SPACES) for line in lines]

    def tree(self, mode: Literal["eval", "exec"]) -> ast.AST:
        """Python's tree of it: an expression, or a module. Raises EquationError."""
        for number, line in enumerate(self.lines, 1):
            if len(line) > MAX_LINE:
                raise EquationError(f"the line has more than {MAX_LINE} characters; split it", line=number)
            if "\0" in line:
                raise EquationError("a NUL character does not belong in an equation", line=number)
        try:
            # Indentation has no meaning here, but Python's parser insists on none.
            return ast.parse("\n".join(line.lstrip() for line in self.lines), mode=mode)
        except SyntaxError as error:
            raise self._syntax(error, is_page=mode == "exec") from None
        except UnicodeError:
            raise EquationError("there is half a character here, which cannot be read") from None
        except (RecursionError, MemoryError, ValueError):
            raise EquationError(TOO_DEEP) from None

    def operator_place(self, left: ast.expr, right: ast.expr) -> tuple[int, int] | None:
        """Where the operator between two operands stands: there the caret points."""
        line, end = left.end_lineno, left.end_col_offset
        if line is None or end is None or line != right.lineno:
            return None
        raw = self.lines[line - 1].lstrip().encode()
        between = raw[end : right.col_offset].decode(errors="replace")
        found = re.search(r"[^\s()]", between)
        if found is None:
            return None
        return (line, self._indent(line) + len(raw[:end].decode(errors="replace")) + found.start())

    def column(self, node: ast.AST) -> int:
        """Where a node begins in its line, from 0."""
        line: int = node.lineno  # type: ignore[attr-defined]
        offset: int = node.col_offset  # type: ignore[attr-defined]
        raw = self.lines[line - 1].lstrip().encode()
        return self._indent(line) + len(raw[:offset].decode(errors="replace"))

    def error(self, node: ast.AST, reason: str, column: int | None = None) -> EquationError:
        """What is wrong, at a node, or at another column of its line."""
        line: int = getattr(node, "lineno", 1)
        at = self.column(node) if column is None else column
        return EquationError(reason, line=line, column=at, source=self.lines[line - 1])

    def _indent(self, line: int) -> int:
        text = self.lines[line - 1]
        return len(text) - len(text.lstrip())

    def _syntax(self, error: SyntaxError, *, is_page: bool) -> EquationError:
        line = min(max(error.lineno or 1, 1), max(len(self.lines), 1))
        text = self.lines[line - 1] if self.lines else ""
        column = self._indent(line) + max((error.offset or 1) - 1, 0) if self.lines else 0
        reason, place = misread(error, text, min(column, len(text)), is_page)
        return EquationError(reason, line=line, column=place, source=text)
