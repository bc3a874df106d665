"""Each channel gets no more than it takes, and what matters most first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from liteagent.chat.budget import PATIENCE, Budget, Urgency
from liteagent.kernel import SendError
from liteagent.testing import FakeClock
from tests.chat.out.worlds import LIMITS

ONE_A_SECOND = replace(LIMITS, burst=1, posts_per_second=1.0, edit_seconds=2.0)


class Sent:
    """Remembers what was sent, and when."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.began = clock, clock.now()
        self.lines: list[tuple[str, float]] = []

    def line(self, name: str) -> Callable[[], Awaitable[None]]:
        async def send() -> None:
            self.lines.append((name, self.clock.now() - self.began))

        return send

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.lines]


async def test_a_channel_takes_a_few_at_once_and_then_one_at_a_time() -> None:
    clock = FakeClock()
    budget, sent = Budget(replace(LIMITS, burst=2), clock), Sent(clock)
    async with asyncio.TaskGroup() as group:
        for name in "abcd":
            group.create_task(budget.call("C1", Urgency.ANSWER, sent.line(name)))
        await clock.advance(10)
    assert sent.lines == [("a", 0.0), ("b", 0.0), ("c", 1.0), ("d", 2.0)]


async def test_decisions_go_before_answers_answers_before_live_text_and_that_before_status() -> (
    None
):
    clock = FakeClock()
    budget, sent = Budget(ONE_A_SECOND, clock), Sent(clock)
    await budget.call("C1", Urgency.ANSWER, sent.line("first"))
    async with asyncio.TaskGroup() as group:
        for urgency in reversed(Urgency):
            group.create_task(budget.call("C1", urgency, sent.line(urgency.name)))
        await clock.advance(10)
    assert sent.names == ["first", "DECISION", "ANSWER", "LIVE", "STATUS"]


async def test_what_can_wait_leaves_one_post_to_what_cannot() -> None:
    clock = FakeClock()
    budget, sent = Budget(replace(LIMITS, burst=2, posts_per_second=0.01), clock), Sent(clock)
    async with asyncio.TaskGroup() as group:
        for name in ("one", "two"):
            group.create_task(budget.call("C1", Urgency.LIVE, sent.line(name)))
        await clock.advance(1)
        await budget.call("C1", Urgency.DECISION, sent.line("decision"))
        await clock.advance(300)
    assert sent.names == ["one", "decision", "two"]


async def test_edits_of_live_text_keep_their_distance() -> None:
    clock = FakeClock()
    budget, sent = Budget(replace(LIMITS, edit_seconds=2.0), clock), Sent(clock)
    for name in "abc":
        turn = asyncio.create_task(budget.turn("C1", Urgency.LIVE, is_edit=True))
        await clock.advance(2 if sent.lines else 0)
        await turn
        await budget.run("C1", sent.line(name))
    assert [seconds for _, seconds in sent.lines] == [0.0, 2.0, 4.0]


async def test_a_channel_that_is_told_to_wait_waits_and_no_other_does() -> None:
    clock = FakeClock()
    budget, sent = Budget(LIMITS, clock), Sent(clock)

    async def refused() -> None:
        raise SendError("Too many.", retry_after=8.0)

    with pytest.raises(SendError):
        await budget.call("C1", Urgency.ANSWER, refused)
    async with asyncio.TaskGroup() as group:
        group.create_task(budget.call("C1", Urgency.DECISION, sent.line("late")))
        group.create_task(budget.call("C2", Urgency.STATUS, sent.line("other")))
        await clock.advance(20)
    assert sent.lines == [("other", 0.0), ("late", 8.0)]


async def test_an_answer_that_would_wait_for_long_is_refused_with_the_time() -> None:
    clock = FakeClock()
    budget, sent = Budget(ONE_A_SECOND, clock), Sent(clock)
    waiting = [
        asyncio.create_task(budget.call("C1", Urgency.ANSWER, sent.line(str(number))))
        for number in range(int(PATIENCE) + 1)
    ]
    await asyncio.sleep(0)
    with pytest.raises(SendError) as refused:
        await budget.call("C1", Urgency.ANSWER, sent.line("too much"))
    assert refused.value.retry_after == pytest.approx(PATIENCE + 1)
    assert not refused.value.may_have_arrived
    await clock.advance(60)
    await asyncio.gather(*waiting)


async def test_answers_that_wait_are_no_reason_to_refuse_a_decision() -> None:
    clock = FakeClock()
    budget, sent = Budget(ONE_A_SECOND, clock), Sent(clock)
    async with asyncio.TaskGroup() as group:
        for number in range(int(PATIENCE) + 1):
            group.create_task(budget.call("C1", Urgency.ANSWER, sent.line(str(number))))
        await clock.advance(0)
        group.create_task(budget.call("C1", Urgency.DECISION, sent.line("card")))
        await clock.advance(PATIENCE + 5)
    assert sent.lines[1] == ("card", 1.0)


async def test_whoever_gives_up_waiting_holds_nobody_up() -> None:
    clock = FakeClock()
    budget, sent = Budget(ONE_A_SECOND, clock), Sent(clock)
    await budget.call("C1", Urgency.ANSWER, sent.line("a"))
    given_up = asyncio.create_task(budget.call("C1", Urgency.ANSWER, sent.line("b")))
    later = asyncio.create_task(budget.call("C1", Urgency.ANSWER, sent.line("c")))
    await asyncio.sleep(0)
    given_up.cancel()
    await clock.advance(1)
    await later
    assert sent.lines == [("a", 0.0), ("c", 1.0)]


async def test_quiet_channels_are_forgotten_and_busy_ones_are_not() -> None:
    clock = FakeClock()
    budget, sent = Budget(ONE_A_SECOND, clock), Sent(clock)
    for number in range(1200):
        await budget.call(f"C{number}", Urgency.ANSWER, sent.line("x"))
    again = asyncio.create_task(budget.call("C1199", Urgency.ANSWER, sent.line("again")))
    await clock.advance(0.5)
    assert not again.done()
    await clock.advance(1)
    await again


async def test_a_clock_that_is_set_back_stops_nobody() -> None:
    clock = FakeClock()
    budget = Budget(LIMITS, clock)
    for _ in range(LIMITS.burst):
        await budget.turn("C1", Urgency.ANSWER)
    with suppress(SendError):
        await budget.run("C2", _refused)
    clock.turn(-3600)
    turns = [asyncio.ensure_future(budget.turn(name, Urgency.LIVE)) for name in ("C1", "C2")]
    await clock.advance(6)
    assert all(turn.done() for turn in turns)


async def _refused() -> None:
    raise SendError("Not now.", retry_after=5.0)
