"""The event loop in a thread of its own, so that a person's prompt has the main thread.

Turns go on while somebody types, and Ctrl-C interrupts what the person waits for, not the work.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from liteagent.cli.chat.feed import Feed

T = TypeVar("T")


class Bridge:
    """Use as `with`; what still runs at its end is cancelled."""

    def __init__(self) -> None:
        self._ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=self._serve, name="event loop", daemon=True)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns or raises. A KeyboardInterrupt here lets it go on over there."""
        loop, _ = self._ready.result()
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    @contextmanager
    def entered(self, manager: AbstractAsyncContextManager[T]) -> Generator[T]:
        """An async context as a plain one."""
        value = self.run(_enter(manager))
        try:
            yield value
        finally:
            self.run(_exit(manager))

    @contextmanager
    def feed(self, frames: AsyncGenerator[T]) -> Generator[Feed[T]]:
        """What an async generator yields, as it comes; leaving stops it."""
        feed: Feed[T] = Feed()
        pump = self.run(_start(feed, frames))
        try:
            yield feed
        finally:
            self.run(_stop(pump))
            feed.close()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        loop, done = self._ready.result()
        loop.call_soon_threadsafe(done.set)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.run(self._until_done())

    async def _until_done(self) -> None:
        done = asyncio.Event()
        self._ready.set_result((asyncio.get_running_loop(), done))
        await done.wait()


async def _enter(manager: AbstractAsyncContextManager[T]) -> T:
    return await manager.__aenter__()


async def _exit(manager: AbstractAsyncContextManager[T]) -> None:
    await manager.__aexit__(None, None, None)


async def _start(feed: Feed[T], frames: AsyncGenerator[T]) -> asyncio.Task[None]:
    return asyncio.create_task(feed.pump(frames), name="feed")


async def _stop(pump: asyncio.Task[None]) -> None:
    pump.cancel()
    await asyncio.wait({pump})
