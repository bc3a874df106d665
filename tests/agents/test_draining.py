"""A process that drains: what runs may end, and nothing new is begun."""

from __future__ import annotations

import asyncio

from liteagent.events import Event
from liteagent.testing import Answer
from liteagent.testing.runtime import AgentRig
from tests.fixtures.rigs import gated


def thinking() -> tuple[asyncio.Event, Answer]:
    """A gate, and an answer that stands still before it."""
    gate = asyncio.Event()
    return gate, Answer(pieces=("I thought ", "about it"), gate=gate, gate_after=1)


async def test_a_turn_that_is_answered_meanwhile_ends_and_who_watches_hears_it() -> None:
    gate, answer = thinking()
    async with gated({"think": answer}, drain_seconds=60) as rig:
        session = await rig.session()
        await rig.say(session, "think")
        watching = asyncio.ensure_future(watched(rig, session))
        await rig.settle()
        stopping = asyncio.ensure_future(rig.stop())
        await rig.settle()
        gate.set()
        assert (await watching)[-2:] == ["message.sent", "turn.completed"]
        await stopping
        (sent,) = await rig.of_type(session, "message.sent")
        assert sent["text"] == "I thought about it"
        assert await rig.status(session) == "idle"


async def test_an_answer_that_is_being_written_is_told_before_who_watches_is_let_go() -> None:
    gate, answer = thinking()
    async with gated({"think": answer}, drain_seconds=60) as rig:
        session = await rig.session()
        await rig.say(session, "think")
        watching = asyncio.ensure_future(watched(rig, session))
        await rig.settle()
        rig.wire.stall()
        gate.set()
        await rig.settle()
        stopping = asyncio.ensure_future(rig.stop())
        await rig.settle()
        rig.wire.flow()
        await stopping
        assert (await watching)[-2:] == ["message.sent", "turn.completed"]


async def watched(rig: AgentRig, session: str) -> list[str]:
    """What somebody who watches is told, up to the end."""
    frames = rig.sessions.watch(session, 0)
    return [frame.type async for frame in frames if isinstance(frame, Event)]


async def test_a_turn_that_needs_the_model_again_goes_on_in_the_next_process() -> None:
    async with gated(approval={"restart": "never"}, drain_seconds=60) as rig:
        session = await rig.session()
        rig.sink.hold("restart")
        await rig.say(session, "go")
        stopping = asyncio.ensure_future(rig.stop())
        await rig.settle()
        rig.sink.release("restart")
        await stopping
        assert (await rig.types(session))[-1] == "tool.succeeded"
        assert len(rig.model.requests) == 1
        await rig.restart()
        assert (await rig.types(session))[-1] == "turn.completed"
        assert rig.sink.calls("restart") == [{"name": "web"}]


async def test_a_message_that_waits_keeps_the_answer_before_it_for_the_next_process() -> None:
    gate, answer = thinking()
    async with gated({"think": answer, "hello": "Hello."}, drain_seconds=60) as rig:
        session = await rig.session()
        await rig.say(session, "think")
        await rig.say(session, "hello")
        stopping = asyncio.ensure_future(rig.stop())
        await rig.settle()
        gate.set()
        await stopping
        assert (await rig.types(session))[-1] == "model.responded"
        await rig.restart()
        sent = [data["text"] for data in await rig.of_type(session, "message.sent")]
        assert sent == ["I thought about it", "Hello."]
        assert len(rig.model.requests) == 2
