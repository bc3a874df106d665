"""Ctrl-C and SIGTERM while a server runs."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopping:
    """The first signal asks for an orderly end; the next one ends the process as it would any."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._asked = asyncio.Event()
        self.listen()

    def listen(self) -> None:
        """Take the signals; once more where a library may have taken them meanwhile, as Ray does
        when it starts.
        """
        if not self._asked.is_set():
            for each in SIGNALS:
                self._loop.add_signal_handler(each, self._ask)

    async def asked(self) -> None:
        """Returns when somebody wants the end."""
        await self._asked.wait()

    async def unless_asked(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What `work` returns; None when it was cancelled because somebody wants the end."""
        task, asked = asyncio.ensure_future(work), asyncio.ensure_future(self.asked())
        try:
            await asyncio.wait((task, asked), return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
        if task.done():
            return task.result()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return None

    def _ask(self) -> None:
        self._asked.set()
        for each in SIGNALS:
            self._loop.remove_signal_handler(each)
