"""`tui-nn data`: every listing as text and as data, talk on stderr, errors with exit code 2."""

from __future__ import annotations

import csv
import io
import json
import sys

import numpy as np
import pytest

from tui_nn.cli.data import app
from tui_nn.cli.diagnostics import ExitCode, exit_code_of
from tui_nn.data import CATALOGUE, load


@pytest.fixture
def data(capsys):
    """Run `tui-nn data` with these arguments in this process: (exit code, stdout, stderr)."""

    def run(*arguments):
        capsys.readouterr()
        code = exit_code_of(lambda: app(list(map(str, arguments)), standalone_mode=False))
        return int(code), *capsys.readouterr()

    return run


@pytest.fixture
def pets(tmp_path):
    path = tmp_path / "pets.csv"
    path.write_text("age,kind,weight\n3,cat,4.5\n1,dog,20\n,cat,5.25\n")
    return path


def parsed(out):
    return list(csv.DictReader(io.StringIO(out)))


def test_list_names_every_set(data):
    code, out, err = data("list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[1:]] == list(CATALOGUE)
    records = json.loads(data("list", "--format", "json")[1])
    assert [record["name"] for record in records] == list(CATALOGUE)
    mnist = next(record for record in records if record["name"] == "mnist")
    assert (mnist["kind"], mnist["rows"], mnist["features"], mnist["classes"]) == ("fetched", 70000, 784, 10)
    assert parsed(data("list", "--format", "csv")[1])[0]["name"] == "circle"


def test_show_as_text(data):
    code, out, err = data("show", "iris")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert "classes      setosa (50), versicolor (50), virginica (50)" in lines
    assert f"sha256       {load('iris').sha256}" in lines
    assert "petal_length  number        0        43       1      6.9  █▃·▁▂▆▇▄▃▂" in lines
    assert all(len(line) <= 80 for line in lines if not line.startswith(("source", "sha256")))
    assert out.isprintable() or set(out) - {"\n"} == {c for c in out if c.isprintable()}


def test_show_as_json(data):
    record = json.loads(data("show", "iris", "--format", "json")[1])
    assert (record["rows"], record["features"], record["task"], record["target"]) == (
        150,
        4,
        "classification",
        "species",
    )
    assert record["classes"] == {"setosa": 50, "versicolor": 50, "virginica": 50}
    petal = record["columns"][2]
    assert (petal["name"], petal["lowest"], petal["highest"], petal["missing"]) == ("petal_length", 1.0, 6.9, 0)
    assert petal["histogram"] == np.histogram(load("iris").X[:, 2], 10)[0].tolist()


def test_show_as_csv_has_the_columns(data):
    rows = parsed(data("show", "iris", "--format", "csv")[1])
    assert [row["name"] for row in rows] == [*load("iris").features, "species"]


def test_show_says_what_is_missing_and_still_shows(data, pets):
    code, out, err = data("show", pets)
    assert code == 0
    assert "age     integer        1" in out
    assert "cannot be trained on as it is: 'pets.csv' has missing values in: age (1). The first: row 3 (line 4)" in err
    code, out, err = data("show", pets, "--missing", "drop")
    assert (code, err) == (0, "")
    assert "notes        1 row of 3 left out for missing values" in out
    assert "features     3" in out


def test_show_with_a_wrong_option_is_an_error(data, pets):
    for options, message in (
        (["--target", "wieght"], "Did you mean 'weight'"),
        (["--task", "clustering"], "classification, regression"),
        (["--drop", "9"], "no column '9'"),
        (["--delimiter", "ab"], "one character"),
    ):
        code, out, err = data("show", pets, *options)
        assert (code, out) == (ExitCode.BAD_INPUT, "")
        assert message in err


def test_show_takes_what_is_said_of_a_file(data, tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("a\tb\tc\n1\t2\t3\n4\t5\t6\n")
    options = ["--no-header", "--delimiter", "tab", "--target", "1", "--drop", "2", "--text", "3"]
    record = json.loads(data("show", path, *options, "--format", "json")[1])
    assert (record["target"], record["classes"], record["features"]) == ("x1", {"1": 1, "4": 1, "a": 1}, 3)


def test_many_columns_are_shown_in_part(data):
    code, out, err = data("show", "digits")
    assert code == 0
    assert len(out.splitlines()[out.splitlines().index("") :]) == 32
    assert err == "35 more columns; --all shows them, --format json and csv have them\n"
    assert data("show", "digits", "--quiet")[2] == ""
    assert "r8c8" in data("show", "digits", "--all")[1]
    assert len(json.loads(data("show", "digits", "--format", "json")[1])["columns"]) == 65


def test_head(data, pets):
    assert data("head", pets, "-n", 2) == (0, "age  kind  weight\n  3  cat      4.5\n  1  dog       20\n", "")
    assert json.loads(data("head", pets, "--format", "json")[1])[2] == {"age": None, "kind": "cat", "weight": 5.25}
    assert data("head", pets, "--rows", 1, "--format", "csv")[1] == "age,kind,weight\n3,cat,4.5\n"
    _, out, err = data("head", "digits", "-n", 1)
    assert max(map(len, out.splitlines())) <= 80
    assert "more columns" in err
    assert out.splitlines()[0].split()[-2:] == ["…", "digit"]
    assert len(data("head", "digits", "-n", 1, "--all")[1].splitlines()[0].split()) == 65


def test_head_of_a_toy_set_has_its_numbers(data):
    record = json.loads(data("head", "spiral", "-n", 1, "--seed", 3, "--noise", 0, "--format", "json")[1])[0]
    spiral = load("spiral", seed=3, noise=0)
    assert record == {"x1": spiral.X[0, 0], "x2": spiral.X[0, 1], "y": spiral.classes[spiral.y[0]]}


def test_standard_input(data, pets, monkeypatch):
    with pets.open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert data("head", "-", "-n", 1)[1].splitlines()[1].split() == ["3", "cat", "4.5"]


def test_text_of_a_file_cannot_steer_the_terminal(data, tmp_path):
    path = tmp_path / "evil.csv"
    path.write_text("\x1b]0;t\x07,y\n\x1b[31mred[/b],1\n[bold]x,2\n")
    for command in ("show", "head"):
        for form in ("text", "json", "csv", "markdown"):
            code, out, err = data(command, path, "--format", form)
            assert code == 0
            assert "\x1b" not in out + err
            assert "\x07" not in out + err
    assert "[bold]x" in data("head", path)[1]


@pytest.mark.parametrize("name", ["iris", "digits", "b3-xor"])
def test_the_path_of_an_embedded_set(data, name):
    code, out, err = data("path", name)
    assert (code, err) == (0, "")
    assert load(out.strip(), target=-1, task=CATALOGUE[name].task).rows == CATALOGUE[name].rows
    assert data("fetch", name)[1] == out


def test_paths_that_are_not_there(data, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert data("path", "mnist")[::2] == (
        ExitCode.BAD_INPUT,
        "error: 'mnist' is not on this machine yet; run: tui-nn data fetch mnist\n",
    )
    assert "is generated" in data("path", "circle")[2]
    assert "is generated" in data("fetch", "circle")[2]
    for command in ("path", "fetch", "show", "head"):
        code, out, err = data(command, "minst")
        assert (code, out) == (ExitCode.BAD_INPUT, "")
        assert "Did you mean 'mnist'" in err


def test_a_folder_that_has_the_file(data, tmp_path, monkeypatch):
    (tmp_path / "ionosphere.csv").write_bytes(b"not it")
    monkeypatch.setenv("TUI_NN_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert data("path", "ionosphere")[0] == ExitCode.BAD_INPUT, "another file of that name is not taken for it"


def test_the_help_page_needs_no_numpy(python):
    code = (
        "import sys; from tui_nn.cli.data import app\n"
        "try: app(['show', '--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit('numpy' in sys.modules)"
    )
    done = python("-c", code)
    assert done.returncode == 0
    assert "missing values" in done.stdout


def test_each_command_says_what_it_does(data):
    out = data("--help")[1]
    for name in ("list", "show", "head", "fetch", "path"):
        assert f" {name} " in out
        assert data(name, "--help")[0] == 0


def test_a_terminal_without_block_characters(python, pets):
    code = "from tui_nn.cli.data import app; app(['show', 'iris'])"
    done = python("-c", code, env={"PYTHONIOENCODING": "ascii", "PATH": ""})
    assert "#" in done.stdout
    assert "\\u" not in done.stdout.splitlines()[-2]


def test_a_closed_stdin_matters_only_where_it_is_asked_for(data, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    code, out, err = data("show", "-")
    assert (code, out) == (2, "")
    assert "standard input" in err
    assert data("show", "iris")[0] == 0
