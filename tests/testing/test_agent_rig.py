"""What a plugin's author can rely on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import liteagent
from liteagent.errors import JournalUnavailableError
from liteagent.journal import MemoryJournal
from liteagent.testing import call, calls
from liteagent.testing.runtime import AgentRig, HostDiedError
from liteagent.testing.sink import Sink

ANSWERS = {"go": calls(call("restart", name="web")), "did restart": "done"}


def rig_of(sink: Sink, **more: Any) -> AgentRig:
    return AgentRig(ANSWERS, [sink.tool("restart", approval="always")], sink=sink, **more)


async def test_a_test_of_a_gated_tool_is_a_few_lines() -> None:
    async with rig_of(Sink()) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        assert rig.sink.calls("restart") == []
        await rig.decide((await rig.pending())[0])
        assert rig.sink.calls("restart") == [{"name": "web"}]
        assert rig.model.unused() == []


async def test_a_plugins_own_tools_and_hooks_are_used() -> None:
    seen: list[str] = []

    class Plugin:
        @liteagent.hookimpl
        def register_tools(self, register: Callable[[Any], None]) -> None:
            @liteagent.tool
            async def restart(name: str) -> str:
                """Restart a service.

                Args:
                    name: Its name.
                """
                return f"restarted {name}"

            register(restart)

        @liteagent.hookimpl
        async def before_tool_call(self, tool: str, args: Any, ctx: Any) -> None:
            seen.append(tool)

    answers = {"go": calls(call("restart", name="web")), "restarted web": "done"}
    async with AgentRig(answers, plugins=[Plugin()], tools=("restart",)) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        assert seen == ["restart"]
        assert [data["text"] for data in await rig.of_type(session, "message.sent")] == ["done"]


async def test_nothing_is_written_once_the_process_has_crashed() -> None:
    sink = Sink()
    async with rig_of(sink) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        sink.hold("restart")
        await rig.decide("apr_1")
        before = await rig.types(session)
        await rig.crash()
        sink.release("restart")
        await asyncio.sleep(0)
        assert await rig.types(session) == before
        assert sink.done == []
        with pytest.raises(HostDiedError):
            await rig.alive(rig.wire.head("session/x"))


async def test_a_process_dies_at_the_point_it_was_told_and_the_next_one_goes_on() -> None:
    async with rig_of(Sink()) as rig:
        session = await rig.session()
        rig.crash_at("model.after-outcome", nth=1)
        await rig.say(session, "go")
        assert rig.is_dead
        await rig.restart()
        assert not rig.is_dead
        assert await rig.pending() == ["apr_1"]
        assert (await rig.types(session))[-1] == "approval.requested"


async def test_a_journal_of_ones_own_is_left_open() -> None:
    journal = MemoryJournal()
    async with rig_of(Sink(), journal=journal) as rig:
        session = await rig.session()
    assert await journal.head(f"session/{session}") is not None


async def test_while_the_wire_is_away_or_stalled_nothing_passes() -> None:
    async with rig_of(Sink()) as rig:
        session = await rig.session()
        rig.wire.away = True
        with pytest.raises(JournalUnavailableError):
            await rig.say(session, "go")
        rig.wire.away = False
        rig.wire.stall()
        asking = asyncio.ensure_future(rig.sessions.list())
        await rig.settle()
        assert not asking.done()
        rig.wire.flow()
        assert len((await asking).items) == 1


async def test_ids_and_times_are_the_same_each_time() -> None:
    async def play() -> list[Any]:
        async with rig_of(Sink()) as rig:
            session = await rig.session()
            await rig.say(session, "go")
            await rig.advance(5)
            await rig.decide("apr_1")
            return [event.to_json() for event in await rig.log(session)]

    assert await play() == await play()
