"""Settings as a TOML file: one key for each, in panels, each with its help, so that the file explains itself."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from tui_nn.data.text import shown
from tui_nn.errors import UserError
from tui_nn.session.files import quoted_path
from tui_nn.session.settings import PANELS, Settings, from_values, rows, to_values


def read_settings(path: Path, base: Settings | None = None) -> Settings:
    """The settings that a file gives, over those of `base`. Raises UserError with the line and what would be right."""
    return from_values(read_values(path), base, where=str(path))


def read_values(path: Path) -> dict[str, Any]:
    """What a file gives, by key; of a run's own run.toml its settings, but for the folder, which is that run's."""
    found = read_toml(path)
    settings = found.get("settings")
    return {k: v for k, v in settings.items() if k != "out"} if isinstance(settings, dict) else found


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file. Raises UserError with the line of a mistake."""
    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise UserError(f"Cannot read {quoted_path(path)}: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise UserError(f"{quoted_path(path)} is no text in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{quoted_path(path)} is no TOML: {shown(str(error), 200)}.") from None


def write_settings(settings: Settings) -> str:
    """The file's text: every setting; those that are not given as a comment with what then holds."""
    values, known = to_values(settings), rows()
    lines = []
    for panel in PANELS:
        lines += ["", f"# {panel}"]
        for name, (_, row) in known.items():
            if row.panel == panel:
                text = _inline({name: values[name]}) if name in values else f"# {name} ="
                lines.append(f"{text}  # {row.help}" + (f" (not given: {row.unset})" if name not in values else ""))
    return "\n".join(lines[1:]) + "\n"


def _inline(pair: dict[str, Any]) -> str:
    """`key = value` on one line; a table within braces, since tables that follow would swallow later keys."""
    ((key, value),) = pair.items()
    if isinstance(value, list):
        return f"{key} = [{', '.join(_value(item) for item in value)}]"
    if isinstance(value, dict):
        items = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items())
        return f"{key} = {{{' ' * bool(items)}{items}{' ' * bool(items)}}}"
    return f"{key} = {_value(value)}"


def _value(value: Any) -> str:
    return tomli_w.dumps({"x": value}).strip().partition(" = ")[2]


def _key(name: str) -> str:
    return tomli_w.dumps({name: 0}).strip().rpartition(" = ")[0]
