"""`tui-nn serve`: a server process, its page and its apps, seen by a client and by headless Chromium."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tui_nn.cli.diagnostics import ExitCode
from tui_nn.cli.serve import is_loopback

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def text_of(painted):
    """What is written on the screen, without colours and places."""
    return re.sub(r"\x1b(\[[0-9;?]*[A-Za-z$]|\][^\x07]*\x07)", "", painted)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def served(*arguments):
    """A server at work: its process and its port."""
    port = free_port()
    command = [sys.executable, "-m", "tui_nn", "serve", "--port", str(port), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(200):
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def children(pid):
    """The processes that a process has started, where the system tells."""
    listing = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listing.read_text().split()] if listing.exists() else []


async def until(condition, seconds=20.0):
    """Look again until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to hold"
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(("host", "alone"), [
    ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("[::1]", True), ("localhost", True), ("0.0.0.0", False),
    ("::", False), ("192.168.0.7", False), ("example.org", False), ("localhost.example.org", False),
])  # fmt: skip
def test_what_is_this_machine_alone(host, alone):
    assert is_loopback(host) is alone


def test_without_the_extra(cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.delitem(sys.modules, "tui_nn.cli.web_server", raising=False)
    outcome = cli("serve")
    assert outcome.code == ExitCode.BAD_INPUT
    assert outcome.out == ""
    assert "pip install 'tui-nn[web]'" in outcome.err


@pytest.mark.parametrize("target", ["nosuch", "nosuch.toml", "y = w *"])
def test_a_target_that_is_none_is_said_before_anything_is_served(cli, target):
    pytest.importorskip("textual_serve")
    outcome = cli("serve", target)
    assert outcome.code == ExitCode.BAD_INPUT
    assert "error: " in outcome.err
    assert "tui-nn is at" not in outcome.err


def test_a_port_that_is_taken(cli):
    pytest.importorskip("textual_serve")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        outcome = cli("serve", "--port", taken.getsockname()[1])
    assert outcome.code == ExitCode.BAD_INPUT
    assert "Address already in use" in outcome.err
    assert "Traceback" not in outcome.err


async def test_page_and_app():
    """The app paints and answers a key; Ctrl-C ends it and the server, though the page is open."""
    pytest.importorskip("textual_serve")
    import aiohttp

    with served() as (process, port):
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/") as page:
                assert page.status == 200
                assert f"ws://127.0.0.1:{port}/ws" in await page.text()
                assert "connect-src 'self'" in page.headers["Content-Security-Policy"]
            async with session.ws_connect(f"http://127.0.0.1:{port}/ws?width=100&height=30") as app:
                painted = await received(app, "Five optimisers")
                assert "\x1b[" in painted
                (child,) = children(process.pid) or [None]
                await app.send_json(["stdin", "\x1b[B"])
                await received(app, "M")
                reading = asyncio.create_task(read_on(app))
                began = time.monotonic()
                process.send_signal(signal.SIGINT)
                await until(lambda: process.poll() is not None, 10)
                assert time.monotonic() - began < 8
                assert process.returncode == ExitCode.INTERRUPTED
                await reading
                if child is not None:
                    await until(lambda: not Path(f"/proc/{child}").exists(), 5)
        out, err = process.communicate()
    assert out == ""
    assert err.splitlines() == [f"tui-nn is at http://127.0.0.1:{port}; Ctrl-C ends it"]


@pytest.mark.parametrize("given", [[], ["--fps", "4"]])
def test_fps_is_handed_on_to_the_apps(cli, python, monkeypatch, given):
    pytest.importorskip("textual_serve")
    from tui_nn.cli.web_server import WebServer

    commands = []
    monkeypatch.setattr(WebServer, "run", lambda self: commands.append(self.command) or 0)
    assert cli("serve", "S5", *given).code == ExitCode.OK
    asked = shlex.split(commands[0].removeprefix("exec "))[-1]
    seen = "from tui_nn.tui import app; app.run = lambda *a, **k: print(a, k.get('fps'), end=' '); "
    after = "; from textual import screen; print(round(1 / screen.UPDATE_PERIOD))"
    environment = {name: value for name, value in os.environ.items() if name != "TEXTUAL_FPS"}
    start, _, rest = asked.partition("from ")
    done = python("-c", f"{start}{seen}from {rest}{after}", env=environment)
    assert done.stdout.split() == (["('S5',)", "4", "4"] if given else ["('S5',)", "None", "60"]), done.stderr


async def read_on(app):
    """As a browser does, which so answers when the page is closed."""
    async for _ in app:
        pass


async def received(app, text):
    """What the app sends, up to the text."""
    found = ""
    while True:
        message = await asyncio.wait_for(app.receive(), 20)
        assert isinstance(message.data, bytes), message
        found += message.data.decode("utf-8", "replace")
        if text in text_of(found):
            return found


async def test_strangers_are_kept_out():
    pytest.importorskip("textual_serve")
    import aiohttp

    with served("--quiet") as (process, port):
        async with aiohttp.ClientSession() as session:
            for headers, status in (
                ({"Origin": "http://evil.example"}, 403),
                ({"Host": f"evil.example:{port}"}, 403),
                ({"Origin": f"http://127.0.0.1:{port + 1}"}, 403),
                ({"Origin": f"http://127.0.0.1:{port}"}, 200),
                ({"Host": f"localhost:{port}"}, 200),
            ):
                async with session.get(f"http://127.0.0.1:{port}/", headers=headers) as page:
                    assert page.status == status, headers
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(f"http://127.0.0.1:{port}/ws", headers={"Origin": "http://evil.example"})
            assert not children(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM
        assert process.communicate() == ("", "")


def test_more_than_this_machine_is_warned_of():
    pytest.importorskip("textual_serve")
    with served("--host", "0.0.0.0") as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == ExitCode.INTERRUPTED
        assert "warning: 0.0.0.0 is not this machine alone" in process.communicate()[1]


class Browser:
    """Headless Chromium, driven by its debugging protocol."""

    def __init__(self, socket_):
        self._socket, self._count = socket_, 0
        self.painted, self.requests = "", []

    async def ask(self, method, **parameters):
        self._count += 1
        await self._socket.send_json({"id": self._count, "method": method, "params": parameters})
        while True:
            message = await asyncio.wait_for(self._socket.receive_json(), 30)
            self._note(message)
            if message.get("id") == self._count:
                return message["result"]

    async def sees(self, text, seconds=30.0):
        """Wait until the app has written the text."""
        end = time.monotonic() + seconds
        while text.casefold() not in text_of(self.painted).casefold():
            left = end - time.monotonic()
            assert left > 0, text_of(self.painted)[-2000:]
            with suppress(TimeoutError):
                self._note(await asyncio.wait_for(self._socket.receive_json(), min(left, 1.0)))

    async def script(self, expression):
        return (await self.ask("Runtime.evaluate", expression=expression))["result"].get("value")

    def _note(self, message):
        parameters = message.get("params", {})
        if message.get("method") == "Network.webSocketFrameReceived" and parameters["response"]["opcode"] == 2:
            self.painted += base64.b64decode(parameters["response"]["payloadData"]).decode("utf-8", "replace")
        if message.get("method") == "Network.responseReceived":
            self.requests.append(parameters["response"]["url"])


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
async def test_in_a_browser(tmp_path):
    pytest.importorskip("textual_serve")
    import aiohttp

    command = [
        CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
        f"--user-data-dir={tmp_path}", "--window-size=1000,640", "about:blank",
    ]  # fmt: skip
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {**os.environ, "HOME": str(tmp_path)}}
    chromium = subprocess.Popen(command, **quiet)
    try:
        door = tmp_path / "DevToolsActivePort"
        await until(lambda: door.exists() and len(door.read_text().splitlines()) == 2, 30)
        debugging = door.read_text().splitlines()[0]
        with served("S5") as (process, port):
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{debugging}/json") as listing:
                    tabs = json.loads(await listing.text())
                tab = next(tab for tab in tabs if tab["type"] == "page")
                async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket_:
                    browser = Browser(socket_)
                    await browser.ask("Network.enable")
                    await browser.ask("Page.navigate", url=f"http://127.0.0.1:{port}/")
                    await browser.sees("backward")
                    assert "-first-byte" in await browser.script("document.body.className")
                    for kind in ("mousePressed", "mouseReleased"):
                        place = {"type": kind, "x": 500, "y": 300, "button": "left", "clickCount": 1}
                        await browser.ask("Input.dispatchMouseEvent", **place)
                    await asyncio.sleep(0.5)
                    await browser.script("0")  # what the click has changed is painted by now
                    browser.painted = ""
                    await browser.ask("Input.insertText", text="n")
                    await browser.sees(" ")
                    picture = await browser.ask("Page.captureScreenshot", format="png")
                    assert len(base64.b64decode(picture["data"])) > 20_000, "the page is next to empty"
                    assert all(url.startswith((f"http://127.0.0.1:{port}/", "data:")) for url in browser.requests)
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == ExitCode.INTERRUPTED
    finally:
        chromium.terminate()
        chromium.wait(10)
