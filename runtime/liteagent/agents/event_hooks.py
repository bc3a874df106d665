"""Plugins that watch events: `on_event`, behind the work and never in its way."""

from __future__ import annotations

import asyncio
import logging

from liteagent.events import Event
from liteagent.plugins import Lifecycle

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
"""Events kept for slow plugins; beyond it the oldest are dropped, for the journal has them."""


class EventHooks:
    """An observer that hands events to the plugins' `on_event`, one after another.

    A plugin sees an event at most once, after it was stored. What has to be seen for certain is
    read from the journal.
    """

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle
        self._waiting: asyncio.Queue[tuple[str, Event]] = asyncio.Queue(MOST_WAITING)
        self._task: asyncio.Task[None] | None = None

    def __call__(self, entity: str, event: Event) -> None:
        """Take an event; costs nothing where no plugin watches."""
        if not self._lifecycle.watches_events:
            return
        if self._waiting.full():
            dropped = self._waiting.get_nowait()
            log.warning("on_event is behind: event %s of %s dropped", dropped[1].seq, dropped[0])
        self._waiting.put_nowait((entity, event))
        if self._task is None:
            self._task = asyncio.ensure_future(self._tell())

    async def close(self) -> None:
        """Stop telling; what still waits is dropped."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _tell(self) -> None:
        while True:
            entity, event = await self._waiting.get()
            await self._lifecycle.on_event(entity, event)
