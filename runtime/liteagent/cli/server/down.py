"""The command `down`."""

from __future__ import annotations

from typing import Annotated

import typer

from liteagent.cli.failures import FAILED
from liteagent.cli.output import err, out
from liteagent.cli.server.running import find_running
from liteagent.config import load_settings


def down(
    timeout: Annotated[float, typer.Option(min=0, help="Seconds to wait for its end.")] = 60.0,
) -> None:
    """Stop the server that runs over this data directory: it drains, and this waits for it."""
    import psutil

    server = find_running(load_settings().home)
    process = server.process() if server else None
    if server is None or process is None:
        out().line("No server runs over this data directory.")
        return
    err().line(f"Stopping the server at {server.url} (process {server.pid}) …", "dim")
    process.terminate()
    try:
        process.wait(timeout)
    except psutil.TimeoutExpired as error:
        err().line(
            f"Process {server.pid} still drains after {timeout:g} s; look again with"
            " `liteagent status`.",
            "red",
        )
        raise typer.Exit(FAILED) from error
    out().line("It has stopped.")
