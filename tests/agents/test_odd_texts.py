"""Texts that no keyboard types and every machine sends sooner or later."""

from __future__ import annotations

import pytest

from liteagent.kernel.snapshots import EVENTS
from liteagent.messages import ToolCall
from liteagent.testing import Answer, ScriptedModel, call, calls, says
from liteagent.testing.runtime import ANN, AgentRig
from liteagent.testing.sink import Sink
from liteagent.tools import tool
from tests.fixtures.rigs import ANYTHING, gated, script

ODD = {
    "a NUL": "before\0after",
    "half a surrogate pair": "before\ud83dafter",
    "the other half": "before\ude00after",
    "a byte order mark": "\ufeffhello",
    "text that turns right to left": "\u202eolleh",
    "a line separator": "one\u2028two",
    "a family of emoji": "👩‍👩‍👧‍👦" * 50,
    "what looks like a marker": '{"$blob": "' + "0" * 64 + '"}',
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
async def test_an_odd_message_is_kept_answered_and_survives_a_restart(text: str) -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, text)
        await rig.restart()
        await rig.say(session, "hello")
        (kept, _) = [data["text"] for data in await rig.of_type(session, "message.received")]
        assert kept == text
        assert (await rig.types(session)).count("turn.completed") == 2
        assert rig.model.requests[-1].messages[1].content == text


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
async def test_an_odd_answer_an_odd_argument_and_an_odd_result_are_kept(text: str) -> None:
    sink = Sink()
    model = ScriptedModel({"odd": calls(call("look", name=text), text=text)})
    model.on(ANYTHING, says(text))
    look = sink.tool("look", effect="pure", result=lambda args: args["name"])
    async with AgentRig(model, [look], sink=sink) as rig:
        session = await rig.session()
        await rig.say(session, "odd")
        await rig.restart()
        assert (await rig.types(session))[-1] == "turn.completed"
        (sent,) = await rig.of_type(session, "message.sent")
        assert sent["text"] == text


async def test_odd_texts_survive_a_snapshot() -> None:
    async with gated() as rig:
        session = await rig.session()
        for text in ODD.values():
            await rig.say(session, text)
        while len(await rig.log(session)) < EVENTS + 20:
            await rig.say(session, "hello")
        await rig.stop()
        snapshot = await rig.journal.load_snapshot(f"session/{session}")
        assert snapshot is not None
        await rig.restart()
        await rig.say(session, "hello")
        shown = [message.content for message in rig.model.requests[-1].messages]
        assert set(ODD.values()) <= set(shown)


async def test_a_message_of_ten_megabytes_is_kept_whole_and_shown_without_its_middle() -> None:
    text = "first words " + "x" * 10_000_000 + " last words"
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, text)
        (kept,) = await rig.of_type(session, "message.received")
        assert kept["text"] == text
        shown = rig.model.requests[-1].messages[-1].content
        assert len(shown) < 100_000
        assert shown.startswith("first words")
        assert shown.endswith("last words")
        assert "characters left out" in shown
        assert (await rig.types(session))[-1] == "turn.completed"
        sizes = await rig.journal.sizes()
        assert sizes["blobs"] < 1.1 * len(text)
        assert sizes["events"] < 10_000


async def test_after_a_huge_message_the_session_goes_on_as_before() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "y" * 10_000_000)
        await rig.say(session, "hello")
        await rig.say(session, "hello")
        shown = rig.model.requests[-1].messages
        assert sum(len(message.content) for message in shown) < 200_000
        assert shown[1].role == "user"
        assert (await rig.types(session)).count("turn.completed") == 3


async def test_a_tool_that_returns_megabytes_is_told_in_part() -> None:
    @tool(effect="pure")
    async def dump() -> str:
        """Everything."""
        return "z" * 5_000_000

    async with AgentRig(script({"go": calls(call("dump"))}), [dump]) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        assert sum(len(m.content) for m in rig.model.requests[-1].messages) < 200_000
        assert (await rig.types(session))[-1] == "turn.completed"


@pytest.mark.parametrize(
    "arguments",
    ["[" * 100_000, '{"a":' * 100_000, '{"a": 1e999}', '{"a": ' + "9" * 10_000 + "}", "\ud800"],
    ids=["deep lists", "deep objects", "infinity", "a huge number", "a surrogate"],
)
async def test_arguments_that_no_parser_likes_are_told_to_the_model(arguments: str) -> None:
    @tool(effect="pure")
    async def look(a: str) -> str:
        """Look."""
        return a

    model = script({"do it": calls(ToolCall(id="c", name="look", arguments=arguments))})
    async with AgentRig(model, [look]) as rig:
        session = await rig.session()
        await rig.say(session, "do it")
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "invalid_arguments"
        assert (await rig.types(session))[-1] == "turn.completed"
        await rig.restart()
        await rig.say(session, "hello")
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_a_history_that_is_brought_along_is_shown_to_the_model() -> None:
    history = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is up?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "name": "look", "arguments": "{}"}],
        },
        {"role": "tool", "tool_call_id": "c1", "name": "look", "content": "all well"},
        {"role": "assistant", "content": "All is well."},
    ]
    async with gated() as rig:
        session = await rig.sessions.create("agent", principal=ANN, history=history)
        await rig.say(session, "hello")
        shown = rig.model.requests[-1].messages
        assert "Be brief." in shown[0].content
        assert [(m.role, m.content) for m in shown[1:]] == [
            ("user", "What is up?"),
            ("assistant", ""),
            ("tool", "all well"),
            ("assistant", "All is well."),
            ("user", "hello"),
        ]


async def test_an_answer_in_ten_thousand_pieces_is_one_message() -> None:
    async with gated({"tell": Answer(pieces=("x",) * 10_000)}) as rig:
        session = await rig.session()
        await rig.say(session, "tell")
        (sent,) = await rig.of_type(session, "message.sent")
        assert sent["text"] == "x" * 10_000
