"""The chat core over the accounts of this configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from liteagent.agents import AgentDirectory, Sessions
from liteagent.agents.chat_settings import ChatSettings
from liteagent.agents.configuration import Configuration
from liteagent.chat.adapter import (
    Adapter,
    AdapterParts,
    Chat,
    RunningAdapter,
    collect_adapters,
    is_wanted,
)
from liteagent.chat.platform import Platform
from liteagent.chat.service import ChatService
from liteagent.clock import SystemClock
from liteagent.errors import ConfigurationError, NotFoundError
from liteagent.journal import NO_CRASH, CrashPoints
from liteagent.kernel import Runtime
from liteagent.plugins import PluginHost
from liteagent.tools import ToolRegistry

if TYPE_CHECKING:
    from liteagent.cluster import Attendant, AttendantParts, Attendants
    from liteagent.events import Json


async def find_adapter(plugins: PluginHost, name: str, environ: Mapping[str, str]) -> Adapter:
    """The adapter of this name. Raises `NotFoundError` with the near misses, and
    `ConfigurationError` with what it lacks.
    """
    adapters = await collect_adapters(plugins)
    if name not in adapters:
        raise AdapterNotFoundError(name, adapters)
    if lack := adapters[name].lacks(environ):
        raise ConfigurationError(lack)
    return adapters[name]


class AdapterNotFoundError(NotFoundError):
    """No plugin brings this chat platform."""

    error_code = "ADAPTER_NOT_FOUND"
    what = "adapter"


async def wanted_adapters(plugins: PluginHost) -> list[Adapter]:
    """Those whose tokens are set."""
    adapters = await collect_adapters(plugins)
    return [adapter for adapter in adapters.values() if is_wanted(adapter, os.environ)]


async def attendants(plugins: PluginHost) -> Attendants:
    """The chat platforms that a cluster serves: those whose tokens are set."""
    from liteagent.cluster import Attendants

    names = [adapter.name for adapter in await wanted_adapters(plugins)]
    return Attendants(build=build_attendant, names=names)


async def running_adapter(
    adapter: Adapter,
    runtime: Runtime,
    agents: AgentDirectory,
    configuration: Configuration,
    plugins: PluginHost,
    environ: Mapping[str, str],
    *,
    agent: str | None = None,
    crash: CrashPoints = NO_CRASH,
) -> RunningAdapter:
    """An adapter over a runtime; `agent` answers wherever no channel has one of its own.

    Raises `AgentNotFoundError`, `ConfigurationError`.
    """
    default = agents.get(agent) if agent else configuration.default_agent(configuration.agents())
    parts = await adapter_parts(runtime, agents, configuration, plugins, environ)
    if agent is not None:
        parts = replace(parts, settings=_answered_by(agent, adapter.name, parts.settings))

    def connect(platform: Platform) -> Chat:
        return ChatService(
            platform,
            Sessions(runtime, agents),
            default_agent=default.name,
            settings=parts.settings,
            find_tool=parts.find_tool,
            clock=parts.clock,
            crash=crash,
        )

    return adapter.build(parts, connect)


async def adapter_parts(
    runtime: Runtime,
    agents: AgentDirectory,
    configuration: Configuration,
    plugins: PluginHost,
    environ: Mapping[str, str],
) -> AdapterParts:
    """What adapters are built over, in their own processes and in a gateway's."""
    tools = ToolRegistry()
    tools.register_all(await plugins.collect("register_tools"))  # hosts tell what is wrong there
    return AdapterParts(
        runtime=runtime,
        agents=agents,
        clock=SystemClock(),
        environ=environ,
        settings=configuration.chat(),
        find_tool=tools.find,
    )


def _answered_by(agent: str, platform: str, settings: ChatSettings) -> ChatSettings:
    """The settings, with another agent to answer on this platform."""
    answering = settings.of(platform).model_copy(update={"agent": agent})
    return settings.model_copy(update={platform: answering})


async def build_attendant(name: str, parts: AttendantParts) -> Attendant:
    """The adapter `name` in an actor of a cluster. Pickled by its name."""
    node = parts.node
    plugins = await node.plugins()
    adapter = await find_adapter(plugins, name, os.environ)
    return ClusterAdapter(
        await running_adapter(
            adapter, parts.runtime, node.agents, node.configuration, plugins, os.environ
        )
    )


class ClusterAdapter:
    """An `Attendant`."""

    def __init__(self, running: RunningAdapter) -> None:
        self._running = running

    async def run(self) -> None:
        """Serve until cancelled."""
        await self._running.run()

    def health(self) -> Mapping[str, Json]:
        health = self._running.health()
        return {"connected": health.connected, "text": health.text, **health.details}
