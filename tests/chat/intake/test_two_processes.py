"""Two adapters over one journal, as during a restart in which the old one ends later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from liteagent.chat.door import ChatDoor
from liteagent.chat.service import ChatService
from tests.chat.intake.desk import Desk


class Process:
    """A name, and whether those of other names are gone."""

    def __init__(self, name: str, *, alone: bool = False) -> None:
        self.name, self._alone = name, alone

    def is_gone(self, name: str) -> bool:
        return self._alone and name != self.name


@asynccontextmanager
async def another(desk: Desk, process: Process) -> AsyncIterator[ChatService]:
    """One more service over the same journal and platform."""
    service = ChatService(
        desk.chat,
        desk.rig.sessions,
        default_agent="agent",
        settings=desk.settings,
        clock=desk.rig.clock,
        liveness=process,
    )
    await service.__aenter__()
    try:
        yield service
    finally:
        await closed(desk, service)


async def closed(desk: Desk, service: ChatService) -> None:
    """Let it end, and what hangs get the time that it is given."""
    closing = asyncio.ensure_future(service.close())
    while not closing.done():
        await desk.rig.clock.advance(1.0)
    await closing


def roots(desk: Desk) -> list[Any]:
    return [each for each in desk.chat.messages if not each.place.thread]


async def test_what_one_takes_in_slowly_is_not_begun_by_the_other() -> None:
    async with Desk() as desk, another(desk, Process("other")) as other:
        desk.chat.faults.hold("post")
        await desk.commands("what is the time?")
        await desk.rig.advance(30)
        assert [call.method for call in desk.chat.calls].count("post") == 1
        desk.chat.faults.release("post")
        await desk.rig.advance(5)
        assert len(roots(desk)) == 1
        assert desk.told == ["I answer in the thread."]
        assert other.open_lanes == 0


async def test_what_a_gateway_takes_in_is_begun_by_one_of_them() -> None:
    async with Desk() as desk, another(desk, Process("other")):
        desk.chat.faults.hold("person")
        door = ChatDoor(desk.rig.journal, desk.chat.name, desk.rig.clock)
        await door.receive(desk.chat.says("hello", mentions_us=True))
        await desk.rig.advance(30)
        assert [call.method for call in desk.chat.calls].count("person") == 1
        desk.chat.faults.release("person")
        await desk.rig.advance(5)
        assert await desk.heard() == ["hello"]


async def test_what_one_leaves_behind_is_taken_over_soon() -> None:
    async with Desk() as desk, another(desk, Process("other")) as other:
        desk.chat.faults.hold("person")
        await other.receive(desk.chat.says("hello", mentions_us=True))
        await desk.rig.advance(1)
        for task in other._tasks:  # it is stuck, and renews nothing any more
            task.cancel()
        await desk.rig.advance(15)
        assert [call.method for call in desk.chat.calls].count("person") == 2
        desk.chat.faults.release("person")
        await desk.rig.advance(5)
        assert await desk.heard() == ["hello"]


async def test_what_a_process_that_is_gone_left_behind_is_taken_over_at_once() -> None:
    async with Desk() as desk:
        async with another(desk, Process("dead")) as dead:
            await closed(desk, dead)
            await dead.receive(desk.chat.says("hello", mentions_us=True))
        await desk.close()
        async with another(desk, Process("next", alone=True)):
            await desk.rig.advance(1)
            assert await desk.heard() == ["hello"]
