"""Where the program starts: `tui-nn` and `python -m tui_nn`."""

from __future__ import annotations

import os
import sys

from tui_nn import __version__
from tui_nn.cli.diagnostics import exit_code_of


def main() -> int:
    """Run the command line in `sys.argv`; return the process's exit code."""
    return exit_code_of(_command_line)


def _command_line() -> object:
    # Scripts ask for the version often: it is answered before Typer is imported, in the time of a bare interpreter.
    if sys.argv[1:] == ["--version"]:
        print(f"tui-nn {__version__}")
        return None
    # The engine's lanes share the work out; BLAS computes on one thread. Told so before NumPy is imported, it makes no
    # threads of its own, which would spin for the first tenth of a second on a core that somebody can use.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from tui_nn.cli.app import app

    return app(prog_name="tui-nn", standalone_mode=False)


if __name__ == "__main__":
    sys.exit(main())
