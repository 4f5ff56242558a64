"""Programs: what a page becomes, what is refused and where, and the names of the two scopes."""

from __future__ import annotations

import pytest

from tui_nn.engine.build import build
from tui_nn.engine.masks import lift_masks
from tui_nn.errors import UserError
from tui_nn.lang.errors import EquationError
from tui_nn.lang.parse import parse_page
from tui_nn.nn.optimizers import optimizer

PAGE = "z = w @ x + b\nL = (z - y)**2"
SHAPES = {"w": (3,), "x": (3,), "b": (), "y": ()}


def program_of(text=PAGE, shapes=SHAPES, parameters=("w", "b"), **options):
    return build(parse_page(text), shapes, parameters, source=text, **options)


def listing(program):
    return [f"{line.phase}: {line}" for line in program.lines]


def test_a_page_becomes_a_listing():
    program = program_of(update=optimizer("momentum", {"form": "classic"}))
    assert listing(program) == [
        "forward: z = w @ x + b", "loss: L = (z - y)**2", "backward: dz = 2 * (z - y)", "backward: dw = dz * x",
        "backward: db = dz", "update: v = gamma * v + lr * g", "update: theta = theta - v",
    ]  # fmt: skip
    assert [line.number for line in program.lines] == [1, 2, 3, 4, 5, 6, 7]
    assert [line.shape for line in program.lines] == [(), (), (), (3,), (), None, None]
    assert [program.phase_end(p) for p in ("forward", "loss", "backward", "update")] == [1, 2, 5, 7]
    assert dict(program.roles) == {
        "w": "parameter", "x": "input", "b": "parameter", "y": "input", "z": "value", "L": "value",
        "dz": "gradient", "dw": "gradient", "db": "gradient",
    }  # fmt: skip


def test_without_an_optimiser_a_loss_or_parameters():
    assert [line.phase for line in program_of().lines][-1] == "backward"
    assert listing(program_of(parameters=())) == ["forward: z = w @ x + b", "forward: L = (z - y)**2"]
    assert program_of(parameters=()).loss is None
    assert listing(program_of(parameters=(), loss="L"))[-1] == "loss: L = (z - y)**2"
    assert listing(program_of(learn=False, loss="L", update=optimizer("sgd"))) == [
        "forward: z = w @ x + b",
        "loss: L = (z - y)**2",
    ]


def test_a_loss_that_is_not_the_last_line():
    program = program_of(PAGE + "\nr = L * 2", loss="L")
    assert [line.phase for line in program.lines[:3]] == ["forward", "loss", "forward"]


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"text": ""}, EquationError, "there is no equation yet"),
    ({"parameters": ["ww"]}, UserError, "the parameter `ww` has no value; did you mean w"),
    ({"loss": "LL"}, UserError, "the loss `LL` is not defined by any line; did you mean L"),
    ({"loss": "w"}, UserError, "the loss `w` is not defined"),
    ({"text": "z = w * x\nL = z**2"}, EquationError, "`L` is a vector of 3; mean.L. or sum.L. makes it one"),
    ({"text": "z = w * q\nL = sum(z)"}, EquationError, "there is no value named `q`"),
    ({"text": "z = w * x\nz = 2 * b\nL = sum(z)"}, EquationError, "an earlier line defines it"),
    ({"text": "dw = w @ x\nL = dw**2"}, EquationError, "is taken"),
])  # fmt: skip
def test_what_cannot_be_built(options, error, message):
    with pytest.raises(error, match=message):
        program_of(**options)


def test_an_error_names_the_line_of_the_source():
    with pytest.raises(EquationError) as caught:
        program_of("a = w * x\n\nL = sum(a @ y)")
    assert "line 3" in str(caught.value)
    assert "L = sum(a @ y)" in str(caught.value)


def test_names_of_two_scopes():
    """A page may call a value of its own `lr`, `v` or `t`."""
    text = "v = w @ x * lr + t\nL = (v - y)**2"
    program = program_of(text, SHAPES | {"lr": (), "t": ()}, ["w"], update=optimizer("adam"))
    assert program.shape("v") == ()
    assert program.shape("v.w") == (3,)
    assert program.line_of("v").phase == "forward"
    assert program.line_of("v.w").phase == "update"
    assert program.line_of("lr") is program.line_of("update.lr") is program.line_of("update.t") is None
    assert [program.scalar(n) for n in ("lr", "update.lr", "beta1", "update.beta1", "v", "w")] == [
        None, "lr", "beta1", "beta1", None, None,
    ]  # fmt: skip
    assert [program.scoped(n, "w") for n in ("theta", "g", "v", "lr", "t", "eps")] == [
        "w", "dw", "v.w", "update.lr", "update.t", "eps",
    ]  # fmt: skip
    assert [program.own_name(n) for n in ("theta.w", "g.w", "v.w", "w", "g.x")] == ["w", "dw", "v.w", "w", "g.x"]


@pytest.mark.parametrize(("name", "message"), [
    ("v", "`v` exists once for each parameter; write v.w"),
    ("v.x", "`v.x`: `x` is no parameter; they are w"),
    ("dW", "no value named `dW`; did you mean dw"),
    ("nothing", "no value named `nothing`; there are w, x, b, y, z, L"),
])  # fmt: skip
def test_a_name_that_is_not_there(name, message):
    with pytest.raises(UserError, match=message):
        program_of(update=optimizer("momentum")).shape(name)


def test_masks_get_lines_of_their_own():
    page = parse_page("A = tanh(x)\nD = A * dropout_mask(tanh(dropout_mask(A, 0.5)), 0.8)\nM = dropout_mask(D, 0.9)")
    names = [f"{e.name} = {e.expression}" for e in lift_masks(page, ["mask1"])]
    assert [name.split(" = ")[0] for name in names] == ["A", "mask2", "mask3", "D", "M"]
    assert lift_masks(page[2:], []) == page[2:]
    program = program_of("D = w * dropout_mask(x, 0.5)\nL = sum(D)", SHAPES, ["w"])
    assert listing(program) == [
        "forward: mask1 = dropout_mask(x, 0.5)", "forward: D = w * mask1", "loss: L = sum(D)",
        "backward: dD = like(1, D)", "backward: dw = dD * mask1",
    ]  # fmt: skip
