"""A message during a turn: it waits, steers, interrupts or is refused, and is never lost."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.agents.session import SESSION
from liteagent.errors import SessionBusyError
from liteagent.ids import entity_id
from liteagent.testing import Answer, call, calls
from liteagent.testing.people import person
from liteagent.testing.runtime import ANN, AgentRig
from tests.fixtures.rigs import gated

BOB = person("bob")


def thinking() -> tuple[asyncio.Event, dict[str, Answer]]:
    """A gate, and answers of which `think` stands still before it."""
    gate = asyncio.Event()
    return gate, {"think": Answer(pieces=("I thought ", "about it"), gate=gate, gate_after=1)}


async def sent(rig: AgentRig, session: str) -> list[str]:
    return [data["text"] for data in await rig.of_type(session, "message.sent")]


# -- enqueue


async def test_messages_that_wait_are_answered_in_turn_in_the_order_in_which_they_came() -> None:
    gate, answers = thinking()
    async with gated({**answers, "one": "1", "two": "2", "three": "3"}) as rig:
        session = await rig.session()
        receipts = [await rig.say(session, text) for text in ("think", "one", "two", "three")]
        assert len({receipt.turn_id for receipt in receipts}) == 4
        assert len(rig.model.requests) == 1
        gate.set()
        await rig.settle()
        assert await sent(rig, session) == ["I thought about it", "1", "2", "3"]
        ended = [data["turn_id"] for data in await rig.of_type(session, "turn.completed")]
        assert ended == [receipt.turn_id for receipt in receipts]


async def test_a_message_that_waits_outlives_the_process() -> None:
    _, answers = thinking()
    async with gated({**answers, "one": "1"}) as rig:
        session = await rig.session()
        await rig.say(session, "think")
        await rig.say(session, "one")
        await rig.crash()
        rig.model = type(rig.model)({"think": "done", "one": "1"})
        await rig.restart()
        assert await sent(rig, session) == ["done", "1"]


async def test_a_message_that_a_draining_process_took_is_answered_by_the_next_one() -> None:
    async with gated(drain_seconds=60) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.say(session, "go")
        rig.sink.hold("restart")
        await rig.decide("apr_2")
        rig.wire.stall()
        first = asyncio.ensure_future(rig.sessions.send(session, "hello", principal=ANN))
        await rig.settle()
        second = asyncio.ensure_future(rig.sessions.send(session, "hello again", principal=ANN))
        await rig.settle()
        stopping = asyncio.ensure_future(rig.stop())
        await rig.settle()
        rig.wire.flow()
        await rig.settle()
        rig.sink.release("restart")
        receipts = await asyncio.gather(first, second)
        await stopping
        await rig.restart()
        ended = {data["turn_id"] for data in await rig.of_type(session, "turn.completed")}
        assert {receipt.turn_id for receipt in receipts} <= ended
        assert await rig.status(session) == "waiting"


async def test_a_message_taken_at_the_last_moment_is_answered_by_the_next_process() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        sending = asyncio.ensure_future(rig.sessions.send(session, "hello", principal=ANN))
        stopping = asyncio.ensure_future(rig.stop())
        receipt = await sending
        await stopping
        assert (await rig.types(session))[-1] == "message.received"
        await rig.restart()
        (completed,) = await rig.of_type(session, "turn.completed")
        assert completed["turn_id"] == receipt.turn_id


# -- steer


async def test_what_is_said_meanwhile_reaches_the_model_with_its_next_call() -> None:
    gate, answers = thinking()
    async with gated({**answers, "and mind this": "minded"}, overlap="steer") as rig:
        session = await rig.session()
        first = await rig.say(session, "think")
        second = await rig.say(session, "and mind this")
        assert second.turn_id == first.turn_id
        gate.set()
        await rig.settle()
        assert len(rig.model.requests) == 2
        assert rig.model.requests[-1].messages[-1].content == "and mind this"
        assert await sent(rig, session) == ["minded"]
        assert (await rig.types(session)).count("turn.completed") == 1


async def test_what_is_said_while_a_tool_runs_is_read_with_its_result() -> None:
    async with gated({"see": calls(call("look", name="db"))}, overlap="steer") as rig:
        session = await rig.session()
        rig.sink.hold("look")
        await rig.say(session, "see")
        await rig.say(session, "hurry")
        rig.sink.release("look")
        await rig.settle()
        shown = [message.content for message in rig.model.requests[-1].messages]
        assert shown[-2:] == ["did look", "hurry"]
        assert (await rig.types(session)).count("turn.completed") == 1


async def test_nobody_steers_what_runs_in_another_name() -> None:
    gate, answers = thinking()
    async with gated(answers, overlap="steer") as rig:
        session = await rig.session()
        first = await rig.say(session, "think", by=ANN)
        second = await rig.say(session, "go", by=BOB)
        assert second.turn_id != first.turn_id
        gate.set()
        await rig.settle()
        (asked,) = await rig.inbox.pending()
        assert asked["requester"]["id"] == "bob"
        await rig.decide(asked["id"])
        assert [done.principal for done in rig.sink.done] == ["bob"]


async def test_a_message_outside_of_a_turn_steers_nothing() -> None:
    async with gated(overlap="steer") as rig:
        session = await rig.session()
        first = await rig.say(session, "hello")
        second = await rig.say(session, "hello")
        assert first.turn_id != second.turn_id


# -- interrupt


async def test_a_newer_message_takes_the_place_of_the_turn_whose_text_is_kept() -> None:
    _, answers = thinking()
    async with gated({**answers, "stop, this": "this"}, overlap="interrupt") as rig:
        session = await rig.session()
        first = await rig.say(session, "think")
        await rig.say(session, "stop, this")
        (cancelled,) = await rig.of_type(session, "turn.cancelled")
        assert cancelled["turn_id"] == first.turn_id
        assert cancelled["reason"] == "A newer message took its place."
        assert await sent(rig, session) == ["this"]
        shown = [m.content for m in rig.model.requests[-1].messages]
        assert shown[-2:] == ["I thought ", "stop, this"]


async def test_an_interrupted_turn_keeps_the_results_that_were_there() -> None:
    async with gated(overlap="interrupt", approval={"restart": "never"}) as rig:
        session = await rig.session()
        rig.sink.hold("restart")
        await rig.say(session, "both")
        await rig.say(session, "never mind")
        shown = {m.tool_call_id: m.content for m in rig.model.requests[-1].messages}
        assert "did look" in shown.values()
        assert any("was stopped while it ran" in text for text in shown.values())
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_of_many_interruptions_at_once_the_last_message_is_answered_and_none_is_lost() -> (
    None
):
    _, answers = thinking()
    async with gated(answers, overlap="interrupt") as rig:
        session = await rig.session()
        await rig.say(session, "think")
        receipts = await asyncio.gather(*(rig.say(session, f"m{n}") for n in range(10)))
        ends = {
            event.data["turn_id"]: event.type
            for event in await rig.log(session)
            if event.type in ("turn.completed", "turn.cancelled")
        }
        assert {receipt.turn_id for receipt in receipts} <= ends.keys()
        assert ends[receipts[-1].turn_id] == "turn.completed"
        assert await rig.status(session) == "idle"


# -- reject


async def test_a_message_during_a_turn_is_refused_and_leaves_no_trace() -> None:
    gate, answers = thinking()
    async with gated(answers, overlap="reject") as rig:
        session = await rig.session()
        first = await rig.say(session, "think")
        before = await rig.types(session)
        with pytest.raises(SessionBusyError) as busy:
            await rig.say(session, "hello")
        assert (busy.value.session_id, busy.value.turn_id) == (session, first.turn_id)
        assert await rig.types(session) == before
        gate.set()
        await rig.settle()
        await rig.say(session, "hello")
        assert await sent(rig, session) == ["I thought about it", "ok"]


async def test_the_same_key_during_a_busy_turn_gets_the_first_receipt() -> None:
    _, answers = thinking()
    async with gated(answers, overlap="reject") as rig:
        session = await rig.session()
        first = await rig.say(session, "think", key="k")
        assert await rig.say(session, "think", key="k") == first
        with pytest.raises(SessionBusyError):
            await rig.say(session, "think", key="other")


async def test_a_turn_that_waits_for_a_person_is_not_busy() -> None:
    async with gated(overlap="reject") as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.say(session, "hello")
        assert await sent(rig, session) == ["ok"]


# -- whatever the policy


@pytest.mark.parametrize("overlap", ["enqueue", "steer", "interrupt", "reject"])
async def test_a_message_while_an_approval_waits_starts_a_turn_of_its_own(overlap: str) -> None:
    async with gated(overlap=overlap) as rig:
        session = await rig.session()
        asked = await rig.say(session, "go")
        other = await rig.say(session, "hello")
        assert other.turn_id != asked.turn_id
        assert await rig.pending() == ["apr_1"]
        await rig.decide("apr_1")
        assert rig.sink.calls() == [{"name": "web"}]
        assert (await rig.types(session)).count("turn.completed") == 2


@pytest.mark.parametrize("overlap", ["enqueue", "steer", "interrupt"])
async def test_a_flood_of_messages_is_taken_whole(overlap: str) -> None:
    async with gated(overlap=overlap) as rig:
        session = await rig.session()
        receipts = await asyncio.gather(*(rig.say(session, f"m{n}") for n in range(100)))
        assert len({receipt.message_id for receipt in receipts}) == 100
        received = [data["text"] for data in await rig.of_type(session, "message.received")]
        assert received == [f"m{n}" for n in range(100)]
        assert await rig.status(session) == "idle"


async def test_the_policy_can_be_changed_during_a_turn() -> None:
    gate, answers = thinking()
    async with gated(answers) as rig:
        session = await rig.session()
        first = await rig.say(session, "think")
        rig.agents.change(overlap="steer")
        assert (await rig.say(session, "also")).turn_id == first.turn_id
        gate.set()
        await rig.settle()
        row = await rig.journal.head(entity_id(SESSION, session))
        assert row is not None
        assert row.head.status == "idle"
