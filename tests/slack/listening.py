"""The adapter before a chat core that only remembers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from liteagent.agents import Agents
from liteagent.chat.adapter import AdapterParts
from liteagent.chat.inbound import Inbound
from liteagent.chat.platform import Platform
from liteagent.clock import SystemClock
from liteagent.errors import JournalUnavailableError
from liteagent.testing.runtime import AgentRig
from liteagent.testing.slack import FakeSlack
from liteagent_slack.running import SlackRunning
from liteagent_slack.settings import SlackSettings
from liteagent_slack.socket import PING_SECONDS

QUICK_PING = 0.5
"""Seconds, for tests of sockets that break: so soon another one is looked for. A socket counts as
dead after four pings, and what a person did meanwhile is lost: elsewhere no slow machine may come
to that.
"""


@dataclass
class Listener:
    """A `Chat` that remembers what it is handed, and is away as often as it is told."""

    items: list[Inbound] = field(default_factory=list[Inbound])
    connections: int = 0
    away: int = 0

    async def receive(self, item: Inbound) -> None:
        if self.away:
            self.away -= 1
            raise JournalUnavailableError("The disk is full.")
        self.items.append(item)

    def reconnected(self) -> None:
        self.connections += 1

    async def run(self) -> None:
        await asyncio.Event().wait()


def parts(rig: AgentRig) -> AdapterParts:
    """What an adapter is built over, around a rig."""
    return AdapterParts(runtime=rig.runtime, agents=Agents([]), clock=SystemClock(), environ={})


@asynccontextmanager
async def listening(
    slack: FakeSlack,
    settings: SlackSettings,
    rig: AgentRig,
    chat: Listener,
    *,
    ping_seconds: float = PING_SECONDS,
) -> AsyncGenerator[SlackRunning, None]:
    """The adapter, once its socket is open."""

    def connect(platform: Platform) -> Listener:
        return chat

    running = SlackRunning(settings, parts(rig), connect, ping_seconds=ping_seconds)
    task = asyncio.create_task(running.run())
    try:
        await slack.until(lambda: chat.connections > 0 or task.done())
        if task.done():
            await task
        yield running
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
