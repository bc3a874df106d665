"""A client that is made once, on first use, outside the event loop's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lazy(Generic[T]):
    """Makes a value when it is first asked for; importing an SDK takes seconds, so in a thread."""

    def __init__(self, make: Callable[[], T], close: Callable[[T], Awaitable[object]]) -> None:
        self._make, self._close = make, close
        self._lock = asyncio.Lock()
        self._made: T | None = None

    @property
    def made(self) -> bool:
        """Whether the value is there already."""
        return self._made is not None

    async def get(self) -> T:
        """The value; if making it fails, the error is raised and the next call tries again."""
        async with self._lock:
            if self._made is None:
                self._made = await asyncio.to_thread(self._make)
            return self._made

    async def close(self) -> None:
        """Close the value, if it was made; a later `get` makes another."""
        async with self._lock:
            made, self._made = self._made, None
            if made is not None:
                await self._close(made)
