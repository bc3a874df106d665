"""Frames handed on as they arrive, though the deliveries behind them wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from liteagent.events import Event
from liteagent.kernel.frames import Frame

MOST_AHEAD = 1000
"""Events that may wait for their delivery before frames wait as well."""


class _Line:
    """Events that wait, so many at most, and at last the end."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(MOST_AHEAD)

    async def put(self, event: Event) -> None:
        await self._room.acquire()
        self._events.put_nowait(event)

    def end(self) -> None:
        self._events.put_nowait(None)

    async def get(self) -> Event | None:
        event = await self._events.get()
        self._room.release()
        return event


async def ahead(
    frames: AsyncGenerator[Frame, None], watch: Callable[[Frame], None]
) -> AsyncGenerator[Event, None]:
    """The events among `frames`, at the pace of whoever takes them; `watch` is called with each
    frame at the pace of the frames.
    """
    line = _Line()
    reading = asyncio.create_task(_read(frames, watch, line))
    reading.add_done_callback(lambda _: line.end())
    try:
        while (event := await line.get()) is not None:
            yield event
        reading.result()
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read(
    frames: AsyncGenerator[Frame, None], watch: Callable[[Frame], None], line: _Line
) -> None:
    async with aclosing(frames):
        async for frame in frames:
            watch(frame)
            if isinstance(frame, Event):
                await line.put(frame)
