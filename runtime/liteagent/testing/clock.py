"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count

PASSES = 50
"""Of the event loop: enough for whatever does not wait for time or the outside to come to rest."""


class FakeClock:
    """A `Clock`. Sleepers wake in the order of their times, when `advance` has passed them."""

    def __init__(self, now: float = 1_000_000_000.0) -> None:
        self._now = now
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._slept = asyncio.Condition()

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), woken))
        async with self._slept:
            self._slept.notify_all()
        await woken

    def turn(self, seconds: float) -> None:
        """Set the clock forward, or back where that is negative; who sleeps goes on for as long as
        before.
        """
        self._now += seconds
        self._sleepers = [(at + seconds, n, woken) for at, n, woken in self._sleepers]

    @property
    def sleeping(self) -> int:
        """How many wait for this clock."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    async def sleepers(self, number: int = 1) -> None:
        """Returns when at least `number` wait for this clock."""
        async with self._slept:
            await self._slept.wait_for(lambda: self.sleeping >= number)

    async def advance(self, seconds: float) -> None:
        """Move on, waking each sleeper at its own time. Before the next one all tasks run until
        they come to rest, so that a sleeper which sleeps again is woken again.
        """
        until = self._now + seconds
        await _come_to_rest()
        while self._sleepers and self._sleepers[0][0] <= until:
            self._now, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
                await _come_to_rest()
        self._now = until


async def _come_to_rest() -> None:
    for _ in range(PASSES):
        await asyncio.sleep(0)
