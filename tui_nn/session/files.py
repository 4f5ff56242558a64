"""Files that are either whole or not there: written under a temporary name in the same folder, then moved in place.

A process that is killed at any moment, a full disk or a folder that cannot be written to leaves what was there before.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from tui_nn.data.text import shown
from tui_nn.errors import UserError

TEMPORARY = ".part"
_REASONS = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EFBIG: "the file would be larger than this process may write (see ulimit -f)",
    errno.EACCES: "there is no permission to write there",
    errno.EPERM: "there is no permission to write there",
    errno.EROFS: "that disk is read-only",
}


def write_whole(path: Path, data: bytes) -> None:
    """Make `data` the content of the file, and have it on the disk when this returns. Raises UserError."""
    temporary = path.with_name(path.name + TEMPORARY)
    with reported(path):
        try:
            with temporary.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        _sync_folder(path.parent)


def append_line(path: Path, text: str) -> None:
    """Add lines to a file. One that a kill has cut short is for the reader to leave out. Raises UserError."""
    with reported(path), path.open("ab") as stream:
        stream.write(text.encode() + b"\n")


def make_folder(path: Path) -> None:
    """Make a folder and those above it, as far as they are not there. Raises UserError."""
    with reported(path, remedy="choose another folder with --out"):
        path.mkdir(parents=True, exist_ok=True)


def remove(path: Path) -> None:
    """Remove a file, if it is there. Raises UserError."""
    with reported(path, "remove"):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def reported(path: Path, verb: str = "write", remedy: str = "") -> Iterator[None]:
    """Turn what the operating system refuses into a UserError that says what to do about it."""
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
        raise UserError(f"Cannot {verb} {quoted_path(path)}: {'; '.join(filter(None, (reason, remedy)))}.") from None


def quoted_path(path: Path) -> str:
    """A path in quotes, whole, harmless to print."""
    return f"'{shown(str(path), 400)}'"


def _sync_folder(folder: Path) -> None:
    """Have the folder's list of names on the disk, where the system can do that."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
