"""What fails is tried again, later and later, and not for ever."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liteagent.resilience import RetryConfig, RetryError, backoff_delay, retry, retry_with_backoff
from liteagent.testing import FakeClock

STEADY = RetryConfig(max_retries=2, initial_delay=1, jitter=False)


class Flaky:
    """Fails as often as it was told to."""

    def __init__(self, failures: int, error: type[BaseException] = ConnectionError) -> None:
        self.failures = failures
        self.error = error
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error(f"attempt {self.calls}")
        return "done"


async def test_a_success_is_not_repeated() -> None:
    work = Flaky(0)
    assert await retry_with_backoff(work) == "done"
    assert work.calls == 1


async def test_each_wait_is_longer_than_the_one_before() -> None:
    clock, work, started = FakeClock(), Flaky(2), FakeClock().now()
    waited: list[float] = []
    running = asyncio.create_task(
        retry_with_backoff(
            work, STEADY, lambda *_: waited.append(clock.now() - started), clock=clock
        )
    )
    for seconds in (1, 2):
        await clock.sleepers()
        await clock.advance(seconds)

    assert await running == "done"
    assert waited == [0, 1]
    assert work.calls == 3


async def test_when_the_retries_are_used_up_the_last_error_is_told() -> None:
    clock, work = FakeClock(), Flaky(99)
    told: list[tuple[int, str]] = []
    running = asyncio.create_task(
        retry_with_backoff(
            work, STEADY, lambda number, error: told.append((number, str(error))), clock=clock
        )
    )
    for seconds in (1, 2):
        await clock.sleepers()
        await clock.advance(seconds)

    with pytest.raises(RetryError, match="3 attempts") as caught:
        await running
    assert caught.value.last is caught.value.__cause__
    assert str(caught.value.last) == "attempt 3"
    assert told == [(1, "attempt 1"), (2, "attempt 2")]


async def test_an_error_that_a_retry_cannot_help_is_raised_at_once() -> None:
    work = Flaky(99, ValueError)
    with pytest.raises(ValueError, match="attempt 1"):
        await retry_with_backoff(work, RetryConfig(retry_on=(ConnectionError,)))
    assert work.calls == 1


async def test_a_cancellation_is_never_retried() -> None:
    work = Flaky(99, asyncio.CancelledError)
    with pytest.raises(asyncio.CancelledError):
        await retry_with_backoff(work)
    assert work.calls == 1


async def test_a_decorated_function_tries_again_with_its_own_arguments() -> None:
    clock = FakeClock()
    calls: list[tuple[int, int]] = []

    @retry(STEADY, clock=clock)
    async def add(a: int, b: int) -> int:
        """Adds."""
        calls.append((a, b))
        if len(calls) == 1:
            raise ConnectionError
        return a + b

    running = asyncio.ensure_future(add(1, b=2))
    await clock.sleepers()
    await clock.advance(1)

    assert await running == 3
    assert calls == [(1, 2), (1, 2)]
    assert add.__doc__ == "Adds."


def test_jitter_takes_up_to_half_off() -> None:
    config = RetryConfig(initial_delay=4)
    assert backoff_delay(1, config, lambda: 0.0) == 4
    assert backoff_delay(1, config, lambda: 0.5) == 3
    assert backoff_delay(2, config, lambda: 0.999999) == pytest.approx(4, abs=0.001)


@given(st.integers(min_value=1, max_value=10**9), st.floats(0, 1, exclude_max=True))
def test_no_wait_is_longer_than_the_longest_nor_shorter_than_half_the_first(
    attempt: int, chance: float
) -> None:
    config = RetryConfig(initial_delay=1, max_delay=60)
    assert 0.5 <= backoff_delay(attempt, config, lambda: chance) <= 60
