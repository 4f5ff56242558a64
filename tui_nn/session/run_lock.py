"""Who trains a run holds the lock of its folder: nobody else trains or removes it meanwhile.

The lock is the operating system's: it ends with the process that has it, however that ends.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO
from weakref import WeakValueDictionary

from tui_nn.errors import UserError
from tui_nn.session.files import quoted_path, reported

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

LOCK = "lock"
LOOKS, MOMENT = 3, 0.02  # who only asks whether there is a lock holds one himself for less than a moment, in seconds


class RunLock:
    """The lock of a run's folder, from when it is made until it is released, or no longer referred to.

    Raises UserError where another process has it. Where the system has no such locks, nothing is locked.
    """

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] | None = None
        if fcntl is None:
            return
        path = folder / LOCK
        with reported(path):
            file = path.open("ab")
        for looks_left in reversed(range(LOOKS)):
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if not looks_left:
                    file.close()
                    raise UserError(f"{quoted_path(folder)} is being trained by another process.") from None
                time.sleep(MOMENT)
        self._file = file
        _HELD[_key(path)] = self

    @property
    def is_held(self) -> bool:
        """Whether it is not released yet."""
        return self._file is not None and not self._file.closed

    def release(self) -> None:
        """Others may have it."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> RunLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


_HELD: WeakValueDictionary[str, RunLock] = WeakValueDictionary()
"""This process's own: to open and close such a file once more would release its lock."""


def is_locked(folder: Path) -> bool:
    """Whether somebody trains the run in that folder, this process or another one."""
    path = folder / LOCK
    own = _HELD.get(_key(path))
    if own is not None and own.is_held:
        return True
    try:
        file = path.open("rb")
    except OSError:
        return False
    with file:
        try:
            if fcntl is not None:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _key(path: Path) -> str:
    return str(path.resolve())
