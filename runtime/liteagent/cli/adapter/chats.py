"""The chat core over the accounts of this configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from liteagent.agents import AgentDirectory, Sessions
from liteagent.agents.chat_settings import ChatSettings
from liteagent.agents.configuration import Configuration
from liteagent.chat.adapter import (
    Adapter,
    AdapterParts,
    Chat,
    Connect,
    RunningAdapter,
    collect_adapters,
    is_wanted,
)
from liteagent.chat.platform import Platform
from liteagent.chat.service import ChatService
from liteagent.clock import SystemClock
from liteagent.errors import ConfigurationError, NotFoundError
from liteagent.kernel import Runtime
from liteagent.plugins import PluginHost

if TYPE_CHECKING:
    from liteagent.cluster import Attendant, AttendantParts, Attendants
    from liteagent.events import Json


async def find_adapter(plugins: PluginHost, name: str) -> Adapter:
    """The adapter of this name. Raises `NotFoundError` with the near misses, and
    `ConfigurationError` with what it lacks.
    """
    adapters = await collect_adapters(plugins)
    if name not in adapters:
        raise AdapterNotFoundError(name, adapters)
    if lack := adapters[name].lacks(os.environ):
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


def running_adapter(
    adapter: Adapter,
    runtime: Runtime,
    agents: AgentDirectory,
    configuration: Configuration,
    *,
    agent: str | None = None,
) -> RunningAdapter:
    """An adapter over a runtime; `agent` answers wherever no channel has one of its own.

    Raises `AgentNotFoundError`, `ConfigurationError`.
    """
    if agent is not None:
        agents.get(agent)
    parts = AdapterParts(
        runtime=runtime, agents=agents, clock=SystemClock(), environ=dict(os.environ)
    )
    return adapter.build(parts, _connecting(parts, configuration, agent))


def _connecting(parts: AdapterParts, configuration: Configuration, agent: str | None) -> Connect:
    default = agent or configuration.default_agent(configuration.agents()).name
    settings = configuration.chat()

    def connect(platform: Platform) -> Chat:
        chosen = settings if agent is None else _answered_by(agent, platform.name, settings)
        return ChatService(
            platform,
            Sessions(parts.runtime, parts.agents),
            default_agent=default,
            settings=chosen,
            clock=parts.clock,
        )

    return connect


def _answered_by(agent: str, platform: str, settings: ChatSettings) -> ChatSettings:
    """The settings, with another agent to answer on this platform."""
    answering = settings.of(platform).model_copy(update={"agent": agent})
    return settings.model_copy(update={platform: answering})


async def build_attendant(name: str, parts: AttendantParts) -> Attendant:
    """The adapter `name` in an actor of a cluster. Pickled by its name."""
    node = parts.node
    adapter = await find_adapter(await node.plugins(), name)
    return ClusterAdapter(running_adapter(adapter, parts.runtime, node.agents, node.configuration))


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
