"""Waiting for the stand-in to change, without sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_AGAIN = 0.05
"""Seconds; a condition may stand on things that do not tell when they change."""


class Changes:
    """Wakes who waits whenever something has changed."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def touch(self) -> None:
        """Something has changed."""
        self._changed.set()

    async def until(
        self, condition: Callable[[], T], seconds: float, describe: Callable[[], str]
    ) -> T:
        """The first true result of `condition`. Raises AssertionError, with what `describe` says,
        if there is none within `seconds` of the machine's time.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not (result := condition()):
            left = deadline - loop.time()
            if left <= 0:
                raise AssertionError(f"not within {seconds:g} s; there is:\n{describe()}")
            self._changed.clear()
            waiting = asyncio.ensure_future(self._changed.wait())
            try:
                await asyncio.wait((waiting,), timeout=min(left, LOOK_AGAIN))
            finally:
                waiting.cancel()
        return result
