"""What goes wrong with a post holds up no other, and is told."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from liteagent.kernel import DeliveryStatus, SendError
from liteagent.testing.platform import FakePlatform
from tests.kernel.outboxes import (
    Known,
    caught_up,
    conversation,
    outbox,
)


async def test_a_refused_post_is_made_when_the_platform_said_that_it_may() -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        chat.refuse(SendError("Slow down.", retry_after=40))
        work = asyncio.ensure_future(caught_up(outbox(rig), session, chat.sender()))
        await rig.clock.advance(39)
        assert len(chat.sends) == 1
        await rig.clock.advance(1)
        await work
        assert chat.texts == ["re a"]


async def test_a_refused_post_leaves_no_doubt_behind() -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        chat.refuse(SendError("Slow down.", retry_after=40))
        work = asyncio.ensure_future(caught_up(outbox(rig), session, chat.sender()))
        await rig.clock.advance(1)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await caught_up(outbox(rig, liveness=Known("two")), session, chat.sender())
        assert chat.texts == ["re a"]


async def test_tries_grow_rarer_and_do_not_end() -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        chat.refuse(*[SendError("Not now.") for _ in range(40)])
        work = asyncio.ensure_future(caught_up(outbox(rig), session, chat.sender()))
        await rig.clock.advance(60)
        early = len(chat.sends)
        await rig.clock.advance(600)
        assert early >= 5
        assert len(chat.sends) - early <= 20
        await rig.clock.advance(3600)
        await work
        assert chat.texts == ["re a"]


async def test_what_is_refused_for_good_is_recorded_and_holds_nothing_up() -> None:
    async with conversation("a", "b") as (rig, session):
        chat, box = FakePlatform(), outbox(rig)
        chat.refuse(SendError("The channel is archived.", permanent=True))
        (failed, _) = await caught_up(box, session, chat.sender())
        assert (failed.status, failed.error) == (DeliveryStatus.FAILED, "The channel is archived.")
        assert [problem async for problem in box.problems()] == [failed]
        assert chat.texts == ["re b"]


async def test_a_session_whose_platform_is_away_holds_no_other_up() -> None:
    async with conversation("a") as (rig, one):
        two = await rig.session()
        await rig.say(two, "a")
        away, chat, box = FakePlatform(), FakePlatform(), outbox(rig)
        away.refuse(*[SendError("Not now.") for _ in range(9)])
        work = asyncio.ensure_future(caught_up(box, one, away.sender()))
        await rig.settle()
        await caught_up(box, two, chat.sender())
        assert (away.texts, chat.texts) == ([], ["re a"])
        await rig.clock.advance(3600)
        await work


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("sender", DeliveryStatus.UNKNOWN),
        ("idempotent_sender", DeliveryStatus.SENT),
        ("finding_sender", DeliveryStatus.SENT),
    ],
)
async def test_a_lost_answer_is_taken_as_a_death_is(kind: str, status: DeliveryStatus) -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        chat.lose_answer()
        work = asyncio.ensure_future(caught_up(outbox(rig), session, getattr(chat, kind)()))
        await rig.clock.advance(60)
        assert [delivery.status for delivery in await work] == [status]
        assert chat.texts == ["re a"]


async def test_a_post_that_hangs_is_given_up_and_looked_up() -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        chat.hold()
        work = asyncio.ensure_future(caught_up(outbox(rig), session, chat.finding_sender()))
        await rig.clock.advance(31)
        chat.release()
        await rig.clock.advance(60)
        assert len(await work) == 1
        assert chat.texts == ["re a"]


async def test_a_sender_that_breaks_over_an_event_is_spared_it_at_last() -> None:
    async with conversation("a", "b") as (rig, session):
        chat = FakePlatform()
        chat.refuse(*[KeyError("blocks") for _ in range(8)])
        work = asyncio.ensure_future(caught_up(outbox(rig), session, chat.finding_sender()))
        await rig.clock.advance(3600)
        assert [d.status for d in await work] == [DeliveryStatus.UNKNOWN, DeliveryStatus.SENT]
        assert chat.texts == ["re b"]


async def test_an_outcome_waits_for_the_journal_to_come_back() -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        chat.hold()
        work = asyncio.ensure_future(caught_up(outbox(rig), session, chat.sender()))
        await rig.settle()
        rig.wire.away = True
        chat.release()
        await rig.clock.advance(10)
        assert not work.done()
        rig.wire.away = False
        await rig.clock.advance(10)
        assert len(await work) == 1
        assert await caught_up(outbox(rig, liveness=Known("two")), session, chat.sender()) == []
