from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from liteagent.cluster.batches import Batch, in_batches
from liteagent.events import Delta, Event
from liteagent.kernel import Frame, Reply
from liteagent.testing import FakeClock

PAUSE = 0.02


def event(seq: int) -> Event:
    return Event(seq=seq, type="turn.started", ts=0.0, data={}, epoch=1)


def delta(offset: int, text: str) -> Delta:
    return Delta(turn_id="t", attempt=1, offset=offset, text=text)


class Source:
    """Frames that a test hands over one by one."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Frame | Exception | None] = asyncio.Queue()
        self.closed = asyncio.Event()

    def put(self, *frames: Frame | Exception | None) -> None:
        for frame in frames:
            self.queue.put_nowait(frame)

    async def frames(self) -> AsyncGenerator[Batch]:
        try:
            while True:
                frame = await self.queue.get()
                if isinstance(frame, Exception):
                    raise frame
                if frame is None:
                    return
                yield (frame,)
        finally:
            self.closed.set()


def batches(source: Source, clock: FakeClock, most: int = 100) -> AsyncGenerator[Batch]:
    return in_batches(source.frames(), clock=clock, pause=lambda: PAUSE, most=most)


async def test_what_is_ready_together_goes_together_and_pieces_of_a_text_become_one() -> None:
    source = Source()
    source.put(Reply(1), event(1), delta(0, "a"), delta(1, "b"), delta(2, "c"), event(2))
    stream = batches(source, FakeClock())

    frames: list[Frame] = []
    while len(frames) < 4:
        frames += await anext(stream)
    await stream.aclose()

    assert frames == [Reply(1), event(1), delta(0, "abc"), event(2)]


async def test_pieces_of_a_text_wait_for_more_and_an_event_does_not() -> None:
    source, clock = Source(), FakeClock()
    stream = batches(source, clock)
    source.put(delta(0, "a"))
    assert await anext(stream) == [delta(0, "a")]

    waiting = asyncio.ensure_future(anext(stream))
    source.put(delta(1, "b"))
    await clock.sleepers(1)
    assert not waiting.done()
    source.put(event(7))

    assert await waiting == [delta(1, "b"), event(7)]
    await stream.aclose()


async def test_a_lonely_piece_of_text_goes_when_its_time_has_come() -> None:
    source, clock = Source(), FakeClock()
    stream = batches(source, clock)
    source.put(delta(0, "a"))
    await anext(stream)
    source.put(delta(1, "b"))
    waiting = asyncio.ensure_future(anext(stream))
    await clock.sleepers(1)

    await clock.advance(PAUSE)

    assert await waiting == [delta(1, "b")]
    await stream.aclose()


async def test_the_stream_ends_after_so_many_batches_and_lets_its_source_go() -> None:
    source = Source()
    stream = batches(source, FakeClock(), most=1)
    source.put(event(1))

    assert [batch async for batch in stream] == [[event(1)]]
    assert source.closed.is_set()


async def test_what_came_before_the_source_ended_is_told_and_then_the_stream_ends() -> None:
    source = Source()
    source.put(event(1), None)

    assert [frame async for batch in batches(source, FakeClock()) for frame in batch] == [event(1)]


async def test_the_sources_error_is_raised_after_what_came_before_it() -> None:
    source = Source()
    stream = batches(source, FakeClock())
    source.put(event(1), ValueError("broken"))

    assert await anext(stream) == [event(1)]
    with pytest.raises(ValueError, match="broken"):
        await anext(stream)
