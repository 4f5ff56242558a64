"""The pictures: one of each screen, committed, that stand alone and say nothing of the machine they were taken on."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from screenshots import png, svg
from screenshots.scenes import SCENES
from tui_nn.tui.keys import SCREENS

FOLDER = Path(__file__).parent.parent / "screenshots"
README = FOLDER.parent / "README.md"
NAMESPACE = "http://www.w3.org/2000/svg"
ASKED = ("stop", "delete", "train", "equations")  # questions and forms over another screen
LARGEST = 150_000  # bytes


def words(path: Path) -> str:
    """What stands on a picture."""
    texts = ET.parse(path).getroot().iter(f"{{{NAMESPACE}}}text")
    return " ".join(" ".join("".join(text.itertext()) for text in texts).split())


def test_each_screen_has_a_picture():
    assert {"lessons", "stepper", "autopsy", "lockstep", "training", "runs"} == set(SCREENS) - set(ASKED)
    assert set(SCREENS) - set(ASKED) <= set(SCENES)
    assert {"what-if", "help", "stepper-large"} <= set(SCENES)
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(SCENES)


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_is_whole_small_and_stands_alone(name):
    path = FOLDER / f"{name}.svg"
    text = path.read_text(encoding="utf-8")
    assert ET.fromstring(text).tag == f"{{{NAMESPACE}}}svg"
    assert len(text) < LARGEST
    assert re.findall(r"\w+://[^\"' ]+", text) == [NAMESPACE]
    assert "font-face" not in text
    assert not re.search(r"/(home|root|tmp|work|Users)\b", text)


def test_pictures_show_what_they_are_said_to():
    assert "∂L/∂w₁ = −4" in words(FOLDER / "stepper.svg")
    assert "w2 = 3" in words(FOLDER / "what-if.svg")
    assert "not finite" in words(FOLDER / "autopsy.svg")
    assert "pred" in words(FOLDER / "training.svg")


async def test_the_script_takes_a_picture_of_the_app(tmp_path):
    path = tmp_path / "stepper.svg"
    path.write_text(svg.tidy(await SCENES["stepper"].take()), encoding="utf-8")
    assert "gradient, iteration 1, line 13" in words(path)
    assert "= −4 · 1" in words(path)
    assert "://" not in path.read_text(encoding="utf-8").replace(NAMESPACE, "")


def test_the_readme_shows_pictures_with_words_for_them():
    shown = re.findall(r"!\[(.*?)\]\(screenshots/([\w-]+)\.svg\)", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(shown) == 4
    for alt, name in shown:
        assert " ".join(alt.split()) == SCENES[name].alt


def test_a_browser_makes_a_png_of_a_picture(tmp_path):
    browser = png.chromium()
    if browser is None:
        pytest.skip("no Chromium is installed")
    picture = Path(shutil.copy(FOLDER / "lessons.svg", tmp_path))
    assert png.render(browser, picture).read_bytes().startswith(b"\x89PNG")
