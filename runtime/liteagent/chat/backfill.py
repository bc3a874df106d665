"""Looks back for what was said while nobody listened."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from liteagent.agents import SESSION
from liteagent.chat.account import Account
from liteagent.chat.bindings import Binding
from liteagent.chat.inbound import Said
from liteagent.chat.watermarks import Watermarks
from liteagent.deadline import set_within
from liteagent.ids import split_entity
from liteagent.journal import HeadQuery
from liteagent.kernel import SendError
from liteagent.resilience import RetryConfig, backoff_delay

log = logging.getLogger(__name__)

OLDEST_SECONDS = 3 * 86400.0
"""What was said longer ago is not answered any more."""
QUIET_SECONDS = 30 * 86400.0
"""Conversations in which nothing happened for so long are not looked at after a start …"""
RECENT_SECONDS = 3 * 86400.0
"""… nor, after a reconnect, those in which nothing did for so long: a platform reconnects every
hour, and delivers again what nobody took meanwhile.
"""
MOST_CONVERSATIONS = 1000
"""Those that were used last go first."""
MOST_MESSAGES = 100
"""Of one conversation, and mentions that a platform tells of at a time."""
PAUSE_SECONDS = 1.25
"""Between two questions to the platform: Slack answers 50 a minute."""
MOST_TRIES = 4
RETRY_SECONDS = 5.0
MOST_WAITS = 20
"""One question is asked again as often when the platform says how long to wait: Slack, after every
50 channels that it looked for mentions in.
"""
OVERLAP_SECONDS = 120.0
"""Mentions are looked for from so long before the last moment at which we surely listened."""
AGAIN = RetryConfig(initial_delay=30.0, max_delay=600.0)
"""Until the next look when the platform did not answer."""
KEEP_SECONDS = 60.0
"""Between two notes of the time at which we listened."""
PAGE = 200

Receive = Callable[[Said], Awaitable[bool]]


@dataclass(slots=True)
class _Look:
    """How far the look at one conversation is."""

    binding: Binding
    after: str
    found: int = 0


class Backfill:
    """Asks the platform, conversation by conversation, for what came after what was handled, and
    hands it in at the same door, which knows what has been: nothing is answered twice.
    """

    def __init__(self, account: Account, receive: Receive) -> None:
        """`receive` is the door's; it says whether a message is new."""
        self._account, self._receive = account, receive
        self._watermarks = Watermarks(account.journal, account.name)
        self._asked = asyncio.Event()
        self._heard = self._remembered = 0.0
        self._is_caught_up = False
        """Whether all that came before the last delivery has come too."""
        self._is_complete = True
        """Whether the platform answered whatever this look asked it."""
        self._collection = f"chat-listening/{account.name}"

    def ask(self) -> None:
        """Something may have been missed."""
        self._is_caught_up = False
        self._asked.set()

    def heard(self, ts: float) -> None:
        """Something was delivered, so that we listened then."""
        self._heard = max(self._heard, ts)

    async def run(self) -> None:
        """Look back now, and whenever asked to; again after a while where that was not possible."""
        quiet, failures = QUIET_SECONDS, 0
        while True:
            self._asked.clear()
            self._is_complete = True
            began = self._account.clock.now()
            await self.look(quiet)
            if not self._is_complete:
                failures += 1
                pause = backoff_delay(failures, AGAIN)
                await set_within(self._asked, seconds=pause, clock=self._account.clock)
                continue
            quiet, failures = RECENT_SECONDS, 0
            self._is_caught_up = not self._asked.is_set()
            self.heard(began)
            await self._remember()
            await self._asked.wait()

    async def keep_time(self) -> None:
        """Keep the time at which we listened, now and then, until cancelled."""
        while True:
            await self._account.clock.sleep(KEEP_SECONDS)
            await self._remember()

    async def look(self, quiet: float = QUIET_SECONDS) -> int:
        """Look once at every conversation in which something happened within `quiet` seconds; how
        many messages were new.
        """
        began = self._account.clock.now()
        count = await self._mentions()
        todo = deque[_Look]()
        async for binding in self._bindings(began - quiet):
            if binding.created_at < began:  # of a younger one everything is delivered
                todo.append(_Look(binding, await self._after(binding)))
        while todo:
            look = todo.popleft()
            new = await self._look_at(look)
            count, look.found = count + new, look.found + new
            if look.found >= MOST_MESSAGES:
                log.warning(
                    "Only %d messages of %s are taken up", look.found, look.binding.conversation
                )
            elif new:
                todo.append(look)  # behind the others, so that none has to wait for a long one
        return count

    async def _remember(self) -> None:
        """Keep the time at which we surely listened last, unless something before it was missed."""
        if self._is_caught_up and self._heard != self._remembered:
            value = {"ts": self._heard}
            await self._account.journal.put_record(self._collection, "last", value)
            self._remembered = value["ts"]

    async def _mentions(self) -> int:
        """What was said to the agent elsewhere; nothing where nobody ever listened before."""
        record = await self._account.journal.get_record(self._collection, "last")
        if record is None:
            return 0
        last = max(record.value["ts"] - OVERLAP_SECONDS, self._oldest())
        count = 0
        while page := await self._mentions_since(last):
            count += await self._take(page)
            if len(page) < MOST_MESSAGES or page[-1].ts <= last:
                break
            last = page[-1].ts
        return count

    async def _mentions_since(self, ts: float) -> Sequence[Said]:
        ask = self._account.platform.missed_mentions
        return await self._ask_for(lambda: ask(ts))

    async def _look_at(self, look: _Look) -> int:
        binding, ask = look.binding, self._account.platform.missed
        page = await self._ask_for(lambda: ask(binding.conversation, binding.place, look.after))
        if page:
            look.after = page[-1].order
        return await self._take(page)

    async def _bindings(self, since: float) -> AsyncIterator[Binding]:
        """The conversations in which something happened since then, last used first."""
        seen: set[str] = set()
        cursor: str | None = None
        while True:
            query = HeadQuery(kind=SESSION, limit=PAGE, cursor=cursor)
            page = await self._account.journal.heads(query)
            for row in page.items:
                if row.updated_at < since or len(seen) == MOST_CONVERSATIONS:
                    return
                binding = await self._account.bindings.of_session(split_entity(row.entity)[1])
                if binding is not None and binding.conversation not in seen:
                    seen.add(binding.conversation)
                    yield binding
            cursor = page.next
            if cursor is None:
                return

    async def _after(self, binding: Binding) -> str:
        return await self._watermarks.get(binding.conversation) or binding.since

    async def _take(self, messages: Sequence[Said]) -> int:
        new = 0
        for said in messages:
            if said.ts >= self._oldest():
                new += await self._receive(replace(said, late=True))
        return new

    async def _ask_for(self, ask: Callable[[], Awaitable[Sequence[Said]]]) -> Sequence[Said]:
        """What the platform says; nothing where it cannot say."""
        tries = waits = 0
        while tries < MOST_TRIES and waits < MOST_WAITS:
            await self._account.clock.sleep(PAUSE_SECONDS)
            try:
                return await ask()
            except SendError as error:
                log.warning("It cannot be told what was missed: %s", error)
                if error.permanent:  # a thread that was deleted, a channel that we left
                    return ()
                tries, waits = tries + (error.retry_after is None), waits + 1
                await self._account.clock.sleep(error.retry_after or RETRY_SECONDS)
        self._is_complete = False
        return ()

    def _oldest(self) -> float:
        return self._account.clock.now() - OLDEST_SECONDS
