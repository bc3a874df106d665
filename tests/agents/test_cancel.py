"""Cancelling keeps what finished, takes back what was asked, and leaves nothing behind."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.approvals import ApprovalTakenError
from liteagent.testing import Answer, call, calls
from liteagent.testing.runtime import ANN, BOB
from tests.fixtures.rigs import gated


async def test_the_text_that_had_come_is_kept() -> None:
    answer = Answer(pieces=("Once upon ", "a time"), gate=asyncio.Event(), gate_after=1)
    async with gated({"tell": answer}) as rig:
        session = await rig.session()
        receipt = await rig.say(session, "tell")
        assert await rig.cancel(session) == [receipt.turn_id]
        (responded,) = await rig.of_type(session, "model.responded")
        assert (responded["text"], responded["partial"]) == ("Once upon ", True)
        (cancelled,) = await rig.of_type(session, "turn.cancelled")
        assert (cancelled["by"]["id"], cancelled["reason"]) == ("ann", "Somebody stopped it.")
        assert "message.sent" not in await rig.types(session)
        assert await rig.status(session) == "idle"


async def test_of_parallel_tools_those_that_finished_keep_their_results() -> None:
    async with gated(approval={"restart": "never"}) as rig:
        session = await rig.session()
        rig.sink.hold("restart")
        await rig.say(session, "both")
        await rig.cancel(session)
        (kept,) = await rig.of_type(session, "tool.succeeded")
        assert (kept["tool"], kept["result"]) == ("look", "did look")
        (stopped,) = await rig.of_type(session, "tool.failed")
        assert "it may have done part of its work" in stopped["error"]["message"]
        await rig.say(session, "what happened?")
        shown = [message.content for message in rig.model.requests[-1].messages]
        assert "did look" in shown
        assert stopped["error"]["message"] in shown
        assert rig.sink.calls("restart") == []


async def test_a_parked_turn_takes_its_question_back() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.cancel(session)
        assert await rig.pending() == []
        with pytest.raises(ApprovalTakenError):
            await rig.decide("apr_1")
        assert rig.sink.done == []
        assert (await rig.inbox.get("apr_1"))["status"] == "cancelled"
        assert await rig.status(session) == "idle"
        await rig.say(session, "hello")
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_every_open_turn_is_ended_and_its_questions_with_it() -> None:
    async with gated() as rig:
        session = await rig.session()
        receipts = [await rig.say(session, "go") for _ in range(3)]
        await rig.say(session, "many")
        assert len(await rig.pending()) == 13
        ended = await rig.cancel(session)
        assert ended[:3] == [receipt.turn_id for receipt in receipts]
        assert await rig.pending() == []
        assert (await rig.types(session)).count("turn.cancelled") == 4
        assert await rig.status(session) == "idle"


async def test_one_turn_is_ended_and_the_others_go_on() -> None:
    async with gated() as rig:
        session = await rig.session()
        first, second = await rig.say(session, "go"), await rig.say(session, "go")
        assert await rig.cancel(session, turn_id=first.turn_id) == [first.turn_id]
        assert await rig.pending() == ["apr_2"]
        await rig.decide("apr_2")
        (completed,) = await rig.of_type(session, "turn.completed")
        assert completed["turn_id"] == second.turn_id


async def test_a_turn_that_still_waits_its_turn_can_be_cancelled_too() -> None:
    gate = asyncio.Event()
    async with gated({"think": Answer(pieces=("x",), gate=gate)}) as rig:
        session = await rig.session()
        await rig.say(session, "think")
        waiting = await rig.say(session, "hello")
        assert await rig.cancel(session, turn_id=waiting.turn_id) == [waiting.turn_id]
        gate.set()
        await rig.settle()
        assert len(rig.model.requests) == 1
        assert (await rig.types(session)).count("turn.completed") == 1
        assert (await rig.types(session)).count("turn.cancelled") == 1


async def test_messages_that_wait_are_answered_after_a_cancel() -> None:
    answer = Answer(pieces=("x",), gate=asyncio.Event())
    async with gated({"think": answer}) as rig:
        session = await rig.session()
        first = await rig.say(session, "think")
        await rig.say(session, "hello")
        assert await rig.cancel(session) == [first.turn_id]
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_cancelling_nothing_does_nothing() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        before = await rig.types(session)
        assert await rig.cancel(session) == []
        assert await rig.cancel(session, turn_id="turn_99") == []
        assert await rig.types(session) == before


async def test_cancelling_twice_is_as_once() -> None:
    async with gated({"tell": Answer(pieces=("x",), gate=asyncio.Event())}) as rig:
        session = await rig.session()
        await rig.say(session, "tell")
        await asyncio.gather(*(rig.cancel(session) for _ in range(5)))
        assert (await rig.types(session)).count("turn.cancelled") == 1
        assert (await rig.types(session)).count("cancel.requested") == 1


async def test_a_cancel_and_an_approval_at_once_run_the_call_once_or_not_at_all() -> None:
    for first in ("cancel", "approve"):
        async with gated() as rig:
            session = await rig.session()
            await rig.say(session, "go")
            cancelling = rig.sessions.cancel(session, principal=ANN)
            deciding = rig.inbox.decide("apr_1", "approve", principal=BOB)
            both = [cancelling, deciding] if first == "cancel" else [deciding, cancelling]
            await asyncio.gather(*both, return_exceptions=True)
            await rig.settle()
            assert len(rig.sink.done) <= 1
            assert (await rig.types(session)).count("turn.cancelled") == 1
            assert await rig.status(session) == "idle"
            assert await rig.pending() == []


async def test_a_cancelled_call_that_was_granted_but_had_not_begun_never_runs() -> None:
    many = calls(*(call("restart", f"c{n}", name=f"{n}") for n in range(20)))
    async with gated({"twenty": many}, limits={"max_tool_calls": 20}) as rig:
        session = await rig.session()
        rig.sink.hold("restart")
        await rig.say(session, "twenty")
        for approval_id in await rig.pending():
            await rig.decide(approval_id)
        assert (await rig.types(session)).count("tool.started") == 16
        await rig.cancel(session)
        rig.sink.release("restart")
        await rig.settle()
        assert rig.sink.done == []
        assert (await rig.types(session)).count("tool.started") == 16
        assert await rig.status(session) == "idle"


async def test_a_crash_in_the_middle_of_a_cancel_is_finished_by_the_next_process() -> None:
    async with gated(approval={"restart": "never"}) as rig:
        session = await rig.session()
        rig.sink.hold("restart")
        await rig.say(session, "both")
        rig.crash_at("tool.before-outcome")
        rig.wire.stall()
        cancelling = asyncio.ensure_future(rig.sessions.cancel(session, principal=ANN))
        await rig.settle()
        rig.wire.flow()
        await cancelling
        await rig.restart()
        assert (await rig.types(session))[-1] == "turn.cancelled"
        assert await rig.status(session) == "idle"
        assert await rig.pending() == []


async def test_cancelling_waits_for_no_approval_of_an_unknown_outcome() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.crash_at("tool.after-effect")
        await rig.decide("apr_1")
        await rig.restart()
        (asked,) = await rig.inbox.pending()
        assert asked["kind"] == "unknown_outcome"
        await rig.cancel(session)
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "unknown_outcome"
        assert await rig.pending() == []
        assert len(rig.sink.done) == 1
