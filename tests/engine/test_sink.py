"""Reading through an update's intermediates: the same update, the same bits, and what is shown holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.engine import oracle
from tui_nn.engine import strips, update_calls
from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.lang.expression import names
from tui_nn.lang.page import Equation, Update
from tui_nn.lang.parse import parse_page
from tui_nn.lang.write import write
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer
from tui_nn.nn.transforms import clip_by_norm, clip_by_value, weight_decay
from tui_nn.session.session import Session

RNG = np.random.default_rng(17)
CONVENTIONS = [
    (name, {choice: option})
    for name, row in OPTIMIZERS.items()
    for choice, options in row.choices.items()
    for option in options
]
UPDATES = {
    **{name: optimizer(name) for name in OPTIMIZERS},
    **{f"{name} {next(iter(chosen.values()))}": optimizer(name, chosen) for name, chosen in CONVENTIONS},
    "adam clipped by value": clip_by_value(optimizer("adam"), 0.5),
    "adam clipped by norm, decayed": clip_by_norm(weight_decay(optimizer("adam"), 0.01), 1.0),
    "momentum decayed": weight_decay(optimizer("momentum"), 0.1),
}


def program_of(update, length=8, dtype="float64"):
    """`length` parameters, whose gradients are different numbers of both signs."""
    return build(parse_page("J = sum(w**2 * c)"), {"w": (length,), "c": (length,)}, ["w"], update=update, dtype=dtype)


def values_of(length):
    return {"w": RNG.normal(size=length), "c": RNG.normal(size=length)}


def sunk_of(program):
    """What the update of a long vector would be: line number to expression, and the names that are read through."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(update_calls, "SINK", 0)
        machine = Machine(program, values_of(8))
    kept = {
        line.number: machine._update._expressions[line.number]
        for line in program.lines
        if line.phase == "update" and line.name not in machine.read_through
    }
    return kept, machine.read_through


def as_listed(update, values):
    return oracle.run("\n".join(f"{e.name} = {write(e.expression)}" for e in update.equations), values)


def as_sunk(program, kept, values):
    lines = [f"{line.name} = {write(kept[line.number])}" for line in program.lines if line.number in kept]
    return oracle.run("\n".join(lines), values)


# The same update.


@settings(max_examples=150)
@given(st.sampled_from(list(UPDATES)), st.integers(0, 2**32 - 1), st.integers(1, 10_000))
def test_every_optimizer_does_the_same(name, seed, t):
    update, rng = UPDATES[name], np.random.default_rng(seed)
    values = {"theta": rng.normal(size=8), "g": rng.normal(size=8), "t": t, **update.hyper}
    values |= {state: rng.uniform(0, 2, 8) for state in update.states}
    values |= {k: v * rng.uniform(0.5, 1) for k, v in update.hyper.items()}
    program = program_of(update)
    kept, passing = sunk_of(program)
    listed, sunk = as_listed(update, values), as_sunk(program, kept, values)
    for line in program.lines:
        if line.number in kept:
            np.testing.assert_allclose(sunk[line.name], listed[line.name], 1e-12, 1e-14, err_msg=line.name)
            assert not set(names(kept[line.number])) & set(passing)


def test_adam_in_two_single_numbers():
    """What the module's first lines promise."""
    program = program_of(optimizer("adam"))
    kept, passing = sunk_of(program)
    assert passing == {"m_hat", "v_hat", "step"}
    theta = next(line for line in program.lines if line.name == "theta")
    vectors = ("m", "v", "theta")
    assert [n for n in names(kept[theta.number]) if n in vectors] == ["theta", "m", "v"]
    machine = Machine(program_of(optimizer("adam"), update_calls.SINK), values_of(update_calls.SINK))
    assert machine.read_through == {"m_hat", "v_hat", "step"}
    assert len(machine._calls[theta.number - 1]) == 5  # root, sum, quotient, product, difference


NUMBER = st.sampled_from(["k", "h", "0.5", "(1 - k)", "(1 - h**t)", "k * h", "2", "lr", "1 / t"])
VECTOR = st.sampled_from(["m", "v", "g", "theta"])
FORMS = st.sampled_from([
    "({x} + {y})", "({x} - {y})", "({x} * {y})", "({x} / (1 + {y}**2))", "({n} * {x})", "({x} * {n})", "({x} / {n})",
    "({n} / (1 + {x}**2))", "({x} + {n})", "({n} - {x})", "sqrt(abs({x}))", "sqrt({n}**2 * {x}**2)", "tanh({x})",
    "where({x} > {y}, {x}, {n})", "maximum({x}, {n})", "-{x}", "{x}**2", "(sqrt({x}**2 / {n}**2) + {n})",
    "({n} * {x} + {n})", "({n} * ({x} / {n}) - {n})",
])  # fmt: skip


@st.composite
def formulas(draw, reads, depth=3):
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(reads)
    parts = {"x": draw(formulas(reads, depth - 1)), "y": draw(formulas(reads, depth - 1))}
    return draw(FORMS).format(**parts, n=draw(NUMBER))


@dataclass(frozen=True, repr=False)
class Page(Update):
    def __repr__(self):
        return "\n".join(f"{e.name} = {write(e.expression)}" for e in self.equations)


@st.composite
def updates(draw):
    """An update whose lines write states, theta and intermediates in any order."""
    lines, passing = [], []
    for i in range(draw(st.integers(1, 5))):
        reads = st.one_of(VECTOR, st.sampled_from(passing)) if passing else VECTOR
        name = draw(st.sampled_from(["m", "v", f"p{i}"]))
        lines.append(f"{name} = {draw(formulas(reads))} + 0 * g")
        if name.startswith("p"):
            passing.append(name)
    reads = st.one_of(VECTOR, st.sampled_from(passing)) if passing else VECTOR
    lines.append(f"theta = theta - {draw(formulas(reads))}")
    equations = tuple(Equation(e.name, e.expression, "update") for e in parse_page("\n".join(lines)))
    return Page("", equations, {"k": 0.3, "h": 0.9, "lr": 0.01}, {"m": 0.5, "v": 0.25})


@settings(max_examples=120)
@given(updates(), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.3, 1.0]), st.sampled_from([0.0, 0.01, 3.0]))
def test_any_update_does_the_same_or_is_left_alone(update, seed, k, lr):
    rng = np.random.default_rng(seed)
    values = {n: rng.uniform(0.1, 2, 8) for n in ("theta", "g", "m", "v")} | {"k": k, "h": 0.9, "lr": lr, "t": 3}
    listed = as_listed(update, values)
    assume(all(np.isfinite(v).all() for v in listed.values()))
    program = program_of(update)
    kept, passing = sunk_of(program)
    assert bool(passing) == (reads_passing(update) and not overwritten_between(update))
    sunk = as_sunk(program, kept, values)
    for name in ("m", "v", "theta"):
        np.testing.assert_allclose(sunk[name], listed[name], 1e-9, 1e-10, err_msg=name)


def reads_passing(update):
    return any(e.name.startswith("p") for e in update.equations)


def overwritten_between(update):
    """Whether an intermediate is read after something that it was made of was written again."""
    made_of, stale = {}, set()
    for e in update.equations:
        read = set(names(e.expression))
        if read & stale:
            return True
        if e.name.startswith("p"):
            made_of[e.name] = set().union(read, *(made_of.get(n, set()) for n in read))
            stale.discard(e.name)
        else:
            stale |= {name for name, origin in made_of.items() if e.name in origin}
    return False


def test_an_intermediate_that_outlives_its_origin_is_kept():
    text = "old = 2 * m\nm = 0.5 * m + g\ntheta = theta - old"
    equations = tuple(Equation(e.name, e.expression, "update") for e in parse_page(text))
    _, passing = sunk_of(program_of(Update("", equations, {}, {"m": 1.0})))
    assert not passing


# Stepped and fast, the same bits.


def stepped(program, values, iterations):
    machine = Machine(program, values)
    for iteration in range(1, iterations + 1):
        machine.begin(iteration)
        for line in program.lines:
            machine.step(line.number)
    return machine


def kept_bits(machine):
    return {name: vector.tobytes() for name, vector in machine.save().vectors.items()}


def fast(program, values, iterations):
    machine = Machine(program, values)
    machine.run(iterations)
    return machine


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("length", [update_calls.SINK, strips.LONG + 4711])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_stepped_and_fast_runs_of_long_vectors_give_the_same_bits(name, length, dtype):
    program, values = program_of(optimizer(name), length, dtype), values_of(length)
    assert kept_bits(stepped(program, values, 3)) == kept_bits(fast(program, values, 3))


@settings(max_examples=60)
@given(st.sampled_from(list(UPDATES)), st.integers(4, 60), st.sampled_from(["float64", "float32"]))
def test_stepped_and_fast_runs_of_any_update_give_the_same_bits(name, length, dtype):
    """With the limits brought down to where a page of any kind is quickly computed."""
    with pytest.MonkeyPatch.context() as patch:
        for module, limit, entries in ((update_calls, "SINK", 4), (update_calls, "LONG", 12), (strips, "BLOCK", 5)):
            patch.setattr(module, limit, entries)
        program, values = program_of(UPDATES[name], length, dtype), values_of(length)
        machine = fast(program, values, 4)
        assert kept_bits(stepped(program, values, 4)) == kept_bits(machine)
    short = fast(program_of(UPDATES[name], length), values, 4)
    close = {"rtol": 1e-10, "atol": 1e-12} if dtype == "float64" else {"rtol": 1e-3, "atol": 1e-5}
    np.testing.assert_allclose(machine.read("w"), short.read("w"), **close)


# What is shown.


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_stepping_shows_comes_of_its_own_formula(name):
    length = update_calls.SINK
    program = program_of(optimizer(name), length)
    machine = fast(program, values_of(length), 5)
    machine.begin(6)
    now = {"t": 6, **program.update.hyper}
    for line in program.lines:
        vectors = {n: machine.read(f"{n}.w") for n in program.update_names}
        machine.step(line.number)
        if line.phase == "update":
            want = oracle.evaluate(write(line.expression), {**now, **vectors})
            np.testing.assert_allclose(machine.read(f"{line.name}.w"), want, 1e-12, 1e-15, err_msg=str(line))


def test_an_entry_that_no_line_reads_cannot_be_set():
    program, values = program_of(optimizer("adam"), update_calls.SINK), values_of(update_calls.SINK)
    session = Session(program, values)
    session.next_iteration(2)
    for name in ("m_hat.w", "v_hat.w", "step.w"):
        with pytest.raises(UserError, match=rf"`{name}` is only shown: .* m\.w, v\.w"):
            session.set(name, (3,), 1.0)
    before = session.value("w")[3]
    session.set("m.w", (3,), 1.0)
    assert session.value("w")[3] != before
    session.undo()
    assert session.value("w")[3] == before
    short = Session(program_of(optimizer("adam"), 8), values_of(8))
    short.next_iteration(2)
    before = short.value("w")[3]
    short.set("step.w", (3,), 1.0)
    assert short.value("w")[3] != before
