"""Outboxes to test: over a rig, killed where a test wants it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from liteagent.agents.session import SESSION
from liteagent.ids import entity_id
from liteagent.kernel import Delivery, Outbox, Sender
from liteagent.testing.runtime import AgentRig
from tests.fixtures.rigs import script

KINDS = ("sender", "idempotent_sender", "finding_sender")


class Killed(BaseException):
    """The process died here."""


class DieAt:
    """Crash points of a process that dies at one of them."""

    def __init__(self, point: str = "") -> None:
        self.point = point
        self.reached: list[str] = []

    def reach(self, name: str) -> None:
        self.reached.append(name)
        if name == self.point:
            raise Killed


class Known:
    """A process of this name, among others that are gone if they are listed."""

    def __init__(self, name: str, gone: tuple[str, ...] = ()) -> None:
        self.name, self.gone = name, gone

    def is_gone(self, name: str) -> bool:
        return name in self.gone


@asynccontextmanager
async def conversation(*said: str, **more: Any) -> AsyncIterator[tuple[AgentRig, str]]:
    """A session in which somebody has said this, and the agent has answered with the same."""
    async with AgentRig(script({text: f"re {text}" for text in said}), **more) as rig:
        session = await rig.session()
        for text in said:
            await rig.say(session, text)
        yield rig, session


def outbox(rig: AgentRig, **more: Any) -> Outbox:
    return Outbox(rig.runtime, "chat", clock=rig.clock, **({"liveness": Known("one")} | more))


async def caught_up(box: Outbox, session: str, sender: Sender) -> list[Delivery]:
    async with aclosing(box.catch_up(entity_id(SESSION, session), sender)) as deliveries:
        return [delivery async for delivery in deliveries]


async def killed_at(point: str, rig: AgentRig, session: str, sender: Sender) -> None:
    """Deliver in a process that dies at this point."""
    box = outbox(rig, crash=DieAt(point), liveness=Known("dead"))
    with pytest.raises(Killed):
        await caught_up(box, session, sender)


def after_a_death(rig: AgentRig) -> Outbox:
    return outbox(rig, liveness=Known("one", gone=("dead",)))
