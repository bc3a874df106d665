"""How often and how many at once, together."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from liteagent.resilience.concurrency import ConcurrentRequestLimiter
from liteagent.resilience.rate_limit import RateLimitInfo
from liteagent.resilience.sliding_window import SlidingWindowRateLimiter


class CombinedRateLimiter:
    """Both limits at once."""

    def __init__(
        self, window: SlidingWindowRateLimiter, concurrent: ConcurrentRequestLimiter
    ) -> None:
        self._window = window
        self._concurrent = concurrent

    async def check_rate_limit(self, key: str) -> RateLimitInfo:
        """Count a request in the window. Raises `RateLimitExceededError`."""
        return await self._with_active(key, await self._window.check(key))

    async def enter_request(self, key: str) -> str:
        """The id of a request that `exit_request` must end. Raises `RateLimitExceededError`."""
        return await self._concurrent.enter(key)

    async def exit_request(self, key: str, request_id: str) -> None:
        """End a request; a no-op for one that has ended."""
        await self._concurrent.exit(key, request_id)

    async def get_status(self, key: str) -> RateLimitInfo:
        """What is left, without counting a request."""
        return await self._with_active(key, await self._window.get_status(key))

    @asynccontextmanager
    async def request(self, key: str) -> AsyncGenerator[RateLimitInfo, None]:
        """One request under both limits. Raises `RateLimitExceededError`; what was refused for
        being one too many at a time does not count in the window.
        """
        async with self._concurrent.request_context(key):
            yield await self.check_rate_limit(key)

    async def _with_active(self, key: str, info: RateLimitInfo) -> RateLimitInfo:
        return replace(
            info,
            concurrent_active=await self._concurrent.get_active_count(key),
            concurrent_limit=self._concurrent.max_concurrent,
        )
