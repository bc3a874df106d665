"""How often: a limit on the requests of each key, in this process's memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import UTC, datetime

from liteagent.clock import Clock, SystemClock
from liteagent.errors import RateLimitExceededError
from liteagent.resilience.rate_limit import RateLimitInfo

MAX_KEYS = 10_000
"""Of more keys than these the one that was idle longest is forgotten, its window with it."""


class SlidingWindowRateLimiter:
    """At most `max_requests` of one key in any `window_seconds`."""

    def __init__(
        self,
        max_requests: int,
        window_seconds: float = 60,
        *,
        clock: Clock | None = None,
        max_keys: int = MAX_KEYS,
    ) -> None:
        self._max_requests = max_requests
        self._window = window_seconds
        self._clock = clock or SystemClock()
        self._max_keys = max_keys
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()

    async def check(self, key: str) -> RateLimitInfo:
        """Count a request. Raises `RateLimitExceededError` with the seconds until one fits; a
        refused request does not count.
        """
        now = self._clock.now()
        taken = self._current(key, now)
        if len(taken) >= self._max_requests:
            wait = taken[0] + self._window - now if taken else self._window
            raise RateLimitExceededError(
                f"More than {self._max_requests} requests in {self._window:g} seconds:"
                f" try again in {wait:.1f} seconds.",
                retry_after=wait,
            )
        taken.append(now)
        self._taken[key] = taken
        self._taken.move_to_end(key)
        if len(self._taken) > self._max_keys:
            self._taken.popitem(last=False)
        return self._info(taken, now)

    async def get_status(self, key: str) -> RateLimitInfo:
        """The same without counting one."""
        now = self._clock.now()
        return self._info(self._current(key, now), now)

    def _current(self, key: str, now: float) -> deque[float]:
        taken = self._taken.get(key) or deque[float]()
        while taken and taken[0] <= now - self._window:
            taken.popleft()
        return taken

    def _info(self, taken: deque[float], now: float) -> RateLimitInfo:
        return RateLimitInfo(
            requests_limit=self._max_requests,
            requests_remaining=max(0, self._max_requests - len(taken)),
            reset_at=datetime.fromtimestamp(taken[0] + self._window if taken else now, UTC),
            concurrent_active=0,
            concurrent_limit=0,
        )
