"""So many at a time, without those that take long holding up the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from liteagent.clock import Clock


class Slots:
    """Lets `number` in at a time; whoever is in for longer than `seconds` goes on, and counts no
    more: one that a platform does not take may be at it for days.
    """

    def __init__(self, number: int, seconds: float, clock: Clock) -> None:
        self._free, self._seconds, self._clock = asyncio.Semaphore(number), seconds, clock

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[None]:
        """Wait until there is room."""
        await self._free.acquire()
        stay = asyncio.ensure_future(self._clock.sleep(self._seconds))
        stay.add_done_callback(lambda _: self._free.release())
        try:
            yield
        finally:
            stay.cancel()
