"""A runtime that starts when something has to run: looking at the journal needs no plugin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing

from liteagent.events import Json
from liteagent.journal import Journal
from liteagent.kernel import Command, Frame, Runtime


class RuntimeOnDemand:
    """A `Runtime` over one that is opened at its first use; closing this closes that."""

    def __init__(
        self, journal: Journal, open_runtime: Callable[[], AbstractAsyncContextManager[Runtime]]
    ) -> None:
        self._journal, self._open = journal, open_runtime
        self._opening = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._runtime: Runtime | None = None

    @property
    def journal(self) -> Journal:
        return self._journal

    async def ask(self, entity: str, command: Command) -> Json:
        return await (await self._started()).ask(entity, command)

    async def stream(
        self, entity: str, *, after: int | None = None, command: Command | None = None
    ) -> AsyncGenerator[Frame]:
        runtime = await self._started()
        async with aclosing(runtime.stream(entity, after=after, command=command)) as frames:
            async for frame in frames:
                yield frame

    async def delete(self, entity: str) -> None:
        await (await self._started()).delete(entity)

    async def close(self) -> None:
        await self._stack.aclose()

    async def _started(self) -> Runtime:
        async with self._opening:
            if self._runtime is None:
                self._runtime = await self._stack.enter_async_context(self._open())
        return self._runtime
