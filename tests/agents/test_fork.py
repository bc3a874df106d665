"""A fork begins as its original was, does nothing to the world, and leaves the original alone."""

from __future__ import annotations

import pytest

from liteagent.errors import ConflictError, ValidationError
from tests.fixtures.rich import CAROL, rich_session
from tests.fixtures.rigs import gated


async def test_a_fork_at_every_event_of_a_rich_log_runs_nothing_unsafe_and_comes_to_rest() -> None:
    async with rich_session() as (rig, session):
        original = list(await rig.log(session))
        done = [one for one in rig.sink.done if one.tool != "look"]
        for at in range(1, len(original) + 1):
            fork = await rig.sessions.fork(session, at, new_id=f"fork{at}")
            await rig.settle()
            await rig.advance(5)
            assert [one for one in rig.sink.done if one.tool != "look"] == done
            assert (await rig.status(fork)) in ("idle", "waiting")
            for item in await rig.inbox.pending():
                if item["session_id"] == fork:
                    await rig.decide(item["id"])
                    if item["tool"] == "deploy":
                        await rig.decide(item["id"], by=CAROL)
            assert await rig.status(fork) == "idle"
            assert [one for one in rig.sink.done if one.tool != "look"] == done
            copied = await rig.log(fork)
            assert [(e.type, e.data) for e in copied[:at]] == [
                (e.type, e.data) for e in original[:at]
            ]
            assert copied[at].type == "session.forked"
            await rig.sessions.delete(fork)
        assert await rig.log(session) == original
        assert len(original) > 150


async def test_gates_are_asked_anew_and_a_grant_is_not_inherited() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1")
        log = await rig.log(session)
        decided = next(event.seq for event in log if event.type == "approval.decided")
        started = next(event.seq for event in log if event.type == "tool.started")
        for at in (decided, started):
            fork = await rig.sessions.fork(session, at)
            await rig.settle()
            (asked,) = await rig.inbox.pending()
            assert (asked["session_id"], asked["id"] != "apr_1") == (fork, True)
            await rig.decide(asked["id"])
            (simulated,) = await rig.of_type(fork, "tool.succeeded")
            assert simulated["simulated"] is True
            assert len(rig.sink.done) == 1


async def test_a_question_of_the_original_is_not_one_of_the_fork() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        fork = await rig.sessions.fork(session, len(await rig.log(session)))
        await rig.settle()
        first, second = await rig.inbox.pending()
        assert {first["session_id"], second["session_id"]} == {session, fork}
        await rig.decide("apr_1")
        assert len(rig.sink.done) == 1
        assert [item["session_id"] for item in await rig.inbox.pending()] == [fork]


async def test_pure_tools_run_in_a_fork_and_others_are_simulated() -> None:
    async with gated(approval={"restart": "never"}) as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        fork = await rig.sessions.fork(session, 1)
        await rig.say(fork, "both")
        assert [done.tool for done in rig.sink.done] == ["look"]
        results = {data["tool"]: data for data in await rig.of_type(fork, "tool.succeeded")}
        assert results["look"]["result"] == "did look"
        assert "effects are off" in results["restart"]["result"]


async def test_a_fork_goes_on_as_a_conversation_that_knows_what_came_before() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        at = len(await rig.log(session))
        await rig.say(session, "this is not known to the fork")
        fork = await rig.sessions.fork(session, at)
        await rig.say(fork, "again")
        shown = [message.content for message in rig.model.requests[-1].messages[1:]]
        assert shown == ["hello", "ok", "again"]


async def test_a_fork_long_after_gets_the_whole_time_of_a_turn() -> None:
    async with gated(limits={"max_seconds": 60}) as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        await rig.advance(10_000)
        log = await rig.log(session)
        at = next(event.seq for event in log if event.type == "model.requested")
        fork = await rig.sessions.fork(session, at)
        await rig.settle()
        assert (await rig.types(fork))[-1] == "turn.completed"


async def test_a_fork_of_a_fork_keeps_effects_off() -> None:
    async with gated(approval={"restart": "never"}) as rig:
        session = await rig.session()
        first = await rig.sessions.fork(session, 1)
        second = await rig.sessions.fork(first, 2)
        await rig.say(second, "go")
        assert rig.sink.done == []


async def test_a_fork_survives_a_restart_with_effects_off() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        fork = await rig.sessions.fork(session, len(await rig.log(session)))
        await rig.restart()
        for approval_id in [i["id"] for i in await rig.inbox.pending() if i["session_id"] == fork]:
            await rig.decide(approval_id)
        assert rig.sink.done == []
        assert (await rig.types(fork))[-1] == "turn.completed"


@pytest.mark.parametrize("at", [0, -1, 99, 100_001])
async def test_there_is_no_fork_where_there_is_no_event(at: int) -> None:
    async with gated() as rig:
        session = await rig.session()
        with pytest.raises(ValidationError, match=f"no event {at}"):
            await rig.sessions.fork(session, at)
        assert len((await rig.sessions.list()).items) == 1


async def test_a_fork_takes_no_id_that_is_taken() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        before = await rig.types(session)
        with pytest.raises(ConflictError):
            await rig.sessions.fork(session, 1, new_id=session)
        assert await rig.types(session) == before
