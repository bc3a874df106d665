"""How many at once: a limit on the running requests of each key, in this process's memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from liteagent.errors import RateLimitExceededError
from liteagent.ids import Ids, RandomIds


class ConcurrentRequestLimiter:
    """At most `max_concurrent` requests of one key at a time."""

    def __init__(self, max_concurrent: int, *, ids: Ids | None = None) -> None:
        self.max_concurrent = max_concurrent
        self._ids = ids or RandomIds()
        self._active: dict[str, set[str]] = {}

    async def enter(self, key: str) -> str:
        """The id of a request that `exit` must end. Raises `RateLimitExceededError`."""
        active = self._active.setdefault(key, set())
        if len(active) >= self.max_concurrent:
            raise RateLimitExceededError(
                f"More than {self.max_concurrent} requests at a time:"
                " try again when one of them has ended."
            )
        request_id = self._ids.new("req")
        active.add(request_id)
        return request_id

    async def exit(self, key: str, request_id: str) -> None:
        """End a request; a no-op for one that has ended."""
        active = self._active.get(key, set())
        active.discard(request_id)
        if not active:
            self._active.pop(key, None)

    async def get_active_count(self, key: str) -> int:
        return len(self._active.get(key, ()))

    @asynccontextmanager
    async def request_context(self, key: str) -> AsyncGenerator[str, None]:
        """A request's id, for as long as it lasts."""
        request_id = await self.enter(key)
        try:
            yield request_id
        finally:
            await self.exit(key, request_id)
