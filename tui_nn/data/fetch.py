"""Files from the network: looked for on this machine first, else downloaded once, checked by SHA-256, and kept.

Places, in this order: the folder that `TUI_NN_DATA` names, the user's cache folder, the file's addresses.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui_nn.data.text import quoted, shown
from tui_nn.errors import UserError

if TYPE_CHECKING:  # only a download needs it
    from requests.exceptions import RequestException

DATA_FOLDER = "TUI_NN_DATA"
Say = Callable[[str], None]


@dataclass(frozen=True)
class RemoteFile:
    """A file that never changes: its set's folder, its name, size in bytes, SHA-256, and addresses, tried in order."""

    folder: str
    name: str
    size: int
    sha256: str
    urls: tuple[str, ...]


def cache_folder() -> Path:
    """Where downloads are kept."""
    from platformdirs import user_cache_path

    return user_cache_path("tui-nn", appauthor=False) / "data"


def find(file: RemoteFile, cache: Path | None = None) -> Path | None:
    """The file on this machine, if it is there and is the right one by its SHA-256.

    In the folder of `TUI_NN_DATA` and in the cache it may lie in the set's folder (mnist/train-images-idx3-ubyte.gz)
    or directly. Raises UserError where `TUI_NN_DATA` names no folder.
    """
    for folder in _folders(cache):
        for path in (folder / file.folder / file.name, folder / file.name):
            if path.is_file() and _sha256(path) == file.sha256:
                return path
    return None


def fetch(file: RemoteFile, *, cache: Path | None = None, say: Say | None = None) -> Path:
    """The file on this machine, downloaded if need be; progress goes to stderr, where that is a terminal.

    A download is written beside its place and moved there when its SHA-256 is right, so a file in the cache is whole.
    ``say`` is told what happens, a line each (default: nobody). Raises UserError when no address gives the file.
    """
    found = find(file, cache)
    if found is not None:
        return found
    say = say or (lambda line: None)
    home = (cache or cache_folder()) / file.folder
    failures = []
    for url in file.urls:
        say(f"fetching {file.name} ({_megabytes(file.size)}) from {url}")
        try:
            return _download(file, url, home)
        except UserError as failure:
            failures.append(str(failure))
            say(f"  that failed: {failure}")
    raise UserError(_offline(file, home, failures))


def _folders(cache: Path | None) -> list[Path]:
    given = os.environ.get(DATA_FOLDER, "")
    if given and not Path(given).is_dir():
        raise UserError(f"{DATA_FOLDER} is {quoted(given)}, which is no folder.")
    return [Path(given)] * bool(given) + [cache or cache_folder()]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"Cannot read {quoted(str(path))}: {error.strerror or error}.") from None


def _download(file: RemoteFile, url: str, home: Path) -> Path:
    import pooch  # type: ignore[import-untyped]
    from requests.exceptions import RequestException

    pooch.get_logger().setLevel(logging.ERROR)
    bar = _Progress(file) if sys.stderr.isatty() else False
    downloader = pooch.HTTPDownloader(progressbar=bar, chunk_size=1 << 16, timeout=30)
    try:
        return Path(pooch.retrieve(url, f"sha256:{file.sha256}", file.name, home, downloader=downloader))
    except RequestException as error:
        raise UserError(shown(_cause(error), 160)) from None
    except ValueError:  # pooch's word for a wrong hash; its temporary file is gone by now
        raise UserError("what came is not the expected file: its SHA-256 is another one") from None
    except OSError as error:
        raise UserError(f"cannot write to {quoted(str(home))}: {error.strerror or error}") from None


def _cause(error: RequestException) -> str:
    """The innermost reason of a failed request: its outer layers repeat the address."""
    if error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    inner = reason if isinstance(reason, BaseException) else error
    return str(inner).rpartition(": ")[2] or type(error).__name__


def _offline(file: RemoteFile, home: Path, failures: list[str]) -> str:
    return (
        f"{file.name} ({_megabytes(file.size)}, of {file.folder}) is not on this machine and could not be fetched "
        f"({'; '.join(dict.fromkeys(failures))}). Is this machine online? Otherwise get it elsewhere, "
        f"from {file.urls[0]}, and put it into {home}, or into a folder that {DATA_FOLDER} names."
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"


class _Progress:
    """A line on the terminal that counts up, with the four members that pooch asks for."""

    def __init__(self, file: RemoteFile) -> None:
        self.total = 0
        self._file = file
        self._done = 0

    def update(self, count: int) -> None:
        self._done = min(self._done + count, self._file.size)
        share = 100 * self._done // self._file.size
        sys.stderr.write(f"\r  {share:3d} %  {_megabytes(self._done)} of {_megabytes(self._file.size)} ")
        sys.stderr.flush()

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        sys.stderr.write("\n")
