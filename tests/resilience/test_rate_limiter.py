"""A caller gets what it was promised, and is told when there is more."""

from __future__ import annotations

import pytest

from liteagent.errors import RateLimitExceededError
from liteagent.resilience import (
    CombinedRateLimiter,
    ConcurrentRequestLimiter,
    SlidingWindowRateLimiter,
    rate_limit_headers,
)
from liteagent.testing import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1000.0)


async def test_one_request_too_many_is_told_when_the_next_one_fits(clock: FakeClock) -> None:
    limiter = SlidingWindowRateLimiter(2, 60, clock=clock)
    await limiter.check("ann")
    await clock.advance(10)
    await limiter.check("ann")

    with pytest.raises(RateLimitExceededError) as caught:
        await limiter.check("ann")
    assert caught.value.retry_after == 50

    await clock.advance(50)
    assert (await limiter.check("ann")).requests_remaining == 0


async def test_what_was_refused_does_not_count(clock: FakeClock) -> None:
    limiter = SlidingWindowRateLimiter(1, 60, clock=clock)
    await limiter.check("ann")
    for _ in range(5):
        with pytest.raises(RateLimitExceededError):
            await limiter.check("ann")

    await clock.advance(60)

    await limiter.check("ann")


async def test_callers_do_not_share_a_limit(clock: FakeClock) -> None:
    limiter = SlidingWindowRateLimiter(1, 60, clock=clock)
    await limiter.check("ann")
    await limiter.check("bob")


async def test_asking_for_the_status_costs_nothing(clock: FakeClock) -> None:
    limiter = SlidingWindowRateLimiter(3, 60, clock=clock)
    await limiter.check("ann")
    for _ in range(5):
        status = await limiter.get_status("ann")
    assert status.requests_remaining == 2
    assert status.reset_at.timestamp() == 1060


async def test_of_too_many_callers_the_one_idle_longest_is_forgotten(clock: FakeClock) -> None:
    limiter = SlidingWindowRateLimiter(2, 60, clock=clock, max_keys=2)
    for caller in ("ann", "bob", "ann", "cid"):
        await limiter.check(caller)

    assert (await limiter.get_status("ann")).requests_remaining == 0
    assert (await limiter.get_status("bob")).requests_remaining == 2


async def test_no_more_run_at_once_than_may() -> None:
    limiter = ConcurrentRequestLimiter(1)
    async with limiter.request_context("ann"):
        assert await limiter.get_active_count("ann") == 1
        with pytest.raises(RateLimitExceededError):
            await limiter.enter("ann")
        await limiter.enter("bob")
    assert await limiter.get_active_count("ann") == 0
    await limiter.enter("ann")


async def test_a_request_that_fails_makes_room_again() -> None:
    limiter = ConcurrentRequestLimiter(1)
    with pytest.raises(ZeroDivisionError):
        async with limiter.request_context("ann"):
            _ = 1 / 0
    assert await limiter.get_active_count("ann") == 0


async def test_ending_a_request_twice_ends_it_once() -> None:
    limiter = ConcurrentRequestLimiter(2)
    first, _ = await limiter.enter("ann"), await limiter.enter("ann")
    await limiter.exit("ann", first)
    await limiter.exit("ann", first)
    assert await limiter.get_active_count("ann") == 1


async def test_both_limits_hold_together_and_become_headers(clock: FakeClock) -> None:
    limiter = CombinedRateLimiter(
        SlidingWindowRateLimiter(5, 60, clock=clock), ConcurrentRequestLimiter(1)
    )
    async with limiter.request("ann") as info:
        assert rate_limit_headers(info) == {
            "X-RateLimit-Limit": "5",
            "X-RateLimit-Remaining": "4",
            "X-RateLimit-Reset": "1060",
            "X-RateLimit-Concurrent-Limit": "1",
            "X-RateLimit-Concurrent-Active": "1",
        }
        with pytest.raises(RateLimitExceededError):
            async with limiter.request("ann"):
                pass
    assert (await limiter.get_status("ann")).requests_remaining == 4


async def test_the_reset_is_rounded_up_so_that_it_is_never_too_early(clock: FakeClock) -> None:
    await clock.advance(0.25)
    info = await SlidingWindowRateLimiter(5, 60, clock=clock).check("ann")
    assert rate_limit_headers(info)["X-RateLimit-Reset"] == "1061"


async def test_a_limit_that_is_not_counted_has_no_headers(clock: FakeClock) -> None:
    info = await SlidingWindowRateLimiter(5, clock=clock).check("ann")
    assert not any("Concurrent" in name for name in rate_limit_headers(info))
