"""One lane for each conversation: what belongs together is handled in order, what does not goes
side by side.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from liteagent.chat.inbox import Pending
from liteagent.clock import Clock
from liteagent.deadline import stop

Work = Callable[[Pending], Awaitable[None]]
"""Handles an item, however often that has to be tried; never raises."""


@dataclass(slots=True)
class _Lane:
    """What waits in one lane, by identity; a lane in which nothing does is let go."""

    items: dict[str, tuple[str, Pending]] = field(default_factory=dict[str, tuple[str, Pending]])
    current: str = ""


class Lanes:
    """Hands items to `work`, one at a time in each lane, the lowest order first.

    One is handed on once it was received `settle` seconds ago, for a platform may deliver the
    message before it a moment later. What was received later than now was, by another clock, or
    before ours was set back.
    """

    def __init__(self, work: Work, *, clock: Clock, settle: float = 0.0) -> None:
        self._work, self._clock, self._settle = work, clock, settle
        self._lanes: dict[str, _Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def put(self, lane: str, order: str, pending: Pending) -> None:
        """Add an item; one that is there already is not added again."""
        if self._closed:
            return
        found = self._lanes.get(lane)
        if found is None:
            found = self._lanes[lane] = _Lane()
            task = asyncio.create_task(self._run(lane, found))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if pending.id != found.current:
            found.items.setdefault(pending.id, (order, pending))

    @property
    def open_lanes(self) -> int:
        """How many conversations have something to do."""
        return len(self._lanes)

    async def close(self, grace: float) -> None:
        """Begin nothing more; what is being handled may end within `grace` seconds. The rest stays
        in the inbox.
        """
        self._closed = True
        for lane in self._lanes.values():
            lane.items.clear()
        tasks = tuple(self._tasks)
        if tasks:
            ended = asyncio.gather(*tasks, return_exceptions=True)
            timeout = asyncio.ensure_future(self._clock.sleep(grace))
            await asyncio.wait({ended, timeout}, return_when=asyncio.FIRST_COMPLETED)
            timeout.cancel()
        for task in tasks:
            if not task.done():
                await stop(task, clock=self._clock, grace=1.0)

    async def _run(self, name: str, lane: _Lane) -> None:
        try:
            while lane.items:
                id = min(lane.items, key=lambda each: (lane.items[each][0], each))
                pending = lane.items[id][1]
                wait = pending.received_at + self._settle - self._clock.now()
                if 0 < wait <= self._settle:  # what comes meanwhile may go before it
                    await self._clock.sleep(wait)
                    continue
                del lane.items[id]
                lane.current = id
                await self._work(pending)
                lane.current = ""
        finally:
            del self._lanes[name]
