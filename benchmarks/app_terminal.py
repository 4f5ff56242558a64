"""A program in a pseudo-terminal of its own: what it writes, and when; nothing is drawn here."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence

PATIENCE = 20.0  # seconds
_CONTROL = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()][0-9A-B]|\x1b[=>78]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_UNSET = ("COLUMNS", "LINES", "NO_COLOR", "TEXTUAL_THEME", "TUI_NN_DATA")
_SURROUNDINGS = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}


class Terminal:
    """A process and the screen that it believes to have. A context manager: at its end the process is killed.

    Attributes:
        began: when the process was started, as `time.perf_counter` tells it.
    """

    def __init__(
        self, words: Sequence[str], size: tuple[int, int] = (80, 24), environment: Mapping[str, str] | None = None
    ) -> None:
        around = {name: value for name, value in os.environ.items() if name not in _UNSET}
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            words,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**around, **_SURROUNDINGS, **(environment or {})},
        )
        os.close(theirs)
        self._chunks: list[tuple[float, bytes]] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(1)
        os.close(self._ours)

    def press(self, keys: str) -> int:
        """Send keys; what comes after them begins at the chunk of this number."""
        with self._news:
            here = len(self._chunks)
        os.write(self._ours, keys.encode())
        return here

    def seen(self, text: str, since: int = 0) -> float:
        """When a text has come that was not there before chunk `since`. Raises TimeoutError."""
        wanted, end = text.encode(), time.perf_counter() + PATIENCE
        with self._news:
            while True:
                got = b""
                for when, chunk in self._chunks[since:]:
                    got += chunk
                    if wanted in _CONTROL.sub(b"", got):
                        return when
                if not self._news.wait(max(end - time.perf_counter(), 0)):
                    raise TimeoutError(f"{text!r} did not come; there came {_CONTROL.sub(b'', got)[-400:]!r}")

    def settled(self, since: int, quiet: float) -> float:
        """When the last of what came since chunk `since` came, once nothing has come for `quiet` seconds."""
        end = time.perf_counter() + PATIENCE
        with self._news:
            while time.perf_counter() < end:
                count = len(self._chunks)
                if not self._news.wait(quiet) and len(self._chunks) == count > since:
                    return self._chunks[-1][0]
        raise TimeoutError("it does not come to rest")

    def written(self) -> int:
        """Bytes that have come by now."""
        with self._news:
            return sum(len(chunk) for _, chunk in self._chunks)

    def ended(self) -> int:
        """Wait for the end of the process; its exit code."""
        return self._process.wait(PATIENCE * 3)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the other side is closed
            while chunk := os.read(self._ours, 65536):
                with self._news:
                    self._chunks.append((time.perf_counter(), chunk))
                    self._news.notify_all()
