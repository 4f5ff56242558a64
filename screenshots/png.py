"""A PNG of an SVG, by way of a Chromium: other converters misplace braille dots."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SECONDS = 60


def chromium() -> str | None:
    """The first browser that is installed."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def render(browser: str, picture: Path) -> Path:
    """Write a PNG beside the SVG, in its own size."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{picture} has no size")
    width, height = (round(float(number)) for number in found.groups())
    target = picture.with_suffix(".png")
    with tempfile.TemporaryDirectory() as profile:
        words = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}",
            f"--window-size={width},{height}", "--default-background-color=00000000",
            f"--screenshot={target}", picture.resolve().as_uri(),
        ]  # fmt: skip
        subprocess.run(words, check=True, capture_output=True, timeout=SECONDS)
    return target
