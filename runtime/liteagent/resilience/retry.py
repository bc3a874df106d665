"""Trying again, later and later."""

from __future__ import annotations

import functools
import random as system_random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from liteagent.clock import Clock, SystemClock
from liteagent.errors import LiteAgentException

if TYPE_CHECKING:
    from tenacity import RetryCallState

P = ParamSpec("P")
T = TypeVar("T")
Random = Callable[[], float]
"""A number from 0 up to but not including 1."""
OnRetry = Callable[[int, Exception], None]
"""Told the number of the attempt that failed, from 1, and why, before the wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryConfig:
    """How often, and how long to wait in between, in seconds."""

    max_retries: int = 3
    """Attempts after the first one."""
    initial_delay: float = 1.0
    max_delay: float = 60.0
    exponential_base: float = 2.0
    jitter: bool = True
    """Takes up to half off every wait, so that many who failed together do not return together."""
    retry_on: tuple[type[Exception], ...] = (Exception,)
    """Any other error is raised as it is, at once."""


class RetryError(LiteAgentException):
    """All retries are exhausted; `last` is what the last attempt raised."""

    error_code = "RETRIES_EXHAUSTED"

    def __init__(self, attempts: int, last: Exception) -> None:
        self.attempts, self.last = attempts, last
        super().__init__(f"Gave up after {attempts} attempts; the last one: {last}")


def backoff_delay(
    attempt: int, config: RetryConfig, random: Random = system_random.random
) -> float:
    """Seconds to wait after attempt number `attempt` (from 1) failed, at most `max_delay`."""
    try:
        delay = config.initial_delay * config.exponential_base ** (attempt - 1)
    except OverflowError:
        delay = config.max_delay
    delay = min(delay, config.max_delay)
    return delay * (1 - random() / 2) if config.jitter else delay


async def retry_with_backoff(
    func: Callable[[], Awaitable[T]],
    config: RetryConfig | None = None,
    on_retry: OnRetry | None = None,
    *,
    clock: Clock | None = None,
    random: Random = system_random.random,
) -> T:
    """What `func` returns, called again while it raises what `config.retry_on` names.

    Raises `RetryError` from the last error when the retries are used up. A cancellation ends it at
    once.
    """
    from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt
    from tenacity import RetryError as Exhausted

    config = config or RetryConfig()

    def failed(state: RetryCallState) -> None:
        if on_retry is not None:
            on_retry(state.attempt_number, _error_of(state))

    async def attempt() -> T:  # Tenacity awaits only what it can see to be a coroutine function.
        return await func()

    attempts = AsyncRetrying(
        stop=stop_after_attempt(config.max_retries + 1),
        wait=lambda state: backoff_delay(state.attempt_number, config, random),
        retry=retry_if_exception_type(config.retry_on),
        before_sleep=failed,
        sleep=(clock or SystemClock()).sleep,
    )
    try:
        return await attempts(attempt)
    except Exhausted as error:
        last = error.last_attempt.exception()
        assert isinstance(last, Exception)
        raise RetryError(error.last_attempt.attempt_number, last) from last


def retry(
    config: RetryConfig | None = None, *, clock: Clock | None = None
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """A decorator that makes an async function try again as `retry_with_backoff` does."""

    def decorate(func: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @functools.wraps(func)
        async def retried(*args: P.args, **kwargs: P.kwargs) -> T:
            return await retry_with_backoff(lambda: func(*args, **kwargs), config, clock=clock)

        return retried

    return decorate


def _error_of(state: RetryCallState) -> Exception:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, Exception)
    return error
