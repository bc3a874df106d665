"""What the benchmarks put together: sessions over a journal, with nothing in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from liteagent.agents.env import Agents, Environment
from liteagent.agents.session import SessionKind
from liteagent.agents.sessions import Sessions
from liteagent.agents.spec import AgentSpec
from liteagent.clock import SystemClock
from liteagent.ids import RandomIds
from liteagent.journal import NO_CRASH, CrashPoints, Journal
from liteagent.kernel import LocalRuntime
from liteagent.kernel.surroundings import Observer
from liteagent.models import ModelHealth, ModelRegistry, Provider
from liteagent.plugins import PluginHost, Selection
from liteagent.tools import LocalToolRunner, ToolRegistry


@asynccontextmanager
async def sessions_over(
    journal: Journal,
    spec: AgentSpec,
    model: Provider,
    tools: Sequence[Any] = (),
    *,
    crash: CrashPoints = NO_CRASH,
    observers: Sequence[Observer] = (),
) -> AsyncIterator[Sessions]:
    """Sessions of one agent in this process."""
    clock, registry, models = SystemClock(), ToolRegistry(), ModelRegistry()
    models.register(model)
    for tool in tools:
        registry.register(tool)
    env = Environment(
        agents=Agents([spec]),
        tools=registry,
        models=models,
        health=ModelHealth(clock),
        ids=RandomIds(),
        lifecycle=PluginHost.build(Selection(allow=frozenset())).lifecycle,
    )
    kind = SessionKind(env, LocalToolRunner(), clock)
    async with LocalRuntime(journal, [kind], crash=crash, observers=observers) as runtime:
        yield Sessions(runtime, env.agents)
