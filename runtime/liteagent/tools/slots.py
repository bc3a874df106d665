"""How many calls may run at once: of one tool, in threads, in processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from liteagent.tools.tool import Tool


class Slots:
    """Hands out places to run in; one for each limit that a tool falls under."""

    def __init__(self, *, threads: int, processes: int) -> None:
        self._threads = asyncio.Semaphore(threads)
        self._processes = asyncio.Semaphore(processes)
        self._tools: dict[str, asyncio.Semaphore] = {}

    async def acquire(self, tool: Tool) -> Callable[[], None]:
        """Wait until `tool` may run; call what is returned when it has really ended."""
        held: list[asyncio.Semaphore] = []

        def release() -> None:
            while held:
                held.pop().release()

        try:
            for limit in self._limits(tool):
                await limit.acquire()
                held.append(limit)
        except asyncio.CancelledError:
            release()
            raise
        return release

    def _limits(self, tool: Tool) -> list[asyncio.Semaphore]:
        limits: list[asyncio.Semaphore] = []
        if tool.concurrency is not None:
            limits.append(self._tools.setdefault(tool.name, asyncio.Semaphore(tool.concurrency)))
        if tool.isolation == "process":
            limits.append(self._processes)
        elif not tool.body.is_async:
            limits.append(self._threads)
        return limits
