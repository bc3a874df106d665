"""A turn may use so much and no more."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.messages import Usage
from liteagent.testing import Answer, ScriptedModel, call, calls
from liteagent.testing.runtime import AgentRig
from liteagent.testing.sink import Sink
from liteagent.tools import tool
from tests.fixtures.rigs import ANYTHING, gated, script

NEWS = "[Result of restart, which you called earlier]"


def looping() -> tuple[ScriptedModel, Sink]:
    """A model that looks again whatever it is told."""
    model = ScriptedModel()
    model.on(ANYTHING, calls(call("look", name="db")))
    return model, Sink()


async def test_a_model_that_is_never_done_is_stopped_after_max_iterations() -> None:
    model, sink = looping()
    tools = [sink.tool("look", effect="pure")]
    async with AgentRig(model, tools, sink=sink, limits={"max_iterations": 7}) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        assert len(model.requests) == 7
        (failed,) = await rig.of_type(session, "turn.failed")
        assert failed["error"]["kind"] == "max_iterations"
        assert "asked 7 times" in failed["error"]["message"]
        assert failed["iterations"] == 7
        assert await rig.status(session) == "idle"


async def test_a_model_that_never_stops_is_stopped_after_max_seconds_and_its_text_is_kept() -> None:
    answer = Answer(pieces=("Once upon ", "a time"), gate=asyncio.Event(), gate_after=1)
    async with gated({"tell": answer}, limits={"max_seconds": 60}) as rig:
        session = await rig.session()
        await rig.say(session, "tell")
        await rig.advance(59)
        assert await rig.status(session) == "running"
        await rig.advance(1)
        (responded,) = await rig.of_type(session, "model.responded")
        assert (responded["text"], responded["partial"]) == ("Once upon ", True)
        (failed,) = await rig.of_type(session, "turn.failed")
        assert failed["error"]["kind"] == "max_seconds"
        assert await rig.status(session) == "idle"
        await rig.say(session, "hello")
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_a_tool_that_hangs_is_stopped_and_the_others_keep_their_results() -> None:
    async with gated(limits={"max_seconds": 60}) as rig:
        session = await rig.session()
        rig.agents.change(approval={"restart": "never"})
        rig.sink.hold("restart")
        await rig.say(session, "both")
        await rig.advance(60)
        assert len(await rig.of_type(session, "tool.succeeded")) == 1
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "cancelled"
        assert (await rig.types(session))[-1] == "turn.failed"
        assert rig.sink.calls("restart") == []


async def test_a_tool_that_does_not_obey_holds_the_turn_for_its_grace_time_only() -> None:
    gate = asyncio.Event()

    @tool
    async def stubborn() -> str:
        """Will not stop."""
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                continue
        return "done"

    model = script({"go": calls(call("stubborn"))})
    async with AgentRig(model, [stubborn], limits={"max_seconds": 60}) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.advance(60)
        assert await rig.status(session) == "running"
        await rig.advance(6)
        assert (await rig.types(session))[-1] == "turn.failed"
        gate.set()
        await rig.settle()


async def test_waiting_for_a_person_takes_no_time_of_the_turn() -> None:
    async with gated(limits={"max_seconds": 60}) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.advance(3_600)
        await rig.decide("apr_1")
        assert len(rig.sink.done) == 1
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_the_time_of_a_turn_goes_on_where_it_was_after_a_wait() -> None:
    gate = asyncio.Event()
    async with gated(
        {"did restart": Answer(pieces=("x",), gate=gate)}, limits={"max_seconds": 60}
    ) as rig:
        session = await rig.session()
        rig.sink.hold("look")
        await rig.say(session, "both")
        await rig.advance(40)
        rig.sink.release("look")
        await rig.settle()
        assert await rig.status(session) == "waiting"
        await rig.advance(1_000)
        await rig.decide("apr_1")
        await rig.advance(19)
        assert await rig.status(session) == "running"
        await rig.advance(1)
        assert (await rig.types(session))[-1] == "turn.failed"


async def test_waiting_for_another_turn_to_speak_with_the_model_takes_no_time() -> None:
    gate = asyncio.Event()
    answers = {"tell": Answer(pieces=("x",), gate=gate)}
    async with gated(answers, limits={"max_seconds": 60}) as rig:
        session = await rig.session()
        rig.sink.hold("look")
        await rig.say(session, "both")
        await rig.advance(40)
        rig.sink.release("look")
        await rig.settle()
        await rig.say(session, "tell")
        await rig.decide("apr_1")
        await rig.settle()
        assert rig.sink.calls("restart") == [{"name": "web"}]
        await rig.advance(55)
        assert await rig.of_type(session, "turn.failed") == []
        gate.set()
        await rig.settle()
        assert len(await rig.of_type(session, "turn.completed")) == 2


async def test_the_time_of_a_turn_goes_on_when_it_has_the_model_again() -> None:
    gate = asyncio.Event()
    answers = {
        "tell": Answer(pieces=("x",), gate=gate),
        f"{NEWS}\ndid restart": Answer(pieces=("x",), gate=asyncio.Event()),
    }
    async with gated(answers, limits={"max_seconds": 60}) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.say(session, "tell")
        await rig.decide("apr_1")
        await rig.advance(50)
        gate.set()
        await rig.settle()
        await rig.advance(59)
        assert await rig.of_type(session, "turn.failed") == []
        await rig.advance(1)
        (failed,) = await rig.of_type(session, "turn.failed")
        assert failed["error"]["kind"] == "max_seconds"


async def test_time_runs_on_while_no_process_runs() -> None:
    async with gated(
        {"tell": Answer(pieces=("x",), gate=asyncio.Event())}, limits={"max_seconds": 60}
    ) as rig:
        session = await rig.session()
        await rig.say(session, "tell")
        await rig.crash()
        await rig.clock.advance(61)
        await rig.restart()
        assert (await rig.types(session))[-1] == "turn.failed"


async def test_a_turn_that_has_cost_its_limit_asks_no_model_again() -> None:
    usage = Usage(input_tokens=100_000, output_tokens=10_000)
    sink = Sink()

    class Priced(ScriptedModel):
        name = "openai"

    priced = Priced()
    priced.on(ANYTHING, Answer(tool_calls=(call("look", name="db"),), usage=usage))
    async with AgentRig(
        priced,
        [sink.tool("look", effect="pure")],
        sink=sink,
        model="openai/gpt-4o",
        limits={"max_cost_usd": 1.0},
    ) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        (failed,) = await rig.of_type(session, "turn.failed")
        assert failed["error"]["kind"] == "max_cost_usd"
        assert failed["cost_usd"] >= 1.0
        assert failed["cost_usd"] == pytest.approx(0.35 * len(priced.requests))
        assert len(priced.requests) == 3


async def test_limits_are_those_of_now_not_of_when_the_turn_began() -> None:
    async with gated(
        {"tell": Answer(pieces=("x",), gate=asyncio.Event())}, limits={"max_seconds": 600}
    ) as rig:
        session = await rig.session()
        await rig.say(session, "tell")
        rig.agents.change(limits={"max_seconds": 60})
        await rig.say(session, "hello")
        await rig.advance(60)
        assert "turn.failed" in await rig.types(session)
