"""Checkpoints on disk: what goes in comes out, bit for bit, or is said to be damaged; never something in between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.errors import UserError
from tui_nn.session.checkpoint_file import discard, iterations, newest, read_checkpoint, thinned, write_checkpoint

TENSORS = {
    "W1": np.array([[1.5, -0.0], [np.nan, np.inf]]),
    "m.W1": np.arange(4, dtype=np.float32).reshape(2, 2),
    "count": np.array(3.0),
    "none": np.zeros((0, 4), np.float32),
}
FACTS = {"epoch": 3, "batch": 0, "best": {"value": float("inf"), "name": "loss"}, "rates": [[1, 0.1]]}


def write(folder, *at):
    for iteration in at:
        write_checkpoint(folder, iteration, {"W": np.full(3, iteration, np.float32)}, {"epoch": iteration})


def test_tensors_and_facts_come_back_bit_for_bit(tmp_path):
    write_checkpoint(tmp_path, 7, TENSORS, FACTS)
    stored = read_checkpoint(tmp_path, 7)
    assert stored.iteration == 7
    assert stored.facts == FACTS
    assert stored.tensors.keys() == TENSORS.keys()
    for name, value in TENSORS.items():
        assert stored.tensors[name].tobytes() == value.tobytes()
        assert (stored.tensors[name].dtype, stored.tensors[name].shape) == (value.dtype, value.shape)


def test_a_transposed_view_is_stored_as_it_reads(tmp_path):
    write_checkpoint(tmp_path, 1, {"W": np.arange(6.0).reshape(2, 3).T}, {})
    assert read_checkpoint(tmp_path, 1).tensors["W"].tolist() == [[0, 3], [1, 4], [2, 5]]


@given(st.data())
def test_any_changed_byte_is_noticed(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("checkpoints")
    write(folder, 5)
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        read_checkpoint(folder, 5)


@given(st.data())
def test_any_cut_is_noticed(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("checkpoints")
    write(folder, 5)
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = path.read_bytes()
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(UserError, match="damaged"):
        read_checkpoint(folder, 5)


def test_a_damaged_checkpoint_is_passed_over_for_the_one_before_and_named(tmp_path):
    write(tmp_path, 1, 2, 3)
    (binary,) = tmp_path.glob("*3-*.safetensors")
    binary.write_bytes(b"")
    stored, complaints = newest(tmp_path)
    assert stored is not None
    assert stored.iteration == 2
    assert len(complaints) == 1
    assert binary.name in complaints[0]
    assert "it has 0 bytes" in complaints[0]


def test_the_newest_up_to_an_iteration(tmp_path):
    write(tmp_path, 1, 20, 300)
    stored, _ = newest(tmp_path, at_most=299)
    assert stored is not None
    assert stored.iteration == 20
    assert newest(tmp_path, at_most=0) == (None, [])


def test_tensors_without_their_facts_are_no_checkpoint(tmp_path):
    write(tmp_path, 1, 2)
    (tmp_path / "000000000002.toml").unlink()  # killed between the two files
    assert iterations(tmp_path) == [1]


def test_discarding_leaves_only_what_is_kept(tmp_path):
    write(tmp_path, 1, 2, 3)
    (tmp_path / "000000000009-0.safetensors.part").write_bytes(b"half")
    discard(tmp_path, {1, 3})
    assert iterations(tmp_path) == [1, 3]
    assert len(list(tmp_path.iterdir())) == 4
    assert read_checkpoint(tmp_path, 3).facts == {"epoch": 3}


@given(st.lists(st.integers(1, 50), min_size=1, max_size=200), st.integers(2, 12))
def test_thinning_keeps_the_newest_two_and_bounds_the_gaps(steps, limit):
    kept: list[int] = []
    total = 0
    for step in steps:
        total += step
        kept = sorted(thinned([*kept, total], limit))
    assert len(kept) <= limit
    assert kept[-1] == total
    if len(steps) > 1:
        assert kept[-2] == total - steps[-1]


def test_even_steps_leave_even_gaps():
    kept: list[int] = []
    for iteration in range(10, 10_000, 10):
        kept = sorted(thinned([*kept, iteration], 10))
    gaps = np.diff([0, *kept])
    assert gaps.max() <= 2 * 9990 / 8
