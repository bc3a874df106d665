"""Where what came in is taken from the inbox and handled, lane by lane."""

from __future__ import annotations

import asyncio
from collections.abc import Set

from liteagent.chat.forgetting import PAGE, keep_forgetting
from liteagent.chat.inbound import Said
from liteagent.chat.inbox import CLAIM_SECONDS, SEEN_SECONDS, ChatInbox, Pending
from liteagent.chat.lanes import Lanes, Work
from liteagent.clock import Clock
from liteagent.kernel import Liveness

SETTLE_SECONDS = 0.25
"""A message is handed on once it is this old: deliveries may change places."""
LOOK_SECONDS = 0.25
"""Between two looks for what other processes received."""
MOST_SKEW = 60.0
"""By which another process's clock may be ahead of ours; one further ahead is not obeyed."""
CLOSE_SECONDS = 10.0
"""What is being handled may end within this time when the intake closes."""


class Intake:
    """Takes items to `work`: messages one after the other in each conversation, and clicks, forms
    and commands beside them, each for itself. Of several processes one handles each item.
    """

    def __init__(self, inbox: ChatInbox, work: Work, clock: Clock, liveness: Liveness) -> None:
        self._inbox, self._clock, self._liveness = inbox, clock, liveness
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
        """Take what is in the inbox, whoever put it there, until cancelled; what another process
        handles is left to it while it lives. Raises `JournalUnavailableError`.
        """
        after = ""
        while True:
            page = await self._inbox.page(after, self._clock.now())
            names = {pending.by for pending in page} - {"", self._liveness.name}
            gone = {name for name in names if self._liveness.is_gone(name)}
            for pending in page:
                mine = await self._claimed(pending, gone)
                if mine is not None:
                    self.put(mine)
            after = page[-1].id if len(page) == PAGE else ""
            await self._clock.sleep(LOOK_SECONDS)

    async def _claimed(self, pending: Pending, gone: Set[str]) -> Pending | None:
        """The item, if it is ours to handle; None when it is another process's."""
        now, me = self._clock.now(), self._liveness.name
        if pending.by == me and pending.until > now + CLAIM_SECONDS / 2:
            return pending
        is_theirs = pending.by not in ("", me, *gone)
        if is_theirs and now < pending.until < now + CLAIM_SECONDS + MOST_SKEW:
            return None
        return await self._inbox.claim(pending, by=me, until=now + CLAIM_SECONDS)

    async def forget(self) -> None:
        """Forget what was handled long ago, slowly, until cancelled. Raises
        `JournalUnavailableError`.
        """
        await keep_forgetting(self._inbox.forget, SEEN_SECONDS, self._clock)

    async def close(self) -> None:
        """Let what is being handled end; the rest stays in the inbox."""
        await asyncio.gather(self._messages.close(CLOSE_SECONDS), self._others.close(CLOSE_SECONDS))
