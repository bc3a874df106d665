"""Frames on their way from the event loop's thread to the person's."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Generic, TypeVar

T = TypeVar("T")


class Feed(Generic[T]):
    """A queue that `select` can wait for together with the keyboard."""

    def __init__(self) -> None:
        self._items: deque[T | _End] = deque()
        self._lock = threading.Lock()
        # Holds one byte as long as there are items.
        self._reader, self._writer = os.pipe()

    def fileno(self) -> int:
        """Readable while `get` would not wait."""
        return self._reader

    @property
    def is_waiting(self) -> bool:
        """Whether an item is there."""
        return bool(self._items)

    def get(self) -> T | None:
        """The next item, when it comes; None at the end. Raises what ended it early."""
        select.select([self._reader], [], [])
        with self._lock:
            item = self._items[0]
            if not isinstance(item, _End):
                self._items.popleft()
                if not self._items:
                    os.read(self._reader, 1)
                return item
        if item.error is not None:
            raise item.error
        return None

    async def pump(self, frames: AsyncGenerator[T]) -> None:
        """Take in everything that `frames` yields, and how it ended."""
        end = _End(None)
        try:
            async with aclosing(frames):
                async for frame in frames:
                    self._put(frame)
        except Exception as error:  # noqa: BLE001 - raised again by get, in the thread that asked
            end = _End(error)
        self._put(end)

    def close(self) -> None:
        os.close(self._reader)
        os.close(self._writer)

    def _put(self, item: T | _End) -> None:
        with self._lock:
            self._items.append(item)
            if len(self._items) == 1:
                os.write(self._writer, b"\0")


class _End:
    """The last item, which stays."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
