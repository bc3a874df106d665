"""A command is carried out whole and once, whatever becomes of whoever sent it."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.errors import (
    ConflictError,
    JournalUnavailableError,
    NotFoundError,
    RuntimeClosedError,
)
from liteagent.events import Event
from liteagent.kernel import Reply
from tests.fixtures.counters import machine


async def test_a_command_that_came_before_gets_the_first_answer_and_does_nothing() -> None:
    async with machine() as host:
        first = await host.ask("add", n=1, key="k")
        assert await host.ask("add", n=5, key="k") == first
        assert await host.types() == ["added"]


async def test_the_same_key_sent_twice_at_once_acts_once() -> None:
    async with machine() as host:
        answers = await asyncio.gather(*(host.ask("add", n=1, key="k") for _ in range(20)))
        assert answers == [{"seq": 1}] * 20
        assert await host.types() == ["added"]


async def test_a_caller_that_goes_away_loses_no_commit() -> None:
    async with machine() as host:
        await host.ask("add", n=1)
        host.wire.stall()
        caller = asyncio.ensure_future(host.ask("add", n=2))
        await host.settle()
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
        assert caller.cancelled()
        host.wire.flow()
        await host.settle()
        assert [event.data["n"] for event in await host.events()] == [1, 2]
        assert await host.ask("add", n=3) == {"seq": 3}


async def test_callers_are_served_in_the_order_in_which_they_came() -> None:
    async with machine() as host:
        await asyncio.gather(*(host.ask("add", n=n) for n in range(50)))
        assert [event.data["n"] for event in await host.events()] == list(range(50))


async def test_a_refused_first_command_leaves_no_entity_behind() -> None:
    async with machine() as host:
        with pytest.raises(ConflictError):
            await host.ask("refuse")
        assert await host.journal.head("counter/a") is None
        assert host.runtime.host.active == 0


async def test_a_refused_first_command_takes_no_accepted_one_with_it() -> None:
    async with machine() as host:
        host.wire.stall()
        refused = asyncio.ensure_future(host.ask("refuse"))
        accepted = asyncio.ensure_future(host.ask("add", n=1))
        await host.settle()
        host.wire.flow()
        with pytest.raises(ConflictError):
            await refused
        assert await accepted == {"seq": 1}
        await host.settle()
        assert await host.types() == ["added"]


async def test_an_entity_of_which_only_the_name_was_taken_is_not_there() -> None:
    async with machine() as host:
        await host.journal.claim("counter/a", "a process that died then", 0.0)
        with pytest.raises(NotFoundError):
            await host.ask("start", name="x")
        with pytest.raises(NotFoundError):
            await anext(host.runtime.stream("counter/a"))
        assert await host.ask("add", n=1) == {"seq": 1}


async def test_while_the_journal_is_away_a_command_fails_with_the_sentence_and_stores_nothing() -> (
    None
):
    async with machine() as host:
        await host.ask("add", n=1)
        host.wire.away = True
        with pytest.raises(JournalUnavailableError, match="try again"):
            await host.ask("add", n=2)
        host.wire.away = False
        assert await host.ask("add", n=3) == {"seq": 2}
        assert [event.data["n"] for event in await host.events()] == [1, 3]


async def test_an_entity_that_cannot_be_read_is_read_when_the_journal_is_back() -> None:
    async with machine() as host:
        host.wire.away = True
        with pytest.raises(JournalUnavailableError):
            await host.ask("add", n=1)
        host.wire.away = False
        assert await host.ask("add", n=1) == {"seq": 1}


async def test_a_stopped_runtime_takes_nothing_new() -> None:
    async with machine() as host:
        await host.ask("add", n=1)
    with pytest.raises(RuntimeClosedError, match="stopping"):
        await host.ask("add", n=2)
    await host.runtime.close()
    assert await host.types() == ["added"]


async def test_a_deleted_entity_is_gone_and_its_watchers_are_told() -> None:
    async with machine() as host:
        await host.ask("add", n=1)
        frames = host.runtime.stream("counter/a")
        first = await anext(frames)
        assert isinstance(first, Event)
        watching = asyncio.ensure_future(anext(frames))
        await host.settle()
        await host.runtime.delete("counter/a")
        with pytest.raises(NotFoundError):
            await watching
        assert await host.journal.head("counter/a") is None
        assert await host.ask("add", n=7) == {"seq": 1}


async def test_a_command_sent_while_its_entity_is_deleted_is_answered_or_refused_whole() -> None:
    async with machine() as host:
        await host.ask("add", n=1)
        deleting = asyncio.ensure_future(host.runtime.delete("counter/a"))
        adding = [asyncio.ensure_future(host.ask("add", n=2)) for _ in range(3)]
        await asyncio.gather(deleting, *adding)
        total = [event.data["n"] for event in await host.events()]
        assert total == [2] * len(total)


async def test_a_stream_with_a_repeated_command_begins_at_what_the_first_one_caused() -> None:
    async with machine() as host:
        await host.ask("add", n=1)
        await host.ask("add", n=2, key="k")
        await host.ask("add", n=3)
        command = {"type": "add", "n": 2, "key": "k"}
        frames = host.runtime.stream("counter/a", command=command)
        assert await anext(frames) == Reply({"seq": 2}, after=1)
        seen = [await anext(frames), await anext(frames)]
        assert [frame.seq for frame in seen if isinstance(frame, Event)] == [2, 3]
        await frames.aclose()


async def test_a_refused_stream_watches_nothing() -> None:
    async with machine(passivate_after=60.0) as host:
        await host.ask("add", n=1)
        for _ in range(3):
            with pytest.raises(ConflictError):
                await anext(host.runtime.stream("counter/a", command={"type": "refuse"}))
        await host.clock.advance(120)
        assert host.runtime.host.active == 0
