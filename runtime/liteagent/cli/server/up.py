"""The command `up`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liteagent.cli import options
from liteagent.cli.failures import INTERRUPTED
from liteagent.cli.output import err, out
from liteagent.cli.server.adapters import keep_telling, tell_of_adapters
from liteagent.cli.server.alone import alone
from liteagent.cli.server.predecessor import await_its_end
from liteagent.cli.server.running import find_running, forget, remember, this_process
from liteagent.cli.server.stopping import Stopping
from liteagent.cli.server.welcome import welcome
from liteagent.clock import SystemClock
from liteagent.config import Settings, load_settings
from liteagent.errors import ConflictError

if TYPE_CHECKING:
    from liteagent.cluster import Cluster, ClusterConfig, Stage


def up(
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 for every one.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    config: options.Config = None,
    address: Annotated[
        str | None,
        typer.Option(metavar="RAY", help="A Ray cluster to join (auto, or host:port)."),
    ] = None,
) -> None:
    """Start the whole runtime: Ray, hosts, HTTP. Stays in the foreground; Ctrl-C drains it."""
    settings = load_settings()
    running = find_running(settings.home)
    if running is not None:
        raise ConflictError(
            f"A server runs over {settings.home} already, at {running.url} (process"
            f" {running.pid}): stop it with `liteagent down`, or set LITEAGENT_HOME elsewhere."
        )
    with alone(settings.home):
        await_its_end(settings.home, port)
        asyncio.run(_up(settings, _cluster_config(host, port, config, address)))


def _cluster_config(
    host: str, port: int, folder: Path | None, address: str | None
) -> ClusterConfig:
    from liteagent.cli.adapter.chats import attendants
    from liteagent.cli.server.http import build_gateway
    from liteagent.cluster import ClusterConfig, NodeConfig

    node = NodeConfig.read(os.environ, folder)
    return ClusterConfig(
        node=node,
        build=build_gateway,
        host=host,
        port=port,
        attendants=attendants,
        address=address,
    )


async def _up(settings: Settings, config: ClusterConfig) -> None:
    from liteagent.cli.server.progress import Progress
    from liteagent.cluster import start

    notes, stopping = err(), Stopping(asyncio.get_running_loop())
    with Progress(notes) as progress:

        def on_stage(stage: Stage) -> None:
            progress(stage)
            stopping.listen()

        cluster = await stopping.unless_asked(start(config, on_stage))
    if cluster is None:
        notes.line("Stopped before it was up.")
        raise typer.Exit(INTERRUPTED)
    server = this_process(str(cluster.url), cluster.ray_address)
    try:
        key = await _admin_key(settings, cluster)
        remember(settings.home, server)
        await tell_of_adapters(cluster, notes)
        welcome(out(), server.url, cluster.node.agents, key)
        telling = asyncio.create_task(keep_telling(cluster, notes))
        try:
            await stopping.asked()
        finally:
            telling.cancel()
        notes.line("\nDraining: what runs may end. Ctrl-C again cuts it short.", "dim")
    finally:
        await cluster.drain()
        forget(settings.home, server)
    notes.line("Stopped.")


async def _admin_key(settings: Settings, cluster: Cluster) -> str | None:
    """The admin's key when it was made just now."""
    from liteagent.security import ApiKeys

    chosen = settings.admin_key
    keys = ApiKeys(cluster.node.journal, SystemClock())
    return await keys.ensure_admin(chosen.get_secret_value() if chosen else None)
