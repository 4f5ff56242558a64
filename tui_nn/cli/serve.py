"""`tui-nn serve`: the app in a browser, on this machine unless told otherwise."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import typer

from tui_nn.cli.diagnostics import say
from tui_nn.cli.open import Fps
from tui_nn.cli.options import Quiet, complete_target
from tui_nn.errors import UserError

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    target: Annotated[
        str,
        typer.Argument(
            metavar="[TARGET]",
            help="What to open at once: a lesson's name or code, a TOML file, or equations.",
            show_default=False,
            autocompletion=complete_target,
        ),
    ] = "",
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help="The port.")] = 8000,
    fps: Fps = None,
    quiet: Quiet = False,
) -> None:
    """Open the app in a browser.

    Each page that is opened has an app of its own, which ends with it. Ctrl-C ends them all.
    """
    try:
        from tui_nn.cli.web_server import WebServer
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "tui_nn":
            raise
        raise UserError("serve needs the extra `web`, which is not installed: pip install 'tui-nn[web]'") from None
    if target:
        from tui_nn.lessons.problem import Settings, find

        find(target, Settings({}))  # what is wrong with it is said here, and not on each page
    loopback = is_loopback(host)
    if not loopback:
        say(
            f"warning: {host} is not this machine alone: whoever can reach it can use the app, and read and write "
            "files with it as you can; nobody is asked for a password"
        )
    code = WebServer(host, port, target, fps, loopback=loopback, say=None if quiet else say).run()
    raise typer.Exit(code)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address, or a name that always stands for one."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
