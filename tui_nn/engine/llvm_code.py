"""Elementwise lines in LLVM's language: one loop over the entries, in which all lines are computed for each.

Only operations that IEEE 754 defines to the last bit are here, each one as it stands in the expression: LLVM joins or
reorders none unless it is told that it may. So the bits are those of NumPy's ufuncs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from tui_nn.lang.expression import Call, Expression, Name, Number, names

FUNCTION = "lines"
LANES = 64  # bytes that a turn of the loop computes; LLVM takes several registers where they are narrower

Lines = tuple[tuple[str, Expression], ...]
"""Names, each with the expression that is put into it. A line reads what the lines before it have put."""

_INSTRUCTIONS = {"add": "fadd", "subtract": "fsub", "multiply": "fmul", "divide": "fdiv", "negative": "fneg"}
_INTRINSICS = {"sqrt": "sqrt", "abs": "fabs"}
_EXACT = {*_INSTRUCTIONS, *_INTRINSICS, "square"}


def is_exact(e: Expression) -> bool:
    """Whether `e` consists of operations that have one right result."""
    match e:
        case Number() | Name():
            return True
        case Call(op="power", args=(base, Number(value=2))):
            return is_exact(base)
        case Call(op=op, args=args):
            return op in _EXACT and all(map(is_exact, args))
    return False


def arguments(lines: Lines) -> tuple[str, ...]:
    """The names whose addresses the function takes, after the number of entries."""
    return tuple(dict.fromkeys(name for target, e in lines for name in (*names(e), target)))


def module(lines: Lines, single: Collection[str], dtype: str) -> str:
    """The text of a module with `void lines(n, addresses...)`.

    Args:
        single: names of single numbers; behind all others stand n entries.
        dtype: float32 or float64, of all.
    """
    return str(_Function(lines, single, dtype).module)


class _Function:
    """The function, written by an instruction builder."""

    def __init__(self, lines: Lines, single: Collection[str], dtype: str) -> None:
        from llvmlite import ir

        self._ir = ir
        self._real, self._bytes, self._suffix = {
            "float32": (ir.FloatType(), 4, "f32"),
            "float64": (ir.DoubleType(), 8, "f64"),
        }[dtype]
        self._index = ir.IntType(64)
        self.module = ir.Module()
        taken = arguments(lines)
        kinds = [self._index] + [self._real.as_pointer()] * len(taken)
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), kinds), FUNCTION)
        entries, *addresses = function.args
        self._addresses = dict(zip(taken, addresses, strict=True))
        self._b = ir.IRBuilder(function.append_basic_block())
        self._numbers = {name: self._b.load(self._addresses[name]) for name in taken if name in single}
        width = LANES // self._bytes
        whole = self._b.and_(entries, self._index(-width))
        self._loop(lines, self._index(0), whole, width)
        self._loop(lines, whole, entries, 1)
        self._b.ret_void()

    def _loop(self, lines: Lines, first: Any, last: Any, width: int) -> None:
        """The lines for `width` entries at a time, from `first` up to `last`."""
        self._width = width
        self._kind = self._ir.VectorType(self._real, width) if width > 1 else self._real
        with self._range(first, last, width) as self._at:
            values: dict[str, Any] = {}
            for target, e in lines:
                values[target] = self._value(e, values)
                self._b.store(values[target], self._place(target), align=self._bytes)

    @contextmanager
    def _range(self, first: Any, last: Any, step: int) -> Iterator[Any]:
        b, before = self._b, self._b.block
        head, inside, after = (b.append_basic_block() for _ in range(3))
        b.branch(head)
        b.position_at_end(head)
        index = b.phi(self._index)
        index.add_incoming(first, before)
        b.cbranch(b.icmp_signed("<", index, last), inside, after)
        b.position_at_end(inside)
        yield index
        index.add_incoming(b.add(index, self._index(step)), b.block)
        b.branch(head)
        b.position_at_end(after)

    def _value(self, e: Expression, values: dict[str, Any]) -> Any:
        """`e`, where `values` are the names that were read or put already."""
        match e:
            case Name(id=name):
                if name not in values:
                    values[name] = self._read(name)
                return values[name]
            case Number(value=value):
                return self._spread(self._real(float(value)))
            case Call(op="square" | "power", args=(base, *_)):
                root = self._value(base, values)
                return self._b.fmul(root, root)
            case Call(op=op, args=args):
                operands = [self._value(a, values) for a in args]
                if op in _INSTRUCTIONS:
                    return getattr(self._b, _INSTRUCTIONS[op])(*operands)
                return self._b.call(self._intrinsic(_INTRINSICS[op]), operands)
        raise ValueError(f"{e} is not exact")

    def _intrinsic(self, name: str) -> Any:
        lanes = f"v{self._width}" if self._width > 1 else ""
        signature = self._ir.FunctionType(self._kind, [self._kind])
        return self.module.declare_intrinsic(f"llvm.{name}.{lanes}{self._suffix}", (), signature)

    def _read(self, name: str) -> Any:
        if name in self._numbers:
            return self._spread(self._numbers[name])
        return self._b.load(self._place(name), align=self._bytes)

    def _place(self, name: str) -> Any:
        place = self._b.gep(self._addresses[name], [self._at])
        return self._b.bitcast(place, self._kind.as_pointer()) if self._width > 1 else place

    def _spread(self, x: Any) -> Any:
        """A single number in every lane."""
        if self._width == 1:
            return x
        lane = self._ir.IntType(32)
        nothing = self._kind(self._ir.Undefined)
        first = self._b.insert_element(nothing, x, lane(0))
        return self._b.shuffle_vector(first, nothing, self._ir.VectorType(lane, self._width)(None))
