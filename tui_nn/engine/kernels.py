"""The kernels: how each primitive is computed into a given buffer. The second column beside `lang.primitives`.

What is elementwise or a matter of shape stands here; activations, reductions and losses have modules of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_nn.engine import activation_kernels as activation
from tui_nn.engine import reduction_kernels as reduce
from tui_nn.engine import softmax_kernels as rows
from tui_nn.engine.backend import Array
from tui_nn.engine.operands import PREDICATES, Kernel, operands, predicate, truth
from tui_nn.lang.expression import Call, Name, Number

if TYPE_CHECKING:
    from tui_nn.engine.lower import Lowering


_UFUNCS = {
    "add": "add",
    "subtract": "subtract",
    "multiply": "multiply",
    "divide": "divide",
    "negative": "negative",
    "exp": "exp",
    "log": "log",
    "log1p": "log1p",
    "sqrt": "sqrt",
    "abs": "absolute",
    "sign": "sign",
    "square": "square",
    "tanh": "tanh",
}


def _ufunc(name: str) -> Kernel:
    def kernel(low: Lowering, e: Call, out: Array) -> None:
        low.call(getattr(low.backend.xp, name), *operands(low, e.args, out), out)

    return kernel


def _extreme(name: str) -> Kernel:
    def kernel(low: Lowering, e: Call, out: Array) -> None:
        a, b = operands(low, e.args, out)
        low.extreme(name, a, b, out)

    return kernel


def _predicate(low: Lowering, e: Call, out: Array) -> None:
    low.call(low.backend.xp.copyto, out, predicate(low, e))


def _power(low: Lowering, e: Call, out: Array) -> None:
    base, exponent = e.args
    if exponent == Number(2):
        (a,) = operands(low, (base,), out)
        low.call(low.backend.xp.square, a, out)
    else:
        low.call(low.backend.xp.power, *operands(low, e.args, out), out)


def _matmul(low: Lowering, e: Call, out: Array) -> None:
    a, b = e.args
    left, right, into = low.operand(a), low.operand(b), out
    block = low.blocks.get(id(out))
    weight = low.blocks.get(id(low.operand(a.args[0]))) if isinstance(a, Call) and a.op == "transpose" else None
    if weight is not None and weight.whole.shape[0] == weight.view.shape[0] and right.ndim == 2:
        # W.T @ dZ through the whole block: W itself is a view that the matrix product would copy first.
        rows = weight.whole.shape[1]
        target = block.whole if block is not None and block.whole.shape[0] == rows else None
        whole = target if target is not None else low.scratch((rows, right.shape[1]))
        low.product(weight.whole.T, right, whole)
        if target is None:
            low.call(low.backend.xp.copyto, out, whole[:-1])
        return
    if not out.flags.c_contiguous:
        into = low.scratch(tuple(out.shape))
    low.product(left, right, into)
    if into is not out:
        low.call(low.backend.xp.copyto, out, into)


def _add(low: Lowering, e: Call, out: Array) -> None:
    match e.args:
        case (Call(op="matmul", args=(Name(id=w), Name(id=a))), Name(id=b)):
            weight, below = low.blocks.get(id(low.arrays[w])), low.blocks.get(id(low.arrays[a]))
            bias = low.arrays[b]
            if weight is not None and below is not None and bias.base is not None and out.flags.c_contiguous:
                shared = low.backend.overlap(weight.whole, bias)
                if shared and weight.whole.shape[1] == below.whole.shape[0]:
                    low.product(weight.whole, below.whole, out)
                    return
    _ufunc("add")(low, e, out)


def _where(low: Lowering, e: Call, out: Array) -> None:
    condition, a, b = e.args
    mask = truth(low, condition)
    yes, no = low.operand(a), low.operand(b)
    into = low.scratch(tuple(out.shape)) if low.reads(a, out) else out
    low.call(low.backend.xp.copyto, into, no)
    low.call(low.backend.xp.copyto, into, yes, "same_kind", mask)
    if into is not out:
        low.call(low.backend.xp.copyto, out, into)


def _step(low: Lowering, e: Call, out: Array) -> None:
    _predicate(low, Call("greater_equal", (e.args[0], Number(0))), out)


def _clip(low: Lowering, e: Call, out: Array) -> None:
    a, least, most = (low.operand(x) for x in e.args)
    low.extreme("maximum", a, least, out)
    low.extreme("minimum", out, most, out)


def _outer(low: Lowering, e: Call, out: Array) -> None:
    a, b = (low.operand(x) for x in e.args)
    low.call(low.backend.xp.multiply, a[:, None], b[None, :], out)


def _copy(low: Lowering, e: Call, out: Array) -> None:
    low.call(low.backend.xp.copyto, out, low.operand(e.args[0]))


def _same(low: Lowering, e: Call, out: Array) -> None:
    (a,) = operands(low, e.args, out)
    if a is not out:
        low.call(low.backend.xp.copyto, out, a)


def _view(low: Lowering, e: Call, out: Array) -> None:
    low.call(low.backend.xp.copyto, out, low.operand(e))


def _dropout_mask(low: Lowering, e: Call, out: Array) -> None:
    keep, clock = low.operand(e.args[1]), low.clock
    kept = low.scratch(tuple(out.shape), low.backend.xp.dtype(bool))
    low.calls.extend(low.backend.keep(low.seed, low.purpose, lambda: clock.iteration, keep, kept))
    low.call(low.backend.xp.divide, kept, keep, out)


KERNELS: dict[str, Kernel] = {
    **{name: _ufunc(function) for name, function in _UFUNCS.items()},
    **dict.fromkeys(PREDICATES, _predicate),
    "add": _add,
    "power": _power,
    "matmul": _matmul,
    "transpose": _view,
    "expand": _view,
    "sigmoid": activation.sigmoid,
    "relu": activation.relu,
    "leaky_relu": activation.leaky_relu,
    "elu": activation.elu,
    "softplus": activation.softplus,
    "erf": activation.erf_,
    "gelu": activation.gelu,
    "swish": activation.swish,
    "step": _step,
    "maximum": _extreme("maximum"),
    "minimum": _extreme("minimum"),
    "where": _where,
    "clip": _clip,
    "sum": reduce.sum_,
    "mean": reduce.mean,
    "max": reduce.reduction("maximum"),
    "min": reduce.reduction("minimum"),
    "norm": reduce.norm,
    "any": reduce.reduction("logical_or", predicate_only=True),
    "all": reduce.reduction("logical_and", predicate_only=True),
    "softmax": rows.softmax,
    "log_softmax": rows.log_softmax,
    "softmax_cross_entropy": rows.softmax_cross_entropy,
    "sigmoid_cross_entropy": rows.sigmoid_cross_entropy,
    "outer": _outer,
    "like": _copy,
    "stop_gradient": _same,
    "dropout_mask": _dropout_mask,
}
"""The kernel of every primitive; a test holds this table against `lang.primitives`."""
