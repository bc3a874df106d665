"""A chat service over a platform in memory and an agent without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from liteagent.agents.chat_settings import ChatSettings
from liteagent.chat.adapter import find_no_tool
from liteagent.chat.inbound import Commanded, Inbound
from liteagent.chat.inbox import ChatInbox
from liteagent.chat.offers import FindTool
from liteagent.chat.places import Person, PersonKind, Place
from liteagent.chat.service import ChatService
from liteagent.errors import JournalUnavailableError
from liteagent.journal import MemoryJournal, Record
from liteagent.testing.chat import FakeChat
from liteagent.testing.runtime import AgentRig
from tests.fixtures.rigs import script

GUEST = Person(id="G1", team="T1", kind=PersonKind.GUEST)
STRANGER = Person(id="X1", team="T2", kind=PersonKind.EXTERNAL)
BOT = Person(id="B1", team="T1", kind=PersonKind.BOT)
WAIT_SECONDS = 240.0


class Mortal(MemoryJournal):
    """A journal that lets its process die at one of its writes of records."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self._at, self._after, self._die = 0, False, lambda: None

    def die_at(self, write: int, die: Callable[[], None], *, after: bool) -> None:
        """Die at this write from now on, before or after it is stored."""
        self.writes, self._at, self._after, self._die = 0, write, after, die

    async def put_record(
        self, collection: str, key: str, value: Mapping[str, Any], *, expected: int | None = None
    ) -> Record:
        self._step(after=False)
        record = await super().put_record(collection, key, value, expected=expected)
        self._step(after=True)
        return record

    async def delete_record(self, collection: str, key: str) -> bool:
        self._step(after=False)
        found = await super().delete_record(collection, key)
        self._step(after=True)
        return found

    def _step(self, *, after: bool) -> None:
        self.writes += not after
        if self.writes == self._at and after == self._after:
            self._at = 0
            self._die()
            raise JournalUnavailableError("The process died.")


class Points:
    """Crash points that only remember."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    def reach(self, name: str) -> None:
        self.reached.append(name)


class Desk:
    """A rig with a chat service in front of it; `settings` are those of Slack."""

    def __init__(
        self,
        rig: AgentRig | None = None,
        *,
        chat: FakeChat | None = None,
        people: dict[str, tuple[str, ...]] | None = None,
        find_tool: FindTool = find_no_tool,
        **settings: Any,
    ) -> None:
        self.rig = rig or AgentRig(script())
        self.chat = chat or FakeChat(clock=self.rig.clock)
        self.settings = ChatSettings.model_validate({"people": people or {}, "slack": settings})
        self._find_tool = find_tool
        self.points = Points()

    @property
    def inbox(self) -> ChatInbox:
        """What the journal holds, whoever serves."""
        return ChatInbox(self.rig.journal, self.chat.name)

    # -- coming and going

    async def __aenter__(self) -> Self:
        await self.rig.start()
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
        await self.rig.stop()

    async def open(self) -> None:
        """Begin to serve."""
        self.service = ChatService(
            self.chat,
            self.rig.sessions,
            default_agent="agent",
            settings=self.settings,
            find_tool=self._find_tool,
            clock=self.rig.clock,
            crash=self.points,
        )
        await self.service.__aenter__()

    async def close(self) -> None:
        """Serve no more; what hangs gets the time that it is given."""
        closing = asyncio.ensure_future(self.service.close())
        while not closing.done():
            await self.rig.clock.advance(1.0)
        await closing

    async def restart(self) -> None:
        """Let the process die, unless it has, and serve from another one."""
        self.rig.die()
        await self.close()
        await self.rig.restart()
        await self.open()
        await self.rig.settle()

    # -- what comes in

    async def receive(self, *items: Inbound, seconds: float = 1.0) -> None:
        """Hand items in, and let time pass until they are handled."""
        for item in items:
            await self.service.receive(item)
        await self.rig.advance(seconds)

    async def deliver(self, item: Inbound) -> None:
        """As a platform does: what was not taken is sent again once the process is there again."""
        with suppress(JournalUnavailableError):
            await self.receive(item)
        if self.rig.is_dead:
            await self.restart()
            await self.receive(item)

    async def says(self, text: str, **more: Any) -> None:
        """Somebody says this, and it is delivered."""
        await self.receive(self.chat.says(text, **more))

    async def commands(self, text: str, *, by: str = "U1", **more: Any) -> None:
        """Somebody uses the slash command."""
        place = Place(team="T1", channel="C1")
        fields: dict[str, Any] = {"conversation": "T1:C1", "place": place, "handle": "h"} | more
        item = Commanded(
            id=f"command-{len(self.chat.told)}-{text}",
            text=text,
            person=Person(id=by, team="T1"),
            ts=self.rig.clock.now(),
            **fields,
        )
        await self.receive(item)

    # -- looking

    async def heard(self, session: str = "T1:C1:1") -> list[str]:
        """What a session was sent, in order."""
        return [data["text"] for data in await self.rig.of_type(session, "message.received")]

    @property
    def told(self) -> list[str]:
        """What people were told alone, in order."""
        return [told.text for told in self.chat.told]

    async def problems(self) -> list[str]:
        """The errors of what was set aside."""
        return [problem.error async for problem in self.inbox.problems()]

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Let time pass until this is so."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not await condition():
                await self.rig.clock.advance(0.25)
