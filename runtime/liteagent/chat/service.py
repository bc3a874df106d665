"""The chat core over one account: what comes in, what is decided, what goes out."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Self

from liteagent.agents import Sessions
from liteagent.agents.chat_settings import ChatSettings
from liteagent.chat.account import Account
from liteagent.chat.bindings import Binding
from liteagent.chat.door import ChatDoor
from liteagent.chat.inbound import Inbound, Said
from liteagent.chat.inbox import PAGE, ChatInbox, Pending
from liteagent.chat.lanes import Lanes
from liteagent.chat.messages import Messages
from liteagent.chat.platform import Platform
from liteagent.chat.worker import Worker
from liteagent.clock import Clock, SystemClock
from liteagent.errors import JournalError

log = logging.getLogger(__name__)

SETTLE_SECONDS = 0.25
"""A message is handed on once it is this old: deliveries may change places."""
LOOK_SECONDS = 0.25
"""Between two looks for what other processes received."""
AWAY_SECONDS = 2.0
"""Until the next look when the journal is away."""
CLOSE_SECONDS = 10.0
"""What is being handled may end within this time when the service closes."""


class ChatService:
    """Serves one account: `async with ChatService(…) as chat:`, then `chat.receive(item)` for
    whatever comes in. Any number may serve an account, one should.
    """

    def __init__(
        self,
        platform: Platform,
        sessions: Sessions,
        *,
        default_agent: str,
        settings: ChatSettings | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`default_agent` answers where the settings name nobody."""
        self._clock = clock or SystemClock()
        self.account = Account(
            platform,
            sessions,
            default_agent=default_agent,
            settings=settings or ChatSettings(),
            clock=self._clock,
        )
        self.inbox = ChatInbox(self.account.journal, platform.name)
        self.door = ChatDoor(
            self.account.journal, platform.name, self._clock, arrived=self._arrived
        )
        self._messages = Messages(self.account, follow=self._follow)
        worker = Worker(self.inbox, self._handle, self._gave_up, clock=self._clock)
        self._said = Lanes(worker.work, clock=self._clock, settle=SETTLE_SECONDS)
        self._other = Lanes(worker.work, clock=self._clock)
        self._tasks: list[asyncio.Task[None]] = []

    async def receive(self, item: Inbound) -> None:
        """Store what came in; only then may the platform be told that it arrived. Raises
        `JournalUnavailableError`: nothing is stored, and the platform must send it again.
        """
        await self.door.receive(item)

    def reconnected(self) -> None:
        """Events may have been missed: look back."""

    async def run(self) -> None:
        """Serve until cancelled."""
        async with self:
            await asyncio.gather(*self._tasks)

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._look())]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let what is being handled end; the rest is handled when somebody serves again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self._said.close(CLOSE_SECONDS), self._other.close(CLOSE_SECONDS))

    def _follow(self, binding: Binding) -> None:
        pass

    # -- what comes in

    def _arrived(self, pending: Pending) -> None:
        item = pending.item
        if isinstance(item, Said):
            self._said.put(item.conversation, item.order, pending)
        else:  # a click waits for no message
            self._other.put(item.id, "", pending)

    async def _look(self) -> None:
        after = ""
        while True:
            seconds = LOOK_SECONDS
            try:
                page = await self.inbox.page(after, self._clock.now())
            except JournalError as error:
                log.warning("The inbox cannot be read, and is tried again: %s", error)
                page, seconds = (), AWAY_SECONDS
            for pending in page:
                self._arrived(pending)
            after = page[-1].id if len(page) == PAGE else ""
            await self._clock.sleep(seconds)

    async def _handle(self, item: Inbound) -> None:
        if isinstance(item, Said):
            await self._messages.handle(item)

    async def _gave_up(self, item: Inbound) -> None:
        text = "Something went wrong over this, and I gave it up; whoever runs me can see why."
        await self.account.tell(item.place, item.person, text)
