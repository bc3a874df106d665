"""Whoever watches sees every event once and in order, however late or slow they are."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.errors import NotFoundError
from liteagent.events import Delta, Event
from liteagent.kernel import Frame, Progress
from liteagent.kernel.live import BUFFER, Watcher
from liteagent.testing import Answer, call, calls
from liteagent.testing.runtime import ANN, AgentRig
from liteagent.tools import ToolContext, tool
from tests.fixtures.counters import machine
from tests.fixtures.rigs import gated


async def take(frames, count: int) -> list[Frame]:
    return [await anext(frames) for _ in range(count)]


def seqs(frames: list[Frame]) -> list[int]:
    return [frame.seq for frame in frames if isinstance(frame, Event)]


async def test_a_late_watcher_gets_everything_from_where_it_asks() -> None:
    async with machine() as host:
        for n in range(10):
            await host.ask("add", n=n)
        for after in range(10):
            frames = host.runtime.stream("counter/a", after=after)
            assert seqs(await take(frames, 10 - after)) == list(range(after + 1, 11))
            await frames.aclose()


async def test_every_one_of_many_watchers_sees_what_happens() -> None:
    async with machine() as host:
        await host.ask("add", n=0)
        streams = [host.runtime.stream("counter/a", after=n % 2) for n in range(50)]
        watching = [
            asyncio.ensure_future(take(frames, 6 - n % 2)) for n, frames in enumerate(streams)
        ]
        await host.settle()
        for n in range(5):
            await host.ask("add", n=n)
        for n, seen in enumerate(await asyncio.gather(*watching)):
            assert seqs(seen) == list(range(1 + n % 2, 7))
        for frames in streams:
            await frames.aclose()


async def test_a_watcher_that_falls_far_behind_still_misses_nothing() -> None:
    async with machine() as host:
        await host.ask("add", n=0)
        frames = host.runtime.stream("counter/a")
        await anext(frames)
        for n in range(3 * BUFFER):
            await host.ask("add", n=n)
        seen = seqs(await take(frames, 3 * BUFFER))
        assert seen == list(range(2, 3 * BUFFER + 2))
        await frames.aclose()


async def test_a_watcher_that_reads_while_much_happens_sees_each_event_once() -> None:
    async with machine() as host:
        await host.ask("add", n=0)
        frames, seen = host.runtime.stream("counter/a"), list[int]()

        async def watch() -> None:
            async for frame in frames:
                assert isinstance(frame, Event)
                seen.append(frame.seq)
                for _ in range(frame.seq % 7):
                    await asyncio.sleep(0)

        watching = asyncio.ensure_future(watch())
        await asyncio.gather(*(host.ask("add", n=n) for n in range(2 * BUFFER)))
        while len(seen) < 2 * BUFFER + 1:
            await asyncio.sleep(0)
        assert seen == list(range(1, 2 * BUFFER + 2))
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await frames.aclose()


def added(seq: int) -> Event:
    return Event(seq=seq, type="added", ts=0.0, data={}, epoch=1)


async def test_an_event_that_was_stored_and_is_shown_only_after_it_was_read_comes_once() -> None:
    async def read(after: int) -> list[Event]:
        return [added(seq) for seq in (1, 2) if seq > after]

    with Watcher(0, 1, read=read, live=list, left=lambda _: None) as watcher:
        seen = list(await watcher.next())
        watcher.push([added(2)])
        watcher.push([added(3)])
        seen += await watcher.next()
        watcher.push([added(4)])
        seen += await watcher.next()
    assert seqs(seen) == [1, 2, 3, 4]


async def test_who_watches_from_after_the_end_is_told_nothing_that_comes_before() -> None:
    async with machine() as host:
        await host.ask("add", n=0)
        frames = host.runtime.stream("counter/a", after=3)
        third = asyncio.ensure_future(anext(frames))
        while not third.done():
            await host.ask("add", n=0)
            await asyncio.sleep(0)
        assert (await third).seq == 4
        await frames.aclose()


async def test_nobody_can_watch_what_is_not_there() -> None:
    async with machine() as host:
        with pytest.raises(NotFoundError):
            await anext(host.runtime.stream("counter/a"))
        assert await host.journal.head("counter/a") is None


async def test_watchers_end_when_the_runtime_stops() -> None:
    async with machine() as host:
        await host.ask("add", n=0)
        frames = host.runtime.stream("counter/a")
        await anext(frames)
        watching = asyncio.ensure_future(take(frames, 1))
        await host.settle()
    with pytest.raises(StopAsyncIteration):
        await watching


# -- texts while they stream


def written(frames: list[Frame]) -> str:
    """What somebody reads who puts the deltas together, each at its place."""
    text = ""
    for frame in frames:
        if isinstance(frame, Delta):
            assert frame.offset == len(text), "a piece is missing, or came twice or too early"
            text += frame.text
    return text


async def test_a_late_watcher_gets_the_text_from_its_beginning() -> None:
    gate = asyncio.Event()
    answer = Answer(pieces=("Once ", "upon ", "a time"), gate=gate, gate_after=2)
    async with gated({"tell": answer}) as rig:
        session = await rig.session()
        await rig.say(session, "tell")
        frames = rig.sessions.watch(session)
        assert written(await take(frames, 5)) == "Once upon "
        gate.set()
        rest = await take(frames, 2)
        assert isinstance(rest[0], Delta)
        assert (rest[0].offset, rest[0].text) == (10, "a time")
        assert isinstance(rest[1], Event)
        assert rest[1].type == "model.responded"
        await frames.aclose()


async def test_text_comes_before_the_events_that_followed_it() -> None:
    gate = asyncio.Event()
    answer = Answer(pieces=("Once ", "upon ", "a time"), gate=gate, gate_after=1)
    async with gated({"tell": answer}) as rig:
        session = await rig.session()
        frames = rig.sessions.converse(session, "tell", principal=ANN)
        await take(frames, 5)
        await rig.say(session, "meanwhile")
        gate.set()
        await rig.settle()
        rest = await take(frames, 5)
        kinds = [frame.type if isinstance(frame, Event) else "delta" for frame in rest]
        assert kinds == [
            "message.received",
            "delta",
            "model.responded",
            "message.sent",
            "turn.completed",
        ]
        await frames.aclose()


async def test_a_slow_watcher_has_no_hole_in_a_text_that_still_streams() -> None:
    gate = asyncio.Event()
    answer = Answer(pieces=("Once ", "upon ", "a time"), gate=gate, gate_after=1)
    async with gated({"tell": answer}) as rig:
        session = await rig.session()
        frames = rig.sessions.watch(session)
        await anext(frames)
        await rig.sessions.send(session, "tell", principal=ANN)
        await rig.settle()
        for n in range(BUFFER + 10):
            await rig.sessions.send(session, f"m{n}", principal=ANN)
        seen = await take(frames, 3 + BUFFER + 10 + 1)
        assert written(seen) == "Once "
        reading = asyncio.ensure_future(anext(frames))
        await rig.settle()
        gate.set()
        seen.append(await reading)
        assert written(seen) == "Once upon a time"
        await frames.aclose()


async def test_a_late_watcher_is_not_told_a_text_behind_the_answer_it_led_up_to() -> None:
    gate = asyncio.Event()
    answer = Answer(pieces=("Once ", "upon ", "a time"), gate=gate, gate_after=1)
    async with gated({"tell": answer}) as rig:
        session = await rig.session()
        await rig.say(session, "tell")
        rig.wire.stall()
        frames = rig.sessions.watch(session)
        reading = asyncio.ensure_future(anext(frames))
        await rig.settle()
        gate.set()
        await rig.settle()
        rig.wire.flow()
        await rig.settle()
        seen = [await reading, *await take(frames, 6)]
        texts = [n for n, frame in enumerate(seen) if isinstance(frame, Delta)]
        answered = [
            n for n, f in enumerate(seen) if isinstance(f, Event) and f.type == "model.responded"
        ]
        assert all(text < answered[0] for text in texts)
        assert seqs(seen) == list(range(1, 8))[: len(seqs(seen))]
        await frames.aclose()


async def test_a_tool_tells_its_progress_to_those_who_watch() -> None:
    @tool(effect="pure")
    async def walk(ctx: ToolContext) -> str:
        """Walk."""
        await ctx.progress("half way")
        return "there"

    async with AgentRig({"walk": calls(call("walk")), "there": "ok"}, [walk]) as rig:
        session = await rig.session()
        frames = rig.sessions.converse(session, "walk", principal=ANN)
        seen = [frame async for frame in frames]
        (told,) = [frame for frame in seen if isinstance(frame, Progress)]
        assert told.text == "half way"
        assert told.to_json()["type"] == "progress"


async def test_the_same_message_again_after_its_turn_gives_the_whole_turn_again() -> None:
    async with gated() as rig:
        session = await rig.session()
        first = [f async for f in rig.sessions.converse(session, "hi", principal=ANN, key="k")]
        await rig.say(session, "something else")
        again = [f async for f in rig.sessions.converse(session, "hi", principal=ANN, key="k")]
        events = [frame for frame in first if isinstance(frame, Event)]
        assert [frame for frame in again if isinstance(frame, Event)] == events
        assert again[0] == first[0]
