"""Serving one chat platform in this process, until somebody stops it."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from liteagent.agents import AgentDirectory
from liteagent.agents.configuration import Configuration
from liteagent.chat.adapter import RunningAdapter
from liteagent.cli.adapter.chats import find_adapter, running_adapter
from liteagent.cli.doors.local import running_here
from liteagent.cli.loading import load_plugins
from liteagent.cli.output import Printer, err
from liteagent.cli.server.running import find_running
from liteagent.cli.server.stopping import Stopping
from liteagent.clock import SystemClock
from liteagent.errors import ConfigurationError
from liteagent.journal import from_environment, open_journal
from liteagent.kernel import Runtime

LOOK_SECONDS = 0.2
_NUMBER = re.compile(r"[0-9]+")


async def serve(
    platform: str, agent: str | None, configuration: Configuration, *, in_process: bool
) -> None:
    """Over the runtime of the server that runs here, or over one in this process."""
    notes, stopping = err(), Stopping(asyncio.get_running_loop())
    plugins = load_plugins(configuration)
    found = await find_adapter(plugins, platform, os.environ)
    where = _here(configuration) if in_process else _in_cluster(configuration)
    async with where as (runtime, agents):
        stopping.listen()
        running = await running_adapter(
            found,
            runtime,
            agents,
            configuration,
            plugins,
            os.environ,
            agent=agent,
            crash=from_environment(os.environ),
        )
        await stopping.unless_asked(_run(running, notes))
        notes.line("Stopping: what is under way goes on at the next start.", "dim")


async def _run(running: RunningAdapter, notes: Printer) -> None:
    """Until it ends; whenever its health changes, a person is told."""
    telling = asyncio.create_task(_tell(running, notes))
    try:
        await running.run()
    finally:
        telling.cancel()


async def _tell(running: RunningAdapter, notes: Printer) -> None:
    clock, told = SystemClock(), ""
    while True:
        health = running.health()
        news = _NUMBER.sub("", health.text)  # that a second went by is none
        if news != told:
            told = news
            notes.line(health.text, "green" if health.connected else "yellow")
        await clock.sleep(LOOK_SECONDS)


@asynccontextmanager
async def _here(
    configuration: Configuration,
) -> AsyncGenerator[tuple[Runtime, AgentDirectory]]:
    agents = configuration.agents()
    async with (
        await open_journal(configuration.settings.journal_url) as journal,
        running_here(configuration, agents, journal, recover=True) as runtime,
    ):
        yield runtime, agents


@asynccontextmanager
async def _in_cluster(
    configuration: Configuration,
) -> AsyncGenerator[tuple[Runtime, AgentDirectory]]:
    server = find_running(configuration.settings.home)
    if server is None:
        raise ConfigurationError(
            "No server runs over this data directory: start `liteagent up`, or run the agents in"
            " this process with --in-process."
        )
    from liteagent.cluster import ClusterConfig, NodeConfig, attach

    node = NodeConfig.read(os.environ, configuration.folders[0])
    cluster = await attach(ClusterConfig(node=node, address=server.ray))
    try:
        yield cluster.runtime, cluster.node.agents
    finally:
        await cluster.leave()
