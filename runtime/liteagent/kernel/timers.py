"""When to look at which entity again."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable

from liteagent.clock import Clock
from liteagent.deadline import set_within

MOST_STALE = 1000
"""Alarms that were replaced may wait in the heap up to this many beyond the live ones."""


class Timers:
    """One alarm for each entity; setting another replaces it.

    The clock sleeps towards the earliest alarm, in one task for all of them.
    """

    def __init__(self, clock: Clock, ring: Callable[[str], Awaitable[None]]) -> None:
        self._clock, self._ring = clock, ring
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        self._earlier = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ringing: set[asyncio.Future[None]] = set()

    def set(self, entity: str, when: float | None) -> None:
        """Ring for `entity` at `when`, or not at all."""
        if self._due.get(entity) == when:
            return
        if when is None:
            self._due.pop(entity, None)
            return
        self._due[entity] = when
        if len(self._heap) > 2 * len(self._due) + MOST_STALE:
            self._heap = [(due, name) for name, due in self._due.items()]
            heapq.heapify(self._heap)
        else:
            heapq.heappush(self._heap, (when, entity))
        if self._heap[0] == (when, entity):
            self._earlier.set()

    def start(self) -> None:
        self._task = asyncio.ensure_future(self._run())

    async def stop(self) -> None:
        """No alarm rings after this."""
        tasks = [task for task in (self._task, *self._ringing) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._ring_due()
            self._earlier.clear()
            if not self._heap:
                await self._earlier.wait()
                continue
            left = self._heap[0][0] - self._clock.now()
            await set_within(self._earlier, seconds=left, clock=self._clock)

    def _ring_due(self) -> None:
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            when, entity = heapq.heappop(self._heap)
            if self._due.get(entity) != when:
                continue
            del self._due[entity]
            task = asyncio.ensure_future(self._ring(entity))
            self._ringing.add(task)
            task.add_done_callback(self._ringing.discard)
