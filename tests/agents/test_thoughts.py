"""What a model says to itself is journaled and goes back to that model; nobody else hears of it."""

from __future__ import annotations

import json

import msgspec

from liteagent.agents.fold import fold
from liteagent.agents.state import SessionState
from liteagent.agents.transcript import RETAIN_BYTES
from liteagent.kernel.snapshots import EVENTS
from liteagent.messages import ChatMessage, ModelRequest, Opaque
from liteagent.models import Fault
from liteagent.testing import Answer, ScriptedModel, call, fails
from liteagent.testing.runtime import AgentRig
from liteagent.testing.sink import Sink
from tests.fixtures.rigs import ANYTHING, gated

THOUGHT = Opaque(content={"type": "thinking", "thinking": "hmm 🤔", "signature": "s1"})
LATER = Opaque(content={"type": "redacted_thinking", "data": "zzz"}, after_text=4, after_calls=1)
LOOKS = Answer(
    pieces=("Let me look.",), tool_calls=(call("look", name="db"),), opaque=(THOUGHT, LATER)
)


def answer_of(request: ModelRequest) -> ChatMessage:
    (found,) = (message for message in request.messages if message.role == "assistant")
    return found


async def test_the_next_request_of_the_turn_has_the_thoughts_as_they_were() -> None:
    async with gated({"check": LOOKS}) as rig:
        session = await rig.session()
        await rig.say(session, "check")
        sent = answer_of(rig.model.requests[-1])
        assert sent.opaque == (THOUGHT, LATER)
        assert sent.content == "Let me look."
        (first, _) = await rig.of_type(session, "model.responded")
        assert first["opaque"]["model"] == "scripted/model"


async def test_they_outlive_the_process() -> None:
    async with gated({"check": LOOKS}) as rig:
        session = await rig.session()
        rig.crash_at("model.before-effect", 2)
        await rig.say(session, "check")
        await rig.restart()
        assert (await rig.types(session))[-1] == "turn.completed"
        assert answer_of(rig.model.requests[-1]).opaque == (THOUGHT, LATER)


async def test_they_come_through_a_snapshot() -> None:
    async with gated({"check": LOOKS}) as rig:
        session = await rig.session()
        await rig.say(session, "check")
        for _ in range(EVENTS // 5 + 1):
            await rig.say(session, "hello")
        assert await rig.journal.load_snapshot(f"session/{session}") is not None
        await rig.restart()
        await rig.say(session, "hello")
        assert rig.model.requests[-1].messages[2].opaque == (THOUGHT, LATER)


async def test_another_model_of_the_chain_hears_nothing_of_them() -> None:
    def results_of_one(request: ModelRequest) -> bool:
        return request.model == "one" and request.messages[-1].role == "tool"

    script = ScriptedModel({"check": LOOKS})
    script.on(results_of_one, fails(Fault.AUTH))
    script.on(ANYTHING, "ok")
    look = Sink().tool("look", effect="pure")
    async with AgentRig(script, [look], model=("scripted/one", "scripted/two")) as rig:
        session = await rig.session()
        await rig.say(session, "check")
        one, two = rig.model.requests[-2:]
        assert (one.model, answer_of(one).opaque) == ("one", (THOUGHT, LATER))
        assert (two.model, answer_of(two).opaque) == ("two", ())
        assert answer_of(two).content == answer_of(one).content
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_nobody_is_shown_them() -> None:
    async with gated({"check": LOOKS}) as rig:
        session = await rig.session()
        await rig.say(session, "check")
        for event in await rig.log(session):
            if event.type != "model.responded":
                assert "hmm" not in json.dumps(event.data, ensure_ascii=False)


async def test_they_are_forgotten_before_anything_that_was_said() -> None:
    heavy = Opaque(content={"data": "x" * RETAIN_BYTES})
    answer = Answer(pieces=("Well.",), opaque=(heavy,))
    script = ScriptedModel()
    script.on(ANYTHING, answer)
    async with AgentRig(script) as rig:
        session = await rig.session()
        await rig.say(session, "one")
        await rig.say(session, "two")
        await rig.say(session, "three")
        said = rig.model.requests[-1].messages[1:]
        assert [m.content for m in said] == ["one", "Well.", "two", "Well.", "three"]
        assert not any(message.opaque for message in said)


async def test_a_state_that_was_stored_before_there_were_any_is_read() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        state = SessionState()
        for event in await rig.log(session):
            state = fold(state, event)
        stored = msgspec.json.encode(state)
        assert b"opaque" not in stored
        assert msgspec.json.decode(stored, type=SessionState) == state
