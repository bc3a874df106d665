"""The command `down`."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from typing import Annotated

import typer

from liteagent.cli.failures import FAILED
from liteagent.cli.output import err, out
from liteagent.cli.server.running import RunningServer, find_running
from liteagent.config import load_settings

LOOK_EVERY = 0.1


def down(
    timeout: Annotated[float, typer.Option(min=0, help="Seconds to wait for its end.")] = 60.0,
    address: Annotated[
        str | None,
        typer.Option(
            metavar="RAY", help="What an `up --address` that is gone left on this Ray cluster."
        ),
    ] = None,
) -> None:
    """Stop the server that runs over this data directory: it drains, and this waits for it."""
    if address is not None:
        asyncio.run(_drain(address))
        out().line("It has stopped.")
        return
    server = find_running(load_settings().home)
    if server is None:
        out().line("No server runs over this data directory.")
        return
    err().line(f"Stopping the server at {server.url} (process {server.pid}) …", "dim")
    with suppress(ProcessLookupError):
        os.kill(server.pid, signal.SIGTERM)
    if not _ends(server, timeout):
        err().line(
            f"Process {server.pid} still drains after {timeout:g} s; look again with"
            " `liteagent status`.",
            "red",
        )
        raise typer.Exit(FAILED)
    out().line("It has stopped.")


async def _drain(address: str) -> None:
    from liteagent.cli.server.http import build_gateway
    from liteagent.cluster import ClusterConfig, NodeConfig, attach

    node = NodeConfig.read(os.environ)
    cluster = await attach(ClusterConfig(node=node, build=build_gateway, address=address))
    await cluster.drain()


def _ends(server: RunningServer, timeout: float) -> bool:
    """Whether the process, which is nobody's child here, ends in time."""
    until = time.monotonic() + timeout
    while server.is_alive:
        if time.monotonic() >= until:
            return False
        time.sleep(LOOK_EVERY)
    return True
