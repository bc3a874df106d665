"""What a session says is posted exactly once, whatever dies in between."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from liteagent.agents.session import SESSION
from liteagent.errors import SessionNotFoundError
from liteagent.events import Event
from liteagent.ids import entity_id
from liteagent.kernel import DeliveryStatus, Frame
from liteagent.testing import Answer
from liteagent.testing.platform import FakePlatform
from liteagent.testing.runtime import ANN, AgentRig
from tests.fixtures.rigs import script
from tests.kernel.outboxes import (
    KINDS,
    DieAt,
    Known,
    after_a_death,
    caught_up,
    conversation,
    killed_at,
    outbox,
)


async def test_answers_are_posted_once_and_in_order() -> None:
    async with conversation("a", "b", "c") as (rig, session):
        chat = FakePlatform()
        first = await caught_up(outbox(rig), session, chat.sender())
        again = await caught_up(outbox(rig, liveness=Known("two")), session, chat.sender())
        assert chat.texts == ["re a", "re b", "re c"]
        assert [(d.status, d.message_id) for d in first] == [
            (DeliveryStatus.SENT, f"post-{n}") for n in (1, 2, 3)
        ]
        assert again == []


async def test_what_comes_later_is_posted_as_it_comes() -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        stream = outbox(rig).follow(entity_id(SESSION, session), chat.sender())
        async with aclosing(stream) as deliveries:
            assert (await anext(deliveries)).message_id == "post-1"
            await rig.sessions.send(session, "b", principal=ANN)
            assert (await anext(deliveries)).message_id == "post-2"
        assert chat.texts == ["re a", "ok"]


async def test_whoever_watches_sees_frames_though_a_delivery_waits() -> None:
    chat, seen, gate = FakePlatform(), list[str](), asyncio.Event()
    slow = Answer(pieces=("re ", "b"), gate=gate, gate_after=1)
    async with AgentRig(script({"a": "re a", "b": slow})) as rig:
        session = await rig.session()
        await rig.say(session, "a")

        def watch(frame: Frame) -> None:
            seen.append(frame.type if isinstance(frame, Event) else getattr(frame, "text", ""))

        chat.hold()
        stream = outbox(rig).follow(entity_id(SESSION, session), chat.sender(), watch=watch)
        async with aclosing(stream) as deliveries:
            first = asyncio.ensure_future(anext(deliveries))
            await rig.say(session, "b")
            assert seen[-1] == "re "
            gate.set()
            await rig.settle()
            assert seen.count("turn.completed") == 2
            assert chat.texts == []
            chat.release()
            assert (await first).message_id == "post-1"
            assert (await anext(deliveries)).message_id == "post-2"
        assert chat.texts == ["re a", "re b"]


async def test_whoever_watches_breaks_no_delivery_that_was_let_go() -> None:
    async with conversation("a") as (rig, session):
        stream = outbox(rig).follow(
            entity_id(SESSION, session), FakePlatform().sender(), watch=lambda frame: None
        )
        async with aclosing(stream) as deliveries:
            assert (await anext(deliveries)).message_id == "post-1"
            await rig.stop()
            assert [delivery async for delivery in deliveries] == []


async def test_a_session_that_does_not_exist_cannot_be_watched() -> None:
    async with conversation() as (rig, _):
        stream = outbox(rig).follow(
            "session/none", FakePlatform().sender(), watch=lambda frame: None
        )
        with pytest.raises(SessionNotFoundError):
            await anext(stream)


async def test_other_types_of_event_can_be_chosen() -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        box = outbox(rig, types=("message.received", "turn.completed"))
        await caught_up(box, session, chat.sender())
        assert len(chat.posts) == 2
        assert chat.texts[0] == "a"


async def test_how_a_delivery_ended_can_be_looked_up() -> None:
    async with conversation("a") as (rig, session):
        box, entity = outbox(rig), entity_id(SESSION, session)
        (delivery,) = await caught_up(box, session, FakePlatform().sender())
        assert await box.posted(entity, delivery.seq) == delivery
        assert await box.posted(entity, delivery.seq + 1) is None


async def test_how_far_it_is_can_be_looked_up() -> None:
    async with conversation("a") as (rig, session):
        entity, chat = entity_id(SESSION, session), FakePlatform()
        assert await outbox(rig).ended(entity) == 0
        await killed_at("outbound.after-intent", rig, session, chat.finding_sender())
        begun = await outbox(rig).ended(entity)
        (delivery,) = await caught_up(after_a_death(rig), session, chat.finding_sender())
        assert (begun, await outbox(rig).ended(entity)) == (delivery.seq - 1, delivery.seq)


async def test_the_points_are_reached_in_order() -> None:
    async with conversation("a") as (rig, session):
        points = DieAt()
        await caught_up(outbox(rig, crash=points), session, FakePlatform().sender())
        moments = ("before-intent", "after-intent", "after-effect", "after-outcome", "after-reply")
        assert points.reached == [f"outbound.{moment}" for moment in moments]


# -- after a death


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("point", ["before-intent", "after-outcome", "after-reply"])
async def test_a_death_that_leaves_no_doubt_costs_nothing(point: str, kind: str) -> None:
    async with conversation("a", "b") as (rig, session):
        chat = FakePlatform()
        sender = getattr(chat, kind)()
        await killed_at(f"outbound.{point}", rig, session, sender)
        await caught_up(after_a_death(rig), session, sender)
        assert chat.texts == ["re a", "re b"]
        assert len(chat.sends) == 2


@pytest.mark.parametrize("point", ["after-intent", "after-effect"])
async def test_an_interrupted_post_is_made_again_with_its_key(point: str) -> None:
    async with conversation("a", "b") as (rig, session):
        chat = FakePlatform()
        await killed_at(f"outbound.{point}", rig, session, chat.idempotent_sender())
        await caught_up(after_a_death(rig), session, chat.idempotent_sender())
        assert chat.texts == ["re a", "re b"]
        assert len(set(chat.sends)) == 2


@pytest.mark.parametrize("point", ["after-intent", "after-effect"])
async def test_an_interrupted_post_is_looked_up_and_made_once(point: str) -> None:
    async with conversation("a", "b") as (rig, session):
        chat = FakePlatform()
        await killed_at(f"outbound.{point}", rig, session, chat.finding_sender())
        (first, _) = await caught_up(after_a_death(rig), session, chat.finding_sender())
        assert chat.texts == ["re a", "re b"]
        assert len(chat.sends) == 2
        assert first.message_id == "post-1"


@pytest.mark.parametrize(("point", "arrived"), [("after-intent", []), ("after-effect", ["re a"])])
async def test_an_interrupted_post_that_nobody_can_look_up_is_parked(
    point: str, arrived: list[str]
) -> None:
    async with conversation("a", "b") as (rig, session):
        chat = FakePlatform()
        await killed_at(f"outbound.{point}", rig, session, chat.sender())
        box = after_a_death(rig)
        (parked, other) = await caught_up(box, session, chat.sender())
        assert chat.texts == [*arrived, "re b"]
        assert (parked.status, other.status) == (DeliveryStatus.UNKNOWN, DeliveryStatus.SENT)
        assert [problem async for problem in box.problems()] == [parked]
        assert await box.dismiss(parked)
        assert [problem async for problem in box.problems()] == []
        assert await caught_up(box, session, chat.sender()) == []


# -- two of them


async def test_of_two_who_would_post_one_does() -> None:
    async with conversation("a", "b", "c") as (rig, session):
        chat = FakePlatform()
        boxes = [outbox(rig, liveness=Known(name)) for name in ("one", "two")]
        work = [asyncio.ensure_future(caught_up(b, session, chat.sender())) for b in boxes]
        await rig.clock.advance(600)
        both = [delivery for each in work for delivery in await each]
        assert chat.texts == ["re a", "re b", "re c"]
        assert len(both) == 3


async def test_whoever_posted_before_is_first_at_what_comes_next() -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        first = outbox(rig, liveness=Known("one"), head_start=1.0)
        other = outbox(rig, liveness=Known("two", gone=("three",)), head_start=1.0)
        await caught_up(first, session, chat.sender())
        entity = entity_id(SESSION, session)
        assert [(await each.progress(entity))[1] for each in (first, other)] == [True, False]
        await rig.say(session, "b")
        waiting = asyncio.ensure_future(caught_up(other, session, chat.sender()))
        await rig.settle()
        assert chat.texts == ["re a"]
        assert len(await caught_up(first, session, chat.sender())) == 1
        await rig.advance(2)
        assert await waiting == []
        await rig.say(session, "c")
        late = asyncio.ensure_future(caught_up(other, session, chat.sender()))
        await rig.advance(2)
        assert len(await late) == 1
        assert [(await each.progress(entity))[1] for each in (first, other)] == [False, True]


async def test_a_post_under_way_elsewhere_is_waited_for() -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        chat.hold()
        one = asyncio.ensure_future(caught_up(outbox(rig), session, chat.finding_sender()))
        await rig.settle()
        box = outbox(rig, liveness=Known("two"))
        two = asyncio.ensure_future(caught_up(box, session, chat.finding_sender()))
        await rig.settle()
        assert len(chat.sends) == 1
        chat.release()
        await rig.clock.advance(600)
        assert len(await one) == 1
        assert await two == []
        assert chat.texts == ["re a"]


async def test_whoever_is_silent_for_too_long_is_replaced() -> None:
    async with conversation("a") as (rig, session):
        chat = FakePlatform()
        await killed_at("outbound.after-intent", rig, session, chat.finding_sender())
        work = asyncio.ensure_future(caught_up(outbox(rig), session, chat.finding_sender()))
        await rig.clock.advance(1)
        assert chat.posts == []
        await rig.clock.advance(600)
        assert len(await work) == 1
        assert chat.texts == ["re a"]


# -- sessions that come and go


async def test_a_session_made_anew_under_its_name_is_delivered_from_its_start() -> None:
    async with conversation("a", "b") as (rig, session):
        chat, box = FakePlatform(), outbox(rig)
        await caught_up(box, session, chat.finding_sender())
        await rig.sessions.delete(session)
        await rig.sessions.create("agent", principal=ANN, session_id=session)
        await rig.say(session, "a")
        await caught_up(box, session, chat.finding_sender())
        assert chat.texts == ["re a", "re b", "re a"]
        assert len(set(chat.sends)) == 3


async def test_a_session_that_does_not_exist_cannot_be_followed() -> None:
    async with conversation() as (rig, _):
        with pytest.raises(SessionNotFoundError):
            await anext(outbox(rig).follow("session/none", FakePlatform().sender()))


async def test_catching_up_wakes_nobody() -> None:
    async with conversation("a") as (rig, session):
        await rig.restart()
        assert rig.runtime.host.active == 0
        chat = FakePlatform()
        await caught_up(outbox(rig), session, chat.sender())
        assert chat.texts == ["re a"]
        assert rig.runtime.host.active == 0
