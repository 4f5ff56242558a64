"""Finding lessons: the ones that come with the program, by name or code, and files of a user's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from tui_nn.errors import UserError
from tui_nn.lang.errors import suggestion
from tui_nn.lessons.decks import place
from tui_nn.lessons.lesson import Lesson
from tui_nn.lessons.reader import read_lesson

MAX_BYTES = 4_000_000


@cache
def all_lessons() -> tuple[Lesson, ...]:
    """The lessons that come with the program, in the order of the decks."""
    content = files("tui_nn.lessons") / "content"
    found = [
        read_lesson(entry.read_text(encoding="utf-8"), entry.name)
        for entry in content.iterdir()
        if entry.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda lesson: (place(lesson.deck), lesson.code[:1], int(lesson.code[1:]))))


def load(target: str) -> Lesson:
    """The lesson of that name or code (`optimizers`, `S6`), or the one in a TOML file.

    Raises UserError: no such lesson or file, or a file that cannot be used, with line and remedy.
    """
    for lesson in all_lessons():
        if target.lower() in (lesson.slug, lesson.code.lower()):
            return lesson
    if is_file_name(target):
        return read_lesson(_text(Path(target)), target)
    near = near_lessons(target)
    if target and _is(Path.is_dir, target):
        raise UserError(f"{target}: that is a folder; a lesson is a file that ends in .toml")
    if _is(Path.is_file, f"{target}.toml"):
        raise UserError(f"there is no lesson `{target}`; for the file, say {target}.toml")
    shown = target if len(target) <= 60 else f"{target[:57]}..."
    raise UserError(
        f"there is no lesson `{shown}`{near or ';'} `tui-nn lessons` lists them; a file of yours ends in .toml"
    )


def near_lessons(name: str) -> str:
    """A clause on the lessons whose name or code is near to `name`, or '' where none is."""
    return suggestion(name, [known for lesson in all_lessons() for known in (lesson.slug, lesson.code)])


def is_file_name(target: str) -> bool:
    """Whether `target` means a file: it ends in .toml, or there is one of that name."""
    if target.lower().endswith(".toml"):
        return True
    return "\n" not in target and _is(Path.is_file, target)


def _is(test: Callable[[Path], bool], target: str) -> bool:
    """Whether it holds of the path; of a text that can be no path it does not."""
    try:
        return test(Path(target))
    except (OSError, ValueError):
        return False


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(f"{path}: larger than {MAX_BYTES:,} bytes; a lesson's file is a page, not a data set")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        near = suggestion(path.name, [p.name for p in path.parent.glob("*.toml")]) if path.parent.is_dir() else ""
        raise UserError(f"{path}: there is no such file{near}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UserError(f"{path}, line {line}: not UTF-8; save the file as UTF-8 in your editor") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UserError(f"{path}: cannot be read ({reason})") from None
