"""Where a platform's adapter hands in what came: stored before anybody is told that it arrived."""

from __future__ import annotations

from collections.abc import Callable

from liteagent.chat.inbound import Inbound
from liteagent.chat.inbox import CLAIM_SECONDS, ChatInbox, Pending
from liteagent.clock import Clock, SystemClock
from liteagent.journal import NO_CRASH, CrashPoints, Journal


class ChatDoor:
    """Takes items in for one platform. It needs the journal alone, so that a process which does
    not handle anything, an HTTP gateway, may have one: whoever handles them looks for them.
    """

    def __init__(
        self,
        journal: Journal,
        platform_name: str,
        clock: Clock | None = None,
        *,
        arrived: Callable[[Pending], None] | None = None,
        by: str = "",
        crash: CrashPoints = NO_CRASH,
    ) -> None:
        """`arrived` is told of every item that is new, once it is stored. `by`: the process that
        handles what it takes in; without one whoever finds it first does.
        """
        self._inbox = ChatInbox(journal, platform_name)
        self._clock = clock or SystemClock()
        self._arrived, self._by, self._crash = arrived, by, crash

    async def receive(self, item: Inbound) -> bool:
        """Store an item; False when it had come before. Only then tell the platform that it
        arrived.

        Raises `JournalUnavailableError`: nothing is stored, and the platform must send it again.
        """
        if await self._inbox.is_seen(item.id):
            return False
        self._crash.reach("inbound.before-intent")
        now = self._clock.now()
        until = now + CLAIM_SECONDS if self._by else 0.0
        pending = await self._inbox.put(item, now, by=self._by, until=until)
        if pending is None:
            return False
        self._crash.reach("inbound.after-intent")
        if self._arrived is not None:
            self._arrived(pending)
        return True
