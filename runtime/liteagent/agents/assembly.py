"""Where the concrete collaborators of the agent core are chosen, in one place."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liteagent.agents.env import AgentDirectory, Environment
from liteagent.agents.event_hooks import EventHooks
from liteagent.agents.session import SessionKind
from liteagent.clock import Clock, SystemClock
from liteagent.errors import ProviderConfigurationError
from liteagent.ids import Ids, RandomIds
from liteagent.kernel import Kind
from liteagent.models import ModelHealth, ModelRegistry
from liteagent.plugins import PluginHost
from liteagent.tools import LocalToolRunner, ToolRegistry, ToolRunner

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """What one process needs to run agents. `close` lets go of the providers' connections."""

    agents: AgentDirectory
    plugins: PluginHost
    tools: ToolRegistry
    models: ModelRegistry
    runner: ToolRunner
    kinds: Sequence[Kind[Any]]
    events: EventHooks
    """The plugins that watch; an observer for the host that runs the kinds."""

    async def close(self) -> None:
        await self.events.close()
        await self.models.close()
        await self.runner.close()


async def assemble(
    agents: AgentDirectory,
    plugins: PluginHost,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    runner: ToolRunner | None = None,
) -> Assembly:
    """Take in what the plugins offer and build the kinds of entity that run on it."""
    clock = clock or SystemClock()
    tools, models = ToolRegistry(), ModelRegistry()
    for error in tools.register_all(await plugins.collect("register_tools")):
        log.warning("%s", error)
    for provider, origin in await plugins.collect("register_models"):
        try:
            models.register(provider, origin)
        except ProviderConfigurationError as error:
            log.warning("%s", error)
    runner = runner or LocalToolRunner(clock=clock)
    env = Environment(
        agents=agents,
        tools=tools,
        models=models,
        health=ModelHealth(clock),
        ids=ids or RandomIds(),
        lifecycle=plugins.lifecycle,
    )
    return Assembly(
        agents=agents,
        plugins=plugins,
        tools=tools,
        models=models,
        runner=runner,
        kinds=(SessionKind(env, runner, clock),),
        events=EventHooks(plugins.lifecycle),
    )
