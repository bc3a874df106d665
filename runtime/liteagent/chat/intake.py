"""Where what came in is taken from the inbox and handled, lane by lane."""

from __future__ import annotations

import asyncio

from liteagent.chat.inbound import Said
from liteagent.chat.inbox import PAGE, SEEN_SECONDS, ChatInbox, Pending
from liteagent.chat.lanes import Lanes, Work
from liteagent.clock import Clock

SETTLE_SECONDS = 0.25
"""A message is handed on once it is this old: deliveries may change places."""
LOOK_SECONDS = 0.25
"""Between two looks for what other processes received."""
CLOSE_SECONDS = 10.0
"""What is being handled may end within this time when the intake closes."""
FORGET_SECONDS = 10.0
"""Between two pages of identities that are looked through for old ones …"""
REST_SECONDS = 3600.0
"""… and after the last one."""


class Intake:
    """Takes items to `work`: messages one after the other in each conversation, and clicks, forms
    and commands beside them, each for itself.
    """

    def __init__(self, inbox: ChatInbox, work: Work, clock: Clock) -> None:
        self._inbox, self._clock = inbox, clock
        self._messages = Lanes(work, clock=clock, settle=SETTLE_SECONDS)
        self._others = Lanes(work, clock=clock)

    def put(self, pending: Pending) -> None:
        """Take an item that is in the inbox."""
        item = pending.item
        if isinstance(item, Said):
            self._messages.put(item.conversation, item.order, pending)
        else:
            self._others.put(item.id, "", pending)

    @property
    def open_lanes(self) -> int:
        """How many conversations, clicks, forms and commands are being handled or wait."""
        return self._messages.open_lanes + self._others.open_lanes

    async def look(self) -> None:
        """Take what is in the inbox, whoever put it there, until cancelled. Raises
        `JournalUnavailableError`.
        """
        after = ""
        while True:
            page = await self._inbox.page(after, self._clock.now())
            for pending in page:
                self.put(pending)
            after = page[-1].id if len(page) == PAGE else ""
            await self._clock.sleep(LOOK_SECONDS)

    async def forget(self) -> None:
        """Forget what was handled long ago, slowly, until cancelled. Raises
        `JournalUnavailableError`.
        """
        after = ""
        while True:
            after = await self._inbox.forget(after, self._clock.now() - SEEN_SECONDS)
            await self._clock.sleep(FORGET_SECONDS if after else REST_SECONDS)

    async def close(self) -> None:
        """Let what is being handled end; the rest stays in the inbox."""
        await asyncio.gather(self._messages.close(CLOSE_SECONDS), self._others.close(CLOSE_SECONDS))
