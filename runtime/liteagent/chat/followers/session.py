"""One session that is followed into its conversation."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Protocol

from liteagent.chat.followers.sender import TYPES, SessionSender
from liteagent.chat.followers.slots import Slots
from liteagent.chat.live import Live, Status, status_of
from liteagent.clock import Clock
from liteagent.events import Delta, Event
from liteagent.kernel import Frame, Outbox, Sender


class Following:
    """Delivers what a session says, and shows what it is doing meanwhile."""

    def __init__(
        self,
        outbox: Outbox,
        sender: SessionSender,
        live: Live,
        status: Status,
        clock: Clock,
        *,
        few: Slots,
        entity: str,
        awake: bool,
        since: float,
    ) -> None:
        self.entity, self.awake, self.since = entity, awake, since
        """`awake`: go on with it, instead of catching up alone. `since`: nothing of it from before
        that time is undelivered.
        """
        self.last_seq = 0
        self.moved_at = clock.now()
        self._outbox, self._sender, self._clock = outbox, sender, clock
        self._live, self._status, self._few = live, status, few
        self._outstanding: dict[int, int] = {}
        """What is to be delivered, by seq, with the answer that it ends; 0 where it ends none."""
        self._ended = 0
        self._leads = False
        """Whether it is this process that delivers, as far as is known: it shows answers live."""

    @property
    def is_caught_up(self) -> bool:
        """Whether all that has come is delivered."""
        return not self._outstanding

    async def run(self) -> None:
        """Deliver until the runtime closes, or all is delivered of one that is not awake. Raises
        what `Runtime.stream` raises.
        """
        helpers = [asyncio.create_task(each) for each in (self._live.run(), self._status.run())]
        try:
            await self._deliver()
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    def rest(self) -> bool:
        """Say nothing of what it does any more; whether that has been done."""
        return self._status.rest()

    async def refresh(self) -> None:
        """Look how far it is: a delivery that another process ended is told to nobody here."""
        if self._outstanding or (self._live.is_growing and not self._leads):
            await self._look()

    async def _look(self) -> None:
        """See in the journal who delivers, and how far they are."""
        ended, self._leads = await self._outbox.progress(self.entity)
        self._settle(ended)

    async def _deliver(self) -> None:
        self._outstanding.clear()
        await self._look()
        if not self.awake:
            await bring(self._outbox, self.entity, self._sender, self._few)
        if not self.awake:
            return
        stream = self._outbox.follow(self.entity, self._sender, watch=self._watch)
        async with aclosing(stream) as deliveries:
            async for delivery in deliveries:
                self._leads = True
                self._settle(delivery.seq)
                await self._sender.settled(delivery.seq)

    def _watch(self, frame: Frame) -> None:
        self.moved_at = self._clock.now()
        if isinstance(frame, Delta):
            self._live.feed(frame)
        elif isinstance(frame, Event):
            self.last_seq = frame.seq
            if frame.type in TYPES:
                ends = frame.type in ("model.responded", "model.failed")
                self._outstanding[frame.seq] = frame.data["request"] if ends else 0
                self._settle(self._ended)
            doing = status_of(frame)
            if doing is not None:
                self._status.say(doing)

    def _settle(self, seq: int) -> None:
        self._ended = max(self._ended, seq)
        for each in [each for each in self._outstanding if each <= self._ended]:
            self._live.drop(self._outstanding.pop(each))
        self._live.let(self._leads and not self._outstanding)


class SettlingSender(Sender, Protocol):
    """A sender that is told when a delivery has ended."""

    async def settled(self, seq: int) -> None: ...


async def bring(outbox: Outbox, entity: str, sender: SettlingSender, few: Slots) -> None:
    """Deliver what the journal holds of an entity, when not too many are at it."""
    async with few.slot(), aclosing(outbox.catch_up(entity, sender)) as deliveries:
        async for delivery in deliveries:
            await sender.settled(delivery.seq)
