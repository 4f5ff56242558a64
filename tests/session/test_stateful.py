"""A session under any commands in any order, against an oracle that computes everything again from the start."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.engine.pages import pages
from tests.session.naive import Naive
from tui_nn.engine.machine import Machine
from tui_nn.lang.arithmetic import evaluate
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer
from tui_nn.session.explain import EDITED, explain
from tui_nn.session.session import Session

FAR = 7  # iterations


class Fresh:
    """The bits of a run with edits, by a machine that has never gone back."""

    def __init__(self, program, values, feed, edits, position):
        machine = self.machine = Machine(program, values)
        for iteration in range(1, position[0] + 1):
            for name, value in (feed(iteration) if feed else {}).items():
                machine.write(name, value)
            self.apply(edits, (iteration, 0))
            machine.begin(iteration)
            last = position[1] if iteration == position[0] else len(program.lines)
            for number in range(1, last + 1):
                machine.step(number)
                self.apply(edits, (iteration, number))

    def apply(self, edits, place):
        for where, name, index, value in edits:
            if where != place:
                continue
            if self.machine.program.scalar(name):
                self.machine.write(name, value)
            else:
                self.machine.write_entry(name, index, value)


class Commands(RuleBasedStateMachine):
    @initialize(
        page=pages(bent=False, lines=4),
        name=st.sampled_from(list(OPTIMIZERS)),
        budget=st.sampled_from([1, 20_000]),
        fed=st.booleans(),
    )
    def begin(self, page, name, budget, fed):
        settings = {k: v for k, v in {"eps": 1e-3, "lr": 0.05}.items() if k in OPTIMIZERS[name].hyper}
        self.page, self.program = page, page.program(optimizer(name, settings))
        inputs = [n for n in page.values if n not in page.parameters]
        self.feed = (lambda t: {inputs[0]: page.values[inputs[0]] * np.cos(t)}) if fed and inputs else None
        self.session = Session(self.program, page.values, feed=self.feed, budget=budget)
        self.edits = []
        self.place = (1, 0)  # where the session should stand

    # -- moving

    @rule(lines=st.integers(1, 60))
    def step(self, lines):
        self._arrive(self._count() + lines)
        assert self.session.step(lines).position == self.place

    @rule(lines=st.integers(1, 60))
    def back(self, lines):
        self._arrive(self._count() - lines)
        assert self.session.back(lines).position == self.place

    @rule(iteration=st.integers(1, FAR), data=st.data())
    def goto(self, iteration, data):
        self.place = (iteration, data.draw(st.integers(0, self.session.length)))
        assert self.session.goto(*self.place).position == self.place

    @rule(move=st.sampled_from(["next_phase", "back_phase", "next_iteration", "back_iteration", "reset"]))
    def move(self, move):
        before = self.session.position
        after = getattr(self.session, move)().position
        assert after > before if move.startswith("next") else after < before or after == (1, 0)
        self.place = tuple(after)

    @rule(count=st.integers(1, 4))
    def run(self, count):
        last = self.place[0] + count - (self.place[1] < self.session.length)
        stop = self.session.run(count)
        self.place = tuple(self.session.position)
        assert stop.kind == "non-finite" or self.place == (last, self.session.length)

    @rule(share=st.floats(0.5, 2))
    def run_until(self, share):
        """The next moment after a loss line at which the loss is below a bound."""
        loss = next(line.number for line in self.program.lines if line.name == "J")
        bound = share * float(self._fresh((2, loss)).number("J"))
        assume(np.isfinite(bound))
        stop = self.session.run_until(f"J < {bound!r}", limit=4)
        last = self.place[0] + 4 - (self.place[1] < self.session.length)
        moments = [(i, loss) for i in range(self.place[0], last + 1) if (i, loss) > self.place]
        held = [place for place in moments if self._fresh(place).number("J") < bound]
        if stop.kind != "non-finite":
            assert (stop.kind, self.session.position) == (
                ("condition", held[0]) if held else ("limit", (last, self.session.length))
            )
        self.place = tuple(self.session.position)

    # -- what if

    @rule(data=st.data(), value=st.sampled_from([0.0, 1.0, -0.5, 1.75]))
    def set(self, data, value):
        name = data.draw(st.sampled_from(sorted(n for n in self._names() if self.session.is_computed(n))))
        shape = self.program.shape(name)
        index = tuple(data.draw(st.integers(0, n - 1)) for n in shape)
        self.session.set(name, index, value)
        edit = next(e for e in self.session.edits if not any(known[4] is e for known in self.edits))
        assert (edit.name, edit.index, edit.value) == (self.program.own_name(name), index, value)
        place = (edit.iteration, edit.line)
        assert place <= self.place
        line = self.session.program.writer(name)
        assert edit.line == (line.number if line and place != (1, 0) else 0)
        self.edits.append((place, edit.name, index, value, edit))

    @precondition(lambda self: self.edits)
    @rule()
    def undo(self):
        self.session.undo()
        self.edits.pop()

    @rule(data=st.data())
    def original(self, data):
        name = data.draw(st.sampled_from(sorted(n for n in self._names() if self.session.is_computed(n))))
        fresh = Fresh(self.program, self.page.values, self.feed, [], self.place).machine
        assert self.session.original([name])[name].tobytes() == fresh.read(name).tobytes()

    @rule(data=st.data())
    def explain(self, data):
        names = [n for n in self._names() if self.session.is_computed(n) and np.size(self.session.value(n))]
        name = data.draw(st.sampled_from(sorted(names)))
        index = tuple(data.draw(st.integers(0, n - 1)) for n in self.program.shape(name))
        card = explain(self.session, name, index)
        if card.projected is None:
            assert card.note == EDITED or card.line is None
            return
        before = self._fresh((card.position.iteration, card.position.line - 1))
        names = [*self._names(), "t"]
        again = evaluate(card.projected, {(n, i): v for n in names for i, v in np.ndenumerate(before.read(n))})
        np.testing.assert_allclose(again, card.value, 1e-10, 1e-12)

    # -- what always holds

    @invariant()
    def same_bits_as_a_fresh_run(self):
        if not hasattr(self, "session"):
            return
        assert self.session.position == self.place
        fresh = self._fresh(self.place)
        for name in self._names():
            if self.session.is_computed(name):
                assert self.session.value(name).tobytes() == fresh.read(name).tobytes(), name

    def teardown(self):
        """Once, the whole listing by Python itself."""
        if hasattr(self, "session") and self.feed is None:
            naive = Naive(self.program, self.page.values, [edit[:4] for edit in self._in_time()])
            for name, value in naive.at(*self.session.position).items():
                np.testing.assert_allclose(self.session.value(name), value, 1e-6, 1e-9, err_msg=name)

    def _in_time(self):
        return sorted(self.edits, key=lambda edit: edit[0])

    def _fresh(self, place):
        return Fresh(self.program, self.page.values, self.feed, [edit[:4] for edit in self._in_time()], place).machine

    def _names(self):
        program = self.program
        own = [f"{k}.{p}" for k in program.update_names for p in program.parameters]
        return [*program.shapes, *own, *(program.update.hyper if program.update else ())]

    def _count(self):
        return (self.place[0] - 1) * self.session.length + self.place[1]

    def _arrive(self, count):
        length = self.session.length
        self.place = ((count - 1) // length + 1, (count - 1) % length + 1) if count > 0 else (1, 0)


Commands.TestCase.settings = settings(max_examples=25, stateful_step_count=12)
TestCommands = Commands.TestCase
