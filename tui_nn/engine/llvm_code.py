"""Elementwise lines in LLVM's language: one loop over the entries, in which all lines are computed for each.

Only operations that IEEE 754 defines to the last bit are here, each one as it stands in the expression: LLVM joins or
reorders none unless it is told that it may. So the bits are those of NumPy's ufuncs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from llvmlite import ir

from tui_nn.lang.expression import Call, Expression, Name, Number, names

FUNCTION = "lines"
LANES = 64  # bytes that a turn of the loop computes; LLVM takes several registers where they are narrower

Lines = tuple[tuple[str, Expression], ...]
"""Names, each with the expression that is put into it. A line reads what the lines before it have put."""

_REAL = {"float32": (ir.FloatType(), 4, "f32"), "float64": (ir.DoubleType(), 8, "f64")}
_INDEX, _LANE = ir.IntType(64), ir.IntType(32)


def _intrinsic(name: str) -> Callable[[Any, Any], Any]:
    def emit(b: Any, x: Any) -> Any:
        lanes = f"v{x.type.count}" if isinstance(x.type, ir.VectorType) else ""
        kind = x.type.element if lanes else x.type
        suffix = next(suffix for real, _, suffix in _REAL.values() if real == kind)
        signature = ir.FunctionType(x.type, [x.type])
        return b.call(b.module.declare_intrinsic(f"llvm.{name}.{lanes}{suffix}", (), signature), [x])

    return emit


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": ir.IRBuilder.fadd,
    "subtract": ir.IRBuilder.fsub,
    "multiply": ir.IRBuilder.fmul,
    "divide": ir.IRBuilder.fdiv,
    "negative": ir.IRBuilder.fneg,
    "square": lambda b, x: b.fmul(x, x),
    "sqrt": _intrinsic("sqrt"),
    "abs": _intrinsic("fabs"),
}


def is_exact(e: Expression) -> bool:
    """Whether `e` consists of operations that have one right result."""
    match e:
        case Number() | Name():
            return True
        case Call(op="power", args=(base, Number(value=2))):
            return is_exact(base)
        case Call(op=op, args=args):
            return op in _OPERATIONS and all(map(is_exact, args))
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
    real, size, _ = _REAL[dtype]
    text = ir.Module()
    taken = arguments(lines)
    signature = ir.FunctionType(ir.VoidType(), [_INDEX] + [real.as_pointer()] * len(taken))
    function = ir.Function(text, signature, FUNCTION)
    addresses = dict(zip(taken, function.args[1:], strict=True))
    b = ir.IRBuilder(function.append_basic_block())
    numbers = {name: b.load(addresses[name]) for name in taken if name in single}
    entries, lanes = function.args[0], LANES // size
    whole = b.and_(entries, ir.Constant(_INDEX, -lanes))
    for first, last, width in ((ir.Constant(_INDEX, 0), whole, lanes), (whole, entries, 1)):
        with _Loop(b, first, last, width) as index:
            _Turn(b, real, size, width, index, addresses, numbers).compute(lines)
    b.ret_void()
    return str(text)


class _Loop:
    """`for index in range(first, last, step)` around what is emitted within it."""

    def __init__(self, b: Any, first: Any, last: Any, step: int) -> None:
        self._b, self._first, self._last, self._step = b, first, last, step

    def __enter__(self) -> Any:
        b, before = self._b, self._b.block
        self._head, inside, self._after = (b.append_basic_block() for _ in range(3))
        b.branch(self._head)
        b.position_at_end(self._head)
        self._index = b.phi(_INDEX)
        self._index.add_incoming(self._first, before)
        b.cbranch(b.icmp_signed("<", self._index, self._last), inside, self._after)
        b.position_at_end(inside)
        return self._index

    def __exit__(self, *_: object) -> None:
        b = self._b
        self._index.add_incoming(b.add(self._index, ir.Constant(_INDEX, self._step)), b.block)
        b.branch(self._head)
        b.position_at_end(self._after)


class _Turn:
    """The lines for `width` entries from `index` on."""

    def __init__(
        self, b: Any, real: Any, size: int, width: int, index: Any, addresses: dict[str, Any], numbers: dict[str, Any]
    ) -> None:
        self._b, self._real, self._size, self._width, self._index = b, real, size, width, index
        self._kind = ir.VectorType(real, width) if width > 1 else real
        self._addresses, self._numbers = addresses, numbers
        self._named: dict[str, Any] = {}

    def compute(self, lines: Sequence[tuple[str, Expression]]) -> None:
        for target, e in lines:
            self._named[target] = self._value(e)
            self._b.store(self._named[target], self._place(target), align=self._size)

    def _value(self, e: Expression) -> Any:
        match e:
            case Name(id=name):
                if name not in self._named:
                    self._named[name] = self._read(name)
                return self._named[name]
            case Number(value=value):
                return self._spread(ir.Constant(self._real, float(value)))
            case Call(op="power", args=(base, _)):
                return _OPERATIONS["square"](self._b, self._value(base))
            case Call(op=op, args=args):
                return _OPERATIONS[op](self._b, *map(self._value, args))
        raise ValueError(f"{e} is not exact")

    def _read(self, name: str) -> Any:
        if name in self._numbers:
            return self._spread(self._numbers[name])
        return self._b.load(self._place(name), align=self._size)

    def _place(self, name: str) -> Any:
        place = self._b.gep(self._addresses[name], [self._index])
        return self._b.bitcast(place, self._kind.as_pointer()) if self._width > 1 else place

    def _spread(self, x: Any) -> Any:
        """A single number in every lane."""
        if self._width == 1:
            return x
        nothing = ir.Constant(self._kind, ir.Undefined)
        first = self._b.insert_element(nothing, x, ir.Constant(_LANE, 0))
        return self._b.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(_LANE, self._width), None))
