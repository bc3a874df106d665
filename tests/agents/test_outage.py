"""The journal goes away and comes back: nothing half done, nothing forgotten."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.errors import JournalUnavailableError
from liteagent.testing import Answer
from liteagent.testing.runtime import AgentRig
from tests.fixtures.rigs import gated


async def test_a_message_is_refused_with_the_sentence_and_can_be_sent_again() -> None:
    async with gated() as rig:
        session = await rig.session()
        rig.wire.away = True
        with pytest.raises(JournalUnavailableError, match="cannot be reached; try again"):
            await rig.say(session, "hello", key="k")
        assert rig.model.requests == []
        rig.wire.away = False
        await rig.say(session, "hello", key="k")
        assert (await rig.types(session)).count("message.received") == 1
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_a_decision_that_could_not_be_stored_was_not_made() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.wire.away = True
        with pytest.raises(JournalUnavailableError):
            await rig.decide("apr_1")
        assert rig.sink.done == []
        rig.wire.away = False
        assert await rig.pending() == ["apr_1"]
        await rig.decide("apr_1")
        assert len(rig.sink.done) == 1
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_an_answer_that_came_during_the_outage_is_written_when_it_is_over() -> None:
    gate = asyncio.Event()
    async with gated({"tell": Answer(pieces=("Once",), gate=gate)}) as rig:
        session = await rig.session()
        await rig.say(session, "tell")
        rig.wire.away = True
        gate.set()
        await rig.advance(30)
        assert (await rig.types(session))[-1] == "model.requested"
        rig.wire.away = False
        await rig.advance(1)
        assert [data["text"] for data in await rig.of_type(session, "message.sent")] == ["Once"]
        assert len(rig.model.requests) == 1


async def test_a_tool_that_ended_during_the_outage_is_not_run_again() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "both")
        rig.sink.hold("restart")
        await rig.decide("apr_1")
        rig.wire.away = True
        rig.sink.release("restart")
        await rig.advance(30)
        assert len(rig.sink.calls("restart")) == 1
        rig.wire.away = False
        await rig.advance(1)
        assert len(rig.sink.calls("restart")) == 1
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_an_outage_that_ends_in_a_crash_leaves_an_unknown_outcome() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.sink.hold("restart")
        await rig.decide("apr_1")
        rig.wire.away = True
        rig.sink.release("restart")
        await rig.settle()
        await rig.restart()
        (asked,) = await rig.inbox.pending()
        assert asked["kind"] == "unknown_outcome"
        assert len(rig.sink.done) == 1
        assert await rig.status(session) == "waiting"


async def test_a_cancel_during_the_outage_fails_and_holds_when_it_is_said_again() -> None:
    async with gated({"tell": Answer(pieces=("x",), gate=asyncio.Event())}) as rig:
        session = await rig.session()
        await rig.say(session, "tell")
        rig.wire.away = True
        with pytest.raises(JournalUnavailableError):
            await rig.cancel(session)
        rig.wire.away = False
        await rig.cancel(session)
        assert (await rig.types(session))[-1] == "turn.cancelled"


async def test_what_expires_during_the_outage_expires_when_it_is_over() -> None:
    rule = {"restart": {"expires": "10m", "on_expiry": "deny"}}
    async with gated(approval=rule) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.wire.away = True
        await rig.advance(601)
        rig.wire.away = False
        await rig.advance(2)
        assert "approval.expired" in await rig.types(session)
        assert rig.sink.done == []
        assert await rig.status(session) == "idle"


async def test_a_runtime_that_cannot_start_leaves_nothing_running() -> None:
    before = asyncio.all_tasks()
    rig = gated()
    start = rig.start

    class Away:
        def __getattr__(self, name: str) -> object:
            async def refuse(*args: object, **more: object) -> None:
                raise JournalUnavailableError("The journal is not there.")

            return refuse

    rig.journal = Away()  # type: ignore[assignment]
    with pytest.raises(JournalUnavailableError):
        await start()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    assert isinstance(rig, AgentRig)


async def test_a_grant_and_a_cancel_that_a_draining_process_took_run_nothing() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        approving = {
            "type": "decide",
            "approval_id": "apr_1",
            "decision": "approve",
            "principal": {"id": "bob", "scopes": ["approve"]},
        }
        cancelling = {"type": "cancel", "principal": {"id": "ann"}}
        asked = [
            asyncio.ensure_future(rig.runtime.ask(f"session/{session}", command))
            for command in (approving, cancelling)
        ]
        stopping = asyncio.ensure_future(rig.stop())
        await asyncio.gather(*asked, stopping)
        assert (await rig.types(session))[-2:] == ["approval.decided", "cancel.requested"]
        await rig.restart()
        assert rig.sink.done == []
        assert (await rig.types(session)).count("approval.decided") == 1
        (void,) = await rig.of_type(session, "approval.expired")
        assert void["reason"] == "cancelled"
        assert await rig.status(session) == "idle"
