"""Files: what the operating system refuses is said with what can be done about it there."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tui_nn.errors import UserError
from tui_nn.session.files import make_folder, reported


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (errno.EACCES, "Cannot remove 'runs/a': there is no permission to write there."),
        (errno.EROFS, "Cannot remove 'runs/a': that disk is read-only."),
        (errno.ENOSPC, "Cannot remove 'runs/a': the disk is full; free some space."),
        (errno.ENOTDIR, "Cannot remove 'runs/a': Not a directory."),
    ],
)
def test_what_is_refused_is_told_without_advice_that_does_not_fit(problem, told):
    with pytest.raises(UserError) as caught, reported(Path("runs/a"), "remove"):
        raise OSError(problem, "Not a directory")
    assert str(caught.value) == told


def test_a_new_folder_can_be_another_one(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="Not a directory; choose another folder with --out"):
        make_folder(tmp_path / "file" / "run")
