"""Waiting for what is there to become what a test looks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

ELSEWHERE_SECONDS = 0.02
"""How often a condition is asked that may look at more than the stand-in, as at a bot."""


class Changes:
    """Wakes those who wait whenever something changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self) -> None:
        """Something changed."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def until(
        self, condition: Callable[[], object], *, seconds: float, describe: Callable[[], str]
    ) -> None:
        """Return when `condition()` is true, asking again at every change, and every few
        milliseconds for what changes elsewhere. After `seconds` of the event loop (not of any
        clock that a test moves) an `AssertionError` shows `describe()`.
        """
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    waiter = asyncio.get_running_loop().create_future()
                    self._waiting.add(waiter)
                    await asyncio.wait((waiter,), timeout=ELSEWHERE_SECONDS)
                    self._waiting.discard(waiter)
        except TimeoutError:
            raise AssertionError(
                f"what was waited for did not come within {seconds} s; there is\n{describe()}"
            ) from None
