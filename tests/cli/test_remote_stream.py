"""Following a session over a network that breaks: every event comes once, in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from liteagent.approvals import Ballot, Verb
from liteagent.cli.doors.errors import ServerGoneError
from liteagent.cli.doors.remote import RESUME_PAUSES, SEND_PAUSES, RemoteDoor, open_remote
from liteagent.cli.doors.sse import read_frames
from liteagent.events import Delta, Event
from liteagent.kernel import Progress
from liteagent.testing import FakeClock
from tests.cli.cutting_proxy import CuttingProxy, cutting_proxy
from tests.cli.served import served

Broken = tuple[CuttingProxy, RemoteDoor, FakeClock]


@pytest.fixture
async def broken(home: Path) -> AsyncIterator[Broken]:
    clock = FakeClock()
    async with (
        served(home) as server,
        cutting_proxy(server.url) as (proxy, url),
        open_remote(url, server.key, clock=clock) as door,
    ):
        yield proxy, door, clock


class Following:
    """Takes in a session's frames up to the first event of a type."""

    def __init__(self, door: RemoteDoor, session: str, until: str) -> None:
        self.events: list[Event] = []
        self._seen = asyncio.Queue[str]()
        self._until = until
        self.task = asyncio.create_task(self._follow(door, session))

    async def _follow(self, door: RemoteDoor, session: str) -> None:
        async with aclosing(door.follow(session, after=0)) as frames:
            async for frame in frames:
                if isinstance(frame, Event):
                    self.events.append(frame)
                    self._seen.put_nowait(frame.type)
                    if frame.type == self._until:
                        return

    async def see(self, name: str) -> None:
        """Returns when an event of this type has come."""
        while await self._seen.get() != name:
            pass


async def test_a_stream_that_breaks_off_goes_on_after_its_last_event(broken: Broken) -> None:
    proxy, door, clock = broken
    session = await door.create("assistant")
    await door.send(session, "announce lunch")
    following = Following(door, session, until="turn.completed")
    await following.see("approval.requested")
    proxy.cut()
    (item,) = await door.approvals()
    await door.decide(item["id"], Ballot(verb=Verb.REJECT), item["digest"])
    await clock.sleepers()
    await clock.advance(RESUME_PAUSES[0])
    await following.task
    seqs = [event.seq for event in following.events]
    assert seqs == list(range(1, len(seqs) + 1))


async def test_a_server_that_stays_away_is_given_up(broken: Broken) -> None:
    proxy, door, clock = broken
    session = await door.create("assistant")
    await door.send(session, "announce lunch")
    proxy.is_away = True
    proxy.cut()
    following = Following(door, session, until="turn.completed")
    for pause in RESUME_PAUSES:
        await clock.sleepers()
        await clock.advance(pause)
    with pytest.raises(ServerGoneError):
        await following.task


async def test_a_message_whose_answer_is_lost_is_sent_again_and_taken_once(broken: Broken) -> None:
    proxy, door, clock = broken
    session = await door.create("assistant")
    proxy.swallow_answers = 1
    sending = asyncio.create_task(door.send(session, "hello"))
    await clock.sleepers()
    await clock.advance(SEND_PAUSES[0])
    receipt = await sending
    following = Following(door, session, until="turn.completed")
    await following.task
    received = [event for event in following.events if event.type == "message.received"]
    assert [event.seq for event in received] == [receipt.seq]


async def test_frames_are_read_from_a_stream_of_server_sent_events() -> None:
    event = Event(seq=7, type="turn.started", ts=1.0, data={"turn_id": "t"}, epoch=1)
    delta = Delta(turn_id="t", attempt=3, offset=0, text="hé")
    progress = Progress(turn_id="t", call_id="c", text="half")
    lines = [
        ": a heartbeat",
        "id: 7",
        f"data: {json.dumps(event.to_json())}",
        "",
        "event: delta",
        f"data: {json.dumps(delta.to_json())}",
        "",
        "event: of a newer server",
        'data: {"type": "unheard", "data": {}}',
        "",
        f"data:{json.dumps(progress.to_json())}",
        "",
        "data: {an end in the middle",
    ]

    async def as_they_come() -> AsyncIterator[str]:
        for line in lines:
            yield line

    assert [frame async for frame in read_frames(as_they_come())] == [event, delta, progress]
