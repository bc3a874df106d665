"""Gateways for tests."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from openai import AsyncOpenAI

from liteagent.agents.spec import AgentSpec
from liteagent.gateway import GatewaySettings
from liteagent.testing import ScriptedModel
from liteagent.testing.runtime import AgentRig
from liteagent.testing.sink import Sink
from tests.gateway.door import UNLIMITED, Door, MakeDoor, script


@pytest.fixture
def make_door() -> MakeDoor:
    """Gateways other than the usual one: fields of `AgentSpec`, and `settings`."""

    @asynccontextmanager
    async def make(
        settings: GatewaySettings = UNLIMITED,
        model: ScriptedModel | None = None,
        agents: Sequence[AgentSpec] | None = None,
        app: Mapping[str, Any] | None = None,
        **agent: Any,
    ) -> AsyncGenerator[Door, None]:
        sink = Sink()
        tools = [sink.tool("restart", approval="always"), sink.tool("look", effect="pure")]
        async with AgentRig(model or script(), tools, sink=sink, agents=agents, **agent) as rig:
            door = Door(rig, settings, **(app or {}))
            await door.open()
            yield door

    return make


@pytest.fixture
async def door(make_door: MakeDoor) -> AsyncGenerator[Door, None]:
    async with make_door() as door:
        yield door


@pytest.fixture
async def http(door: Door) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with door.http() as http:
        yield http


@pytest.fixture
async def client(door: Door) -> AsyncGenerator[AsyncOpenAI, None]:
    """OpenAI's own client, at the usual gateway."""
    async with door.served() as address, door.openai(address, max_retries=0) as client:
        yield client
