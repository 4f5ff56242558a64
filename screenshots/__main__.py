"""Take pictures of the real app, one of each screen.

    python -m screenshots [--png] [--to FOLDER] [NAME ...]

Run it in the repository, with the package installed as for its tests. Each picture is an SVG; with --png also a PNG,
by way of a Chromium where one is installed. The keys that lead to each picture are in `scenes`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
FIXED = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none"}
UNSET = ("NO_COLOR", "TEXTUAL_THEME", "TUI_NN_DATA")


def main() -> int:
    """Take them."""
    _same_surroundings()
    from screenshots import png, svg
    from screenshots.scenes import SCENES

    parser = argparse.ArgumentParser(prog="python -m screenshots", description="Take pictures of the app.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCENES)} (default: all)")
    parser.add_argument("--png", action="store_true", help="write a PNG beside each SVG")
    parser.add_argument("--to", type=Path, default=HERE, metavar="FOLDER", help="where to (default: this folder)")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in SCENES]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(SCENES)}")
    chromium = png.chromium() if options.png else None
    if options.png and chromium is None:
        print(f"no PNG: none of {', '.join(png.BROWSERS)} is installed", file=sys.stderr)
    folder = options.to.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name in options.names or SCENES:
        path = folder / f"{name}.svg"
        with _folder_of_its_own():
            path.write_text(svg.tidy(asyncio.run(SCENES[name].take())), encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size // 1024} KiB")
        if chromium:
            png.render(chromium, path)
    return 0


def _same_surroundings() -> None:
    """The same colours wherever it runs; said before Textual is imported, which looks at once."""
    os.environ.update(FIXED)
    for name in UNSET:
        os.environ.pop(name, None)


@contextmanager
def _folder_of_its_own() -> Iterator[None]:
    """Runs are kept in `runs` of an empty folder, so that no path of this machine is seen in a picture."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


if __name__ == "__main__":
    sys.exit(main())
