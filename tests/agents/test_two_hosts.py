"""One conversation, two processes: each step is done by one of them, and once."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.approvals import ApprovalTakenError
from liteagent.events import Event
from liteagent.kernel import OwnedElsewhereError
from liteagent.testing import Answer
from liteagent.testing.runtime import ANN, BOB
from tests.fixtures.rigs import gated


async def test_what_one_process_asked_another_may_be_told() -> None:
    async with gated() as one, one.peer() as two:
        session = await one.session()
        await one.say(session, "go")
        await two.decide("apr_1")
        assert len(one.sink.done) == 1
        types = await one.types(session)
        assert types.count("tool.started") == types.count("turn.completed") == 1
        await one.say(session, "hello")
        assert (await one.types(session)).count("turn.completed") == 2


async def test_of_two_clicks_in_two_processes_one_wins() -> None:
    async with gated() as one, one.peer() as two:
        session = await one.session()
        await one.say(session, "go")
        outcomes = await asyncio.gather(
            one.inbox.decide("apr_1", "approve", principal=BOB),
            two.inbox.decide("apr_1", "reject", principal=ANN),
            return_exceptions=True,
        )
        for host in (one, two):
            await host.settle()
        lost = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert len(lost) == 1
        assert isinstance(lost[0], ApprovalTakenError | OwnedElsewhereError)
        assert (await one.types(session)).count("approval.decided") == 1
        assert len(one.sink.done) <= 1


async def test_a_turn_that_one_process_works_on_is_not_taken_from_it() -> None:
    gate = asyncio.Event()
    async with gated({"think": Answer(pieces=("x",), gate=gate)}) as one, one.peer() as two:
        session = await one.session()
        await one.say(session, "think")
        with pytest.raises(OwnedElsewhereError, match="host-1"):
            await two.say(session, "hello")
        gate.set()
        await one.settle()
        await two.say(session, "hello")
        assert (await one.types(session)).count("turn.completed") == 2


async def test_when_one_process_dies_the_other_takes_its_work_up() -> None:
    async with gated() as one, one.peer() as two:
        session = await one.session()
        await one.say(session, "go")
        one.crash_at("tool.after-effect")
        one.sink.hold("restart")
        await one.decide("apr_1")
        one.sink.release("restart")
        await one.settle()
        assert one.is_dead
        await one.crash()
        await two.say(session, "hello")
        (asked,) = await two.inbox.pending()
        assert asked["kind"] == "unknown_outcome"
        await two.decide(asked["id"], "respond", content="done")
        assert len(one.sink.done) == 1
        assert await one.status(session) == "idle"


async def test_a_watcher_in_one_process_sees_what_the_other_did_once_both_have_worked() -> None:
    async with gated() as one, one.peer() as two:
        session = await one.session()
        frames, seen = one.sessions.watch(session), list[int]()

        async def watch() -> None:
            async for frame in frames:
                if isinstance(frame, Event):
                    seen.append(frame.seq)

        watching = asyncio.ensure_future(watch())
        await one.say(session, "hello")
        await two.say(session, "hello")
        await one.say(session, "hello")
        log = await one.log(session)
        assert seen == [event.seq for event in log]
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await frames.aclose()
