"""Agents whose sessions are shown on a chat platform in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager, suppress
from typing import Any

from liteagent.agents.inbox import ApprovalInbox
from liteagent.chat.bindings import Binding, Bindings
from liteagent.chat.budget import Budget
from liteagent.chat.cards.buttons import Buttons
from liteagent.chat.cards.draw import Cards
from liteagent.chat.followers import Followers
from liteagent.chat.places import Place
from liteagent.chat.posts import Posts
from liteagent.testing.chat import LIMITS, FakeChat
from liteagent.testing.runtime import ANN, AgentRig

CONVERSATION = "T1:C1:1"
SESSION_ID = CONVERSATION
PLACE = Place(team="T1", channel="C1", thread="1")
APPROVALS = Place(team="T1", channel="C9")


class Marks:
    """Remembers which turns it was told of."""

    def __init__(self) -> None:
        self.begun_turns: list[str] = []

    async def begun(self, turn_id: str) -> None:
        self.begun_turns.append(turn_id)


class ChatWorld:
    """One conversation on a platform, its session, and a service that can be killed."""

    def __init__(
        self,
        rig: AgentRig,
        chat: FakeChat,
        *,
        approvals: Place | None = None,
        others_live: bool = False,
    ) -> None:
        """`others_live`: other services may be at work too."""
        self.rig, self.chat, self.marks = rig, chat, Marks()
        self._approvals, self._others_live = approvals, others_live
        self._service: asyncio.Task[None] | None = None
        self.lives, self.is_dead = 0, False
        self.gone: set[str] = set()
        """Names of services that are known to be gone, where others may be at work too."""

    async def start(self) -> None:
        """Put a service on the journal and the platform."""
        self.lives, self.is_dead = self.lives + 1, False
        bindings = Bindings(self.rig.journal, self.chat.name)
        self.binding = await bindings.bind(
            CONVERSATION,
            agent="agent",
            place=PLACE,
            person_id="U1",
            since="",
            ts=self.rig.clock.now(),
        )
        posts = Posts(self.rig.journal, self.chat, Budget(self.chat.limits, self.rig.clock))
        self.posts = posts
        self.followers = Followers(
            self.rig.runtime,
            posts,
            bindings,
            Cards(ApprovalInbox(self.rig.runtime), Buttons("slack", b"0" * 32)),
            self.marks,
            clock=self.rig.clock,
            approvals=self._approvals,
            liveness=_Process(self.name, self.gone, others_live=self._others_live),
        )
        self._service = asyncio.create_task(self.followers.run())

    @property
    def name(self) -> str:
        """The service's process."""
        return f"process-{self.lives}"

    async def say(self, text: str, *, follow: bool = True) -> None:
        """Somebody says this, and it is handed on."""
        await self.rig.sessions.send(SESSION_ID, text, principal=ANN, create_with="agent")
        if follow:
            self.followers.follow(self.binding)
        await self.rig.settle()

    def die(self) -> None:
        """Kill the service where it stands."""
        self.is_dead = True
        if self._service is not None:
            self._service.cancel()

    async def restart(self) -> None:
        """Another one after it."""
        await self.stop()
        await self.start()

    async def stop(self) -> None:
        if self._service is not None:
            self._service.cancel()
            with suppress(asyncio.CancelledError):
                await self._service

    @property
    def texts(self) -> list[str]:
        """What the conversation shows."""
        return [message.text for message in self.chat.visible(PLACE)]


class _Process:
    """A name; those of other names are gone, unless they may live."""

    def __init__(self, name: str, gone: Set[str], *, others_live: bool) -> None:
        self.name, self._gone, self._others_live = name, gone, others_live

    def is_gone(self, name: str) -> bool:
        return name in self._gone or (name != self.name and not self._others_live)


@asynccontextmanager
async def chat_world(
    rig: AgentRig,
    *,
    approvals: Place | None = None,
    others_live: bool = False,
    kind: type[FakeChat] = FakeChat,
    **chat: Any,
) -> AsyncIterator[ChatWorld]:
    """A rig that is started, a platform by its clock, and a service."""
    async with rig:
        fake = kind(clock=rig.clock, **chat)
        world = ChatWorld(rig, fake, approvals=approvals, others_live=others_live)
        await world.start()
        try:
            yield world
        finally:
            await world.stop()


__all__ = ["APPROVALS", "LIMITS", "PLACE", "SESSION_ID", "Binding", "ChatWorld", "chat_world"]
