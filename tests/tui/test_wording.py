"""Settings have the names of their fields in what the app says, whichever message speaks of them."""

from __future__ import annotations

import pytest

from tui_nn.session.settings import OUTPUT, flag, rows
from tui_nn.tui.wording import known_rows, label, meaning, unset, without_flags

TABLE = {name: row for name, (_, row) in rows().items() if row.panel != OUTPUT}


@pytest.mark.parametrize("name", TABLE)
def test_every_setting_is_called_as_its_field(name):
    shown = name.replace("_", " ")
    assert label(name) == shown
    assert without_flags(f"{flag(name)}: it is too large.") == f"{shown}: it is too large."
    assert without_flags(f"take another {flag(name)} ({name}).") == f"take another {shown}."
    assert without_flags(f'say {flag(name)} X ({name}="X").') == f"say {shown}: X."
    assert without_flags(f"say {flag(name)} ({name}=True)") == f"say {shown}: yes"
    assert without_flags(f"take {flag(name)}.") == f"take {shown}."


def test_a_name_that_begins_another_is_not_taken_for_it():
    assert without_flags("--batch-size, --drop-last, --drop") == "batch size, drop last, drop"


def test_what_has_no_field_is_said_to_be_for_the_command_line():
    assert without_flags("go on with it with --resume") == "go on with it with r in the list of runs"
    assert without_flags("read with --config, or") == "read with --config on the command line, or"


@pytest.mark.parametrize("text", ["no 'runs/--lr'", "`--lr` is no number", "x--lr", "a -- b", "(lr)", "---", ""])
def test_what_was_typed_and_what_is_no_flag_stay(text):
    assert without_flags(text) == text


@pytest.mark.parametrize("name", TABLE)
def test_no_hint_speaks_of_the_command_line(name):
    assert known_rows()[name] is TABLE[name]
    text = meaning(TABLE[name]) + unset(TABLE[name])
    assert "--" not in text
    assert "stdin" not in text
    assert "repeatable" not in text
