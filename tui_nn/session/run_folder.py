"""A run is a folder: what it was begun with, a line of figures for each epoch, checkpoints, and how it ended.

run.toml        all that is needed to repeat it: settings, data with its hash, scaling, network, versions
metrics.jsonl   a JSON object for each epoch
checkpoints/    see `checkpoint_file`
result.toml     how the run stands and its final figures; absent while it runs
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomli_w

from tui_nn.data.text import listed, nearest, quoted
from tui_nn.errors import UserError
from tui_nn.nn.optimizers import optimizer
from tui_nn.session.files import append_line, make_folder, quoted_path, remove, reported, write_whole
from tui_nn.session.plain_values import from_json, to_json, without_none
from tui_nn.session.run_lock import RunLock, is_locked
from tui_nn.session.settings import Settings, from_values
from tui_nn.session.settings_file import read_toml

RUNS = Path("runs")
FORMAT = 1


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @property
    def checkpoints(self) -> Path:
        """Where the checkpoints lie."""
        return self.path / "checkpoints"

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path.resolve().name

    def check_free(self) -> None:
        """Raise UserError where a run, or anything else, is there already."""
        if self.exists():
            raise UserError(
                f"{quoted_path(self.path)} holds a run already; go on with it with --resume, or choose another --out."
            )
        if self.path.is_dir() and any(self.path.iterdir()):
            raise UserError(f"{quoted_path(self.path)} is not empty, and holds no run; choose another --out.")

    def begin(self, description: Mapping[str, Any]) -> None:
        """Make the folder and write run.toml. Raises UserError where a run is there already, or the disk refuses."""
        self.check_free()
        try:
            make_folder(self.checkpoints)
            self.rewrite({"format": FORMAT, **description})
        except UserError:
            for folder in (self.checkpoints, self.path):  # empty, so that the next attempt finds nothing in its way
                with contextlib.suppress(OSError):
                    folder.rmdir()
            raise

    def rewrite(self, description: Mapping[str, Any]) -> None:
        """Write run.toml again."""
        write_whole(self.path / "run.toml", tomli_w.dumps(description).encode())

    def exists(self) -> bool:
        """Whether a run was begun here."""
        try:
            return (self.path / "run.toml").is_file()
        except (OSError, ValueError):  # a name too long for a file, or with a NUL
            return False

    def description(self) -> dict[str, Any]:
        """What run.toml says. Raises UserError where there is none, or it is damaged or of a later version."""
        if not self.exists():
            raise UserError(f"There is no run in {quoted_path(self.path)}.")
        found = read_toml(self.path / "run.toml")
        if found.get("format") != FORMAT:
            raise UserError(
                f"{quoted_path(self.path / 'run.toml')} is of format {found.get('format')}; "
                f"this version of tui-nn reads format {FORMAT}."
            )
        for key in ("settings", "data", "schema", "scaling"):
            if not isinstance(found.get(key), dict):
                raise UserError(f"{quoted_path(self.path / 'run.toml')} is damaged: it has no [{key}].")
        return found

    def settings(self) -> Settings:
        """The settings that it was begun with; a convention of the optimiser that has changed since is among them."""
        description = self.description()
        found = from_values(description["settings"], where=str(self.path / "run.toml"))
        choices = {k: v for k, v in description.get("optimizer", {}).get("choices", {}).items() if k != "initial"}
        usual = optimizer(found.optimizer, found.hyper).choices
        since = {name: value for name, value in choices.items() if usual.get(name) != value}
        return replace(found, hyper={**(found.hyper or {}), **since}) if since else found

    def lock(self) -> RunLock:
        """Keep other processes from training this run. Raises UserError where one does already."""
        return RunLock(self.path)

    def is_training(self) -> bool:
        """Whether it is being trained now, here or by another process."""
        return is_locked(self.path)

    def remove(self) -> None:
        """Remove the folder with all in it, if it is there. Raises UserError where another process trains the run."""
        if not self.path.exists():
            return
        with self.lock(), reported(self.path, "remove"):
            shutil.rmtree(self.path)

    # -- figures

    def record(self, figures: Iterable[Mapping[str, Any]]) -> None:
        """Add lines to metrics.jsonl, one for each epoch."""
        lines = [json.dumps(to_json(each), allow_nan=False) for each in figures]
        if lines:
            append_line(self.path / "metrics.jsonl", "\n".join(lines))

    def records(self) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl; one that a kill cut short is left out."""
        return list(self._lines())

    def forget_after(self, epoch: int) -> None:
        """Drop the lines of epochs after this one: the run goes on from there."""
        kept = [r for r in self._lines() if r.get("epoch", 0) <= epoch]
        text = "".join(json.dumps(to_json(r), allow_nan=False) + "\n" for r in kept)
        write_whole(self.path / "metrics.jsonl", text.encode())

    def _lines(self) -> Iterator[dict[str, Any]]:
        path = self.path / "metrics.jsonl"
        if not path.is_file():
            return
        with reported(path, "read"):
            content = path.read_bytes()
        for line in content.split(b"\n"):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield from_json(found)

    # -- the end

    def finish(self, result: Mapping[str, Any]) -> None:
        """Write result.toml."""
        write_whole(self.path / "result.toml", tomli_w.dumps(without_none(result)).encode())

    def unfinish(self) -> None:
        """Remove result.toml: the run goes on."""
        remove(self.path / "result.toml")

    def result(self) -> dict[str, Any] | None:
        """What result.toml says; None while the run goes on, or after it was killed."""
        path = self.path / "result.toml"
        try:
            return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            return None


def run_of(name: str) -> RunFolder | None:
    """The run of that path, or of that name within `runs/`; None where there is none."""
    return next((RunFolder(path) for path in (Path(name), RUNS / name) if RunFolder(path).exists()), None)


def find_run(name: str) -> RunFolder:
    """The run of that path, or of that name within `runs/`. Raises UserError, with the names that there are."""
    if found := run_of(name):
        return found
    there = _names()
    known = f" In {RUNS}/ there are: {listed(there)}." if there else f" There are none in {RUNS}/."
    raise UserError(f"There is no run {quoted(name)}.{near_run(name)}{known}")


def near_run(name: str) -> str:
    """` Did you mean 'iris-1'?`, of the runs within `runs/`; '' where none is near."""
    return nearest(name, _names())


def _names() -> list[str]:
    return [run.name for run in all_runs(RUNS)]


def all_runs(folder: Path) -> list[RunFolder]:
    """The runs in a folder, by the time at which they were begun; none where there is no such folder."""
    if not folder.is_dir():
        return []
    found = [run for path in folder.iterdir() if (run := RunFolder(path)).exists()]
    return sorted(found, key=lambda run: ((run.path / "run.toml").stat().st_mtime, run.name))


def free_name(data: str) -> Path:
    """`runs/iris-3`, the first that is not taken."""
    stem = Path(data).name.split(".")[0] or "data"
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in stem) if data != "-" else "stdin"
    taken = {path.name for path in RUNS.iterdir()} if RUNS.is_dir() else set()
    number = next(n for n in range(1, len(taken) + 2) if f"{stem}-{n}" not in taken)
    return RUNS / f"{stem}-{number}"
