"""How much a platform is sent: one budget for each channel, spent on what matters most first."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from liteagent.chat.platform import Limits
from liteagent.clock import Clock
from liteagent.kernel import SendError

T = TypeVar("T")

PATIENCE = 15.0
"""Seconds. A post that would have to wait for longer is refused at once, with the time after which
there is room: whoever sends it has to hold nothing meanwhile.
"""
LEAST_WAIT = 0.001
"""Less is not waited for: a part of a token that rounding has lost would never come."""
MOST_CHANNELS = 1000
"""Channels that are remembered though nothing is sent to them."""


class Urgency(IntEnum):
    """What goes first."""

    DECISION = 0
    """Cards, and what becomes of them."""
    ANSWER = 1
    LIVE = 2
    """Text that grows. Whoever shows it asks what it says when its turn has come: under pressure
    there are fewer steps, and each is longer.
    """
    STATUS = 3


_KEPT = {Urgency.LIVE: 0.2, Urgency.STATUS: 0.5}
"""The share of a burst that what can wait leaves to what cannot."""


@dataclass(slots=True, eq=False, kw_only=True)
class _Ticket:
    """Somebody who waits for their turn."""

    cost: int
    is_edit: bool
    turn: asyncio.Future[None]


class Budget:
    """Sends for one account on one platform. Calls of one urgency in one channel go in the order
    in which they were asked for.
    """

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits, self._clock = limits, clock
        self._channels: dict[str, _Channel] = {}

    async def turn(
        self, channel: str, urgency: Urgency, *, cost: int = 1, is_edit: bool = False
    ) -> None:
        """Return when the channel has room for what counts as so many posts.

        Raises `SendError` when a decision or an answer would have to wait for long.
        """
        await self._channel(channel).turn(urgency, cost, is_edit=is_edit)

    async def run(self, channel: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do `work`, whose turn it is. Its `SendError` stops the whole channel where it says for
        how long.
        """
        try:
            return await work()
        except SendError as error:
            if error.retry_after is not None:
                self._channel(channel).stop(error.retry_after)
            raise

    async def call(self, channel: str, urgency: Urgency, work: Callable[[], Awaitable[T]]) -> T:
        """Do `work` when its turn has come: what `turn` and `run` do."""
        await self.turn(channel, urgency)
        return await self.run(channel, work)

    def _channel(self, name: str) -> _Channel:
        if len(self._channels) > MOST_CHANNELS:
            used = {name: each for name, each in self._channels.items() if not each.is_idle()}
            self._channels = used
        return self._channels.setdefault(name, _Channel(self._limits, self._clock))


class _Channel:
    """A token bucket, and who waits for it."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits, self._clock = limits, clock
        self._tokens, self._counted = float(limits.burst), clock.now()
        self._stopped_until = self._next_edit = 0.0
        self._waiting: dict[Urgency, deque[_Ticket]] = {urgency: deque() for urgency in Urgency}
        self._timer: asyncio.Task[None] | None = None

    async def turn(self, urgency: Urgency, cost: int, *, is_edit: bool) -> None:
        """Return when it is time; raises `SendError` where that will not be soon."""
        if urgency <= Urgency.ANSWER:
            self._refuse_long_waits(urgency, cost)
        turn = asyncio.get_running_loop().create_future()
        ticket = _Ticket(cost=cost, is_edit=is_edit, turn=turn)
        self._waiting[urgency].append(ticket)
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            if ticket in self._waiting[urgency]:
                self._waiting[urgency].remove(ticket)
            else:
                self._tokens += cost
            self._serve()
            raise

    def stop(self, seconds: float) -> None:
        """Nothing is sent for so long."""
        self._stopped_until = max(self._stopped_until, self._clock.now() + seconds)

    def is_idle(self) -> bool:
        """Whether it is as a new one would be."""
        self._count()
        rested = self._tokens >= self._limits.burst and self._stopped_until <= self._clock.now()
        return rested and not any(self._waiting.values())

    def _refuse_long_waits(self, urgency: Urgency, cost: int) -> None:
        self._count()
        first = [each for each in Urgency if each <= urgency]
        ahead = sum(ticket.cost for each in first for ticket in self._waiting[each])
        lacking = max(0.0, ahead + cost - self._tokens) / self._limits.posts_per_second
        wait = max(self._stopped_until - self._clock.now(), lacking)
        if wait > PATIENCE:
            raise SendError("The channel takes no more for now.", retry_after=wait)

    def _serve(self) -> None:
        """Let go whoever may, and come back when the next one may."""
        self._count()
        delays = [self._serve_one_kind(urgency) for urgency in Urgency]
        if self._timer is not None and self._timer is not asyncio.current_task():
            self._timer.cancel()
        self._timer = None
        if any(self._waiting.values()):
            self._timer = asyncio.create_task(self._later(min(delays)))

    def _serve_one_kind(self, urgency: Urgency) -> float:
        """Seconds until the next of them may; without end where none waits."""
        tickets = self._waiting[urgency]
        while tickets:
            delay = self._delay(urgency, tickets[0])
            if delay > LEAST_WAIT:
                return delay
            ticket = tickets.popleft()
            self._tokens -= ticket.cost
            if ticket.is_edit:
                self._next_edit = self._clock.now() + self._limits.edit_seconds
            if not ticket.turn.done():
                ticket.turn.set_result(None)
        return float("inf")

    def _delay(self, urgency: Urgency, ticket: _Ticket) -> float:
        now = self._clock.now()
        kept = _KEPT.get(urgency, 0.0) * self._limits.burst
        needed = min(ticket.cost + kept, self._limits.burst) if ticket.cost else 0
        lacking = (needed - self._tokens) / self._limits.posts_per_second if needed else 0.0
        edit = self._next_edit - now if ticket.is_edit else 0.0
        return max(self._stopped_until - now, lacking, edit)

    def _count(self) -> None:
        now = self._clock.now()
        back = max(0.0, self._counted - now)
        self._stopped_until -= back  # the clock was set back: what is waited for was not
        self._next_edit -= back
        gained = max(0.0, now - self._counted) * self._limits.posts_per_second
        self._tokens = min(self._limits.burst, self._tokens + gained)
        self._counted = now

    async def _later(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._serve()
