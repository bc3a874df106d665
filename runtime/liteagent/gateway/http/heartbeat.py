"""Something on the line while there is nothing to say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

from liteagent.clock import Clock

T = TypeVar("T")


async def with_heartbeats(
    items: AsyncIterator[T], beat: T, *, clock: Clock, seconds: float
) -> AsyncGenerator[T, None]:
    """The items, and `beat` whenever there was none for `seconds`."""
    coming = asyncio.ensure_future(anext(items))
    timer = asyncio.ensure_future(clock.sleep(seconds))
    quiet = True
    try:
        while True:
            await asyncio.wait((coming, timer), return_when=asyncio.FIRST_COMPLETED)
            if coming.done():
                try:
                    item = coming.result()
                except StopAsyncIteration:
                    return
                quiet = False
                yield item
                coming = asyncio.ensure_future(anext(items))
            if timer.done():
                timer = asyncio.ensure_future(clock.sleep(seconds))
                if quiet:
                    yield beat
                quiet = True
    finally:
        coming.cancel()
        timer.cancel()
        await asyncio.gather(coming, timer, return_exceptions=True)
