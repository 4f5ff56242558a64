"""Bytes from outside: a path or standard input ("-"), unpacked when gzipped, with clear errors and a size limit."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, cast

from tui_nn.data.text import quoted, shown
from tui_nn.errors import UserError

STDIN = "-"
MAX_BYTES = 4 << 30
"""A file that unpacks to more than this is refused: it would not fit the memory that training needs anyway."""

_CHUNK = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"


def read_bytes(path: str | Path, limit: int = MAX_BYTES) -> bytes:
    """All bytes of a file or of standard input, unpacked if they are gzip.

    What is read decides how much memory is taken, never what a header claims. Raises UserError where the file
    cannot be read, is a damaged gzip file, or unpacks to more than ``limit`` bytes.
    """
    name = "standard input" if str(path) == STDIN else str(path)
    chunks, size = [], 0
    try:
        with _unpacked(path) as stream:
            while chunk := stream.read(_CHUNK):
                chunks.append(chunk)
                size += len(chunk)
                if size > limit:
                    raise UserError(f"{quoted(name)} holds more than {limit:,} bytes; take a part of it.")
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise UserError(f"{quoted(name)} is damaged: it starts as a gzip file, but: {shown(str(error), 80)}.") from None
    except OSError as error:
        raise UserError(f"Cannot read {quoted(name)}: {error.strerror or error}.") from None
    return b"".join(chunks)


def is_piped_in() -> bool:
    """Whether there are bytes on standard input that nobody has to type; waits for the first one."""
    if sys.stdin is None or sys.stdin.isatty():
        return False
    with _piped() as stream:
        return bool(stream.peek(1))


@contextmanager
def _unpacked(path: str | Path) -> Iterator[IO[bytes]]:
    with _piped() if str(path) == STDIN else Path(path).open("rb") as raw:
        if not raw.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
            yield raw
            return
        with gzip.GzipFile(fileobj=raw) as stream:
            yield cast("IO[bytes]", stream)


def _piped() -> AbstractContextManager[io.BufferedReader]:
    """Standard input, which is not ours to close."""
    if sys.stdin is None:  # as with `<&-`, and in the app, which keeps the keyboard for itself
        raise UserError("There is no standard input to read from here; take a file.")
    return nullcontext(cast("io.BufferedReader", sys.stdin.buffer))
