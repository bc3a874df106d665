from __future__ import annotations

import asyncio

from liteagent.testing import CountingIds, FakeClock


async def test_sleepers_wake_at_their_own_times_in_order() -> None:
    clock, woken = FakeClock(100.0), list[tuple[str, float]]()

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.now()))

    tasks = [asyncio.ensure_future(sleeper(n, s)) for n, s in (("b", 3), ("a", 1), ("c", 9))]
    await clock.advance(5)
    assert (woken, clock.now()) == ([("a", 101.0), ("b", 103.0)], 105.0)
    await clock.advance(5)
    assert woken[2:] == [("c", 109.0)]
    await asyncio.gather(*tasks)


async def test_a_sleeper_that_sleeps_again_is_woken_again_in_one_advance() -> None:
    clock, ticks = FakeClock(0.0), list[float]()

    async def tick() -> None:
        while len(ticks) < 5:
            await clock.sleep(1)
            handed_on: asyncio.Queue[float] = asyncio.Queue()
            await asyncio.gather(asyncio.ensure_future(handed_on.put(clock.now())))
            ticks.append(await handed_on.get())

    task = asyncio.ensure_future(tick())
    await clock.advance(10)
    assert ticks == [1.0, 2.0, 3.0, 4.0, 5.0]
    await task


async def test_a_cancelled_sleeper_is_passed_over() -> None:
    clock = FakeClock(0.0)
    task = asyncio.ensure_future(clock.sleep(1))
    await clock.sleepers(1)
    task.cancel()
    await clock.advance(5)
    assert task.cancelled()
    assert (clock.now(), clock.sleeping) == (5.0, 0)


def test_ids_count_for_each_prefix() -> None:
    ids = CountingIds()
    assert [ids.new(prefix) for prefix in ("turn", "apr", "turn")] == ["turn_1", "apr_1", "turn_2"]
