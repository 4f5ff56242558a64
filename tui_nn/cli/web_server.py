"""The server behind `tui-nn serve`: textual-serve, with its talk on stderr, strangers kept out, and a prompt end.

A page of another site, open in the same browser, must not be able to drive the app: a request is refused that does
not come from a page of this server (`Origin`) or that reaches it under a strange name (`Host`, which such a page can
have resolved to the loopback address).
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.server import Server

from tui_nn.errors import UserError

PATIENCE = 2.0  # seconds for the apps to end in, and as many for pages that do not answer
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
BROWSER = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}  # what the page's terminal can show


class WebServer(Server):
    """Serves the app; an app for each page.

    Args:
        target: what the app opens at once; '' for its first screen.
        fps: how often the app draws in a second, at most; None for as often as it likes.
        loopback: whether the address is this machine's own.
        say: is told where to look; None: nobody.
    """

    def __init__(
        self,
        host: str,
        port: int,
        target: str,
        fps: int | None = None,
        *,
        loopback: bool,
        say: Callable[[str], None] | None,
    ) -> None:
        super().__init__(app_command(target, fps), host, port, title="tui-nn")
        self._names = {host.strip("[]"), *LOCAL_NAMES} if loopback else None
        self._say = say or (lambda text: None)
        self._pages: set[asyncio.Task[object]] = set()
        self._ended_by = 0

    def run(self) -> int:
        """Serve until a signal comes; returns the exit code. Raises UserError where the address cannot be had."""
        os.environ.update(BROWSER)
        try:
            web.run_app(
                self._make_app(),
                host=self.host,
                port=self.port,
                handle_signals=False,
                shutdown_timeout=PATIENCE,
                access_log=None,
                print=lambda text: self._say(f"tui-nn is at {self.public_url}; Ctrl-C ends it"),
            )
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise UserError(f"cannot listen at {self.host}, port {self.port}: {reason} (see --host, --port)") from None
        return 128 + (self._ended_by or signal.SIGINT)

    async def _make_app(self) -> web.Application:
        application = await super()._make_app()
        application.middlewares.append(self._guard())
        return application

    async def on_startup(self, app: web.Application) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows: Ctrl-C is a KeyboardInterrupt there
                loop.add_signal_handler(number, self._end, number)

    async def on_shutdown(self, app: web.Application) -> None:
        """End the apps with their pages: an open page would keep the server for a minute."""
        for page in self._pages:
            page.cancel()
        if self._pages:
            await asyncio.wait(self._pages, timeout=PATIENCE)

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        self.public_url = f"{request.scheme}://{request.host}"  # as the browser knows it: 0.0.0.0 is nobody's address
        response: web.StreamResponse = await super().handle_index(request)
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        page = asyncio.current_task()
        assert page is not None
        self._pages.add(page)
        try:
            return await super().handle_websocket(request)
        finally:
            self._pages.discard(page)

    def _guard(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            if self._names is not None and urlsplit(f"//{request.host}").hostname not in self._names:
                raise web.HTTPForbidden(text=f"tui-nn is not served at {request.host}")
            if origin is not None and urlsplit(origin).netloc != request.host:
                raise web.HTTPForbidden(text="tui-nn is driven from its own page alone")
            response = await handler(request)
            if not response.prepared:
                response.headers["Content-Security-Policy"] = (
                    "default-src 'self' 'unsafe-inline' data: blob:; "
                    f"connect-src 'self' ws://{request.host} wss://{request.host}; frame-ancestors 'none'"
                )
            return response

        return guard

    def _end(self, number: int) -> None:
        self._ended_by = number
        raise web.GracefulExit


def app_command(target: str, fps: int | None = None) -> str:
    """The command line, for the system's shell, that opens the app."""
    if fps is None:
        code = f"from tui_nn.tui.app import run; run({target!r})"
    else:  # Textual reads its own cap when it is imported
        code = f"import os; os.environ['TEXTUAL_FPS'] = '{fps}'; from tui_nn.tui.app import FPS, run; "
        code += f"run({target!r}, fps=min({fps}, FPS))"
    words = [sys.executable, "-c", code]
    if sys.platform == "win32":
        return subprocess.list2cmdline(words)
    return f"exec {shlex.join(words)}"  # no shell stays between the server and the app
