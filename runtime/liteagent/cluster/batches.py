"""Frames in batches: a call between processes costs as much as a hundred frames."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from liteagent.clock import Clock
from liteagent.deadline import set_within
from liteagent.events import Delta, Event
from liteagent.kernel import Frame, Reply

Batch = Sequence[Frame]


def continued(delta: Delta, offset: int, text: str) -> Delta:
    """The same attempt's text from `offset` on."""
    return Delta(turn_id=delta.turn_id, attempt=delta.attempt, offset=offset, text=text)


class Outgoing:
    """What waits to be sent. Pieces of one text become one piece."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.urgent = asyncio.Event()
        """Set while there is something that nobody should wait for: an event or a reply."""
        self._frames: list[Frame] = []

    def put(self, frame: Frame) -> None:
        last = self._frames[-1] if self._frames else None
        if (
            isinstance(frame, Delta)
            and isinstance(last, Delta)
            and frame.attempt == last.attempt
            and frame.offset == last.offset + len(last.text)
        ):
            self._frames[-1] = continued(last, last.offset, last.text + frame.text)
        else:
            self._frames.append(frame)
        self.changed.set()
        if isinstance(frame, Event | Reply):
            self.urgent.set()

    def take(self) -> Batch:
        """Everything, in order."""
        batch, self._frames = self._frames, []
        self.changed.clear()
        self.urgent.clear()
        return batch


async def in_batches(
    frames: AsyncGenerator[Batch], *, clock: Clock, pause: Callable[[], float], most: int
) -> AsyncGenerator[Batch]:
    """Whatever is ready, at once. What is only a piece of a text or word of progress then waits up
    to `pause()` seconds for more of its kind.

    Ends after `most` batches: a reader that does not keep up holds no more than those in its
    memory, and asks for the rest when it wants them.
    """
    outgoing = Outgoing()
    pump = asyncio.ensure_future(_pump(frames, outgoing))
    try:
        for number in range(most):
            if number:
                await set_within(outgoing.urgent, seconds=pause(), clock=clock)
            await outgoing.changed.wait()
            batch = outgoing.take()
            if batch:
                yield batch
            if pump.done() and not outgoing.changed.is_set():
                pump.result()
                return
    finally:
        pump.cancel()
        await asyncio.wait({pump})
        if not pump.cancelled():
            pump.exception()  # whoever left early does not want to know


async def _pump(frames: AsyncGenerator[Batch], outgoing: Outgoing) -> None:
    try:
        async with aclosing(frames) as source:
            async for batch in source:
                for frame in batch:
                    outgoing.put(frame)
    finally:
        outgoing.changed.set()
        outgoing.urgent.set()
