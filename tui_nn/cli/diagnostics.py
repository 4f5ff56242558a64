"""Talk to the person: the only module that writes to stderr and that chooses exit codes.

stdout is data, and belongs to `output`. Everything else that a command says goes through `say`, and every way in
which a run can end is turned into an exit code by `exit_code_of`. Nothing heavy is imported before something went
wrong: `tui-nn --version` runs through here too.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from enum import IntEnum
from io import StringIO, TextIOWrapper
from types import TracebackType
from typing import Any

from tui_nn.errors import UserError


class ExitCode(IntEnum):
    """What the program's exit code means. Those from 128 on are the shell's own: 128 and the signal's number."""

    OK = 0
    CHECK_FAILED = 1
    BAD_INPUT = 2
    DEFECT = 70
    INTERRUPTED = 130
    READER_GONE = 141
    TERMINATED = 143


def say(text: str) -> None:
    """Write a line of talk to stderr, control characters made visible; a terminal gets it broken at blanks."""
    from tui_nn.cli.output import safe

    text = safe(text)
    if sys.stderr is not None and sys.stderr.isatty():
        text = "\n".join(map(_broken, text.split("\n")))
    print(text, file=sys.stderr)


def _broken(line: str) -> str:
    """A line in rows of the terminal; one that is set in (an equation with its caret) stays as it is."""
    from shutil import get_terminal_size
    from textwrap import wrap

    if line.startswith(" "):
        return line
    return "\n".join(wrap(line, get_terminal_size().columns, break_long_words=False, break_on_hyphens=False))


class Progress:
    """How far a long run is: one line that is written over again. Only a terminal sees it, and only after a second.

    Use it in a `with`: the line is gone when that ends, however it ends.
    """

    FIRST, NEXT = 1.0, 0.2  # seconds

    def __init__(self, quiet: bool = False) -> None:
        is_terminal = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._due = time.monotonic() + self.FIRST if is_terminal and not quiet else float("inf")
        self._is_shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.clear()

    def show(self, text: str) -> None:
        """Show the text in place of the last one, where it is time."""
        now = time.monotonic()
        if now < self._due:
            return
        from tui_nn.cli.output import safe_cell

        print(f"\r\x1b[K{safe_cell(text)}", end="", file=sys.stderr, flush=True)
        self._due, self._is_shown = now + self.NEXT, True

    def clear(self) -> None:
        """Make room for what is printed next."""
        if self._is_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._is_shown = False


def exit_code_of(program: Callable[[], object]) -> int:
    """Run the program; report how it ended on stderr and as an exit code.

    An `int` that the program returns is its exit code; anything else counts as success.
    """
    _prepare_streams()
    try:
        result = program()
        sys.stdout.flush()  # here, where a full disk or a closed pipe can still be reported
        code = result if isinstance(result, int) else ExitCode.OK
    except SystemExit as exit_:
        # Typer turns a closed pipe into exit code 1, which here would mean that a check failed.
        if not isinstance(exit_.__context__, BrokenPipeError):
            raise
        code = ExitCode.READER_GONE
    except BrokenPipeError:
        code = ExitCode.READER_GONE
    except KeyboardInterrupt as interrupt:
        code = _code_of(interrupt)
    except UserError as error:
        say(f"error: {error}")
        code = ExitCode.BAD_INPUT
    except OSError as error:
        say(f"error: {_operating_system_message(error)}")
        code = ExitCode.BAD_INPUT
    except Exception as error:
        code = _report_usage_or_defect(error)
    _settle_stdout()
    return code


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # files of our own are named where they are written


class _Closed(StringIO):
    """stdout of a program that was started without one (`>&-`): what is written is not silently lost."""

    def write(self, text: str, /) -> int:
        raise OSError(errno.EBADF, "standard output is closed; there is nowhere to write to")


def _prepare_streams() -> None:
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:  # `print` would write to stdout instead
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - no pathlib for --version; open to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # What the terminal's encoding lacks (∂ in Latin-1) is escaped instead of ending the program.
            stream.reconfigure(errors="backslashreplace")


def _settle_stdout() -> None:
    """Write out what is left; where that fails, drop it, or the interpreter would fail on it again at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _operating_system_message(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.filename:
        return f"{error.filename}: {reason}"
    return f"standard output could not be written: {reason}" if error.errno in _NO_ROOM else reason


def _code_of(interrupt: KeyboardInterrupt) -> int:
    """The code of the signal that it came from, where that is not Ctrl-C's."""
    return int(next(iter(interrupt.args), ExitCode.INTERRUPTED))


def _interrupt_behind(error: BaseException | None) -> KeyboardInterrupt | None:
    """The Ctrl-C that is behind it, if one is: in the middle of an import, Python reports what it broke there."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error


def _commands_of(context: Any, error: Exception) -> str:
    """The commands of a group such as `runs` where one of them is missing, or is none."""
    names = getattr(context and context.command, "commands", None)
    if not names or context.parent is None or hasattr(error, "option_name"):
        return ""
    return f" There are {', '.join(names)}."


def _report_usage_or_defect(error: Exception) -> int:
    from typer import Abort, TyperException

    if isinstance(error, Abort):  # Ctrl-C or the end of input at a question
        return ExitCode.INTERRUPTED
    if (interrupt := _interrupt_behind(error)) is not None:
        return _code_of(interrupt)
    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        if context is not None:
            say(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n")
        say(f"error: {error.format_message()}{_commands_of(context, error)}")
        return ExitCode.BAD_INPUT
    import traceback

    say(traceback.format_exc())
    say("This is a defect of tui-nn, not of what you gave it: please report it with the lines above.")
    return ExitCode.DEFECT
