"""The demo model: scripted, labelled, and able to try tools and approvals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

import liteagent_demo
from liteagent.messages import ChatMessage, ModelRequest, ModelResponse, TextDelta, ToolCall
from liteagent.models import Fault, ModelError
from liteagent.testing.plugin_suite import ToolPluginSuite
from liteagent_demo import DemoProvider, announce, current_time

TOOLS = (current_time.tool.schema(), announce.tool.schema())


class TestDemoTools(ToolPluginSuite):
    plugin = liteagent_demo
    examples: ClassVar = {"current_time": {"zone": "Europe/Paris"}, "announce": {"text": "lunch"}}


async def ask(*messages: ChatMessage, tools: bool = True) -> tuple[ModelResponse, Sequence[str]]:
    request = ModelRequest(model="demo", messages=messages, tools=TOOLS if tools else ())
    *pieces, response = [piece async for piece in DemoProvider().stream(request)]
    assert isinstance(response, ModelResponse)
    return response, [piece.text for piece in pieces if isinstance(piece, TextDelta)]


def user(text: str) -> ChatMessage:
    return ChatMessage(role="user", content=text)


async def test_it_greets_and_says_what_to_try() -> None:
    response, _ = await ask(user("hello"))

    assert response.text.startswith("[demo] Hello!")
    assert "announce lunch is ready (a person has to approve it)" in response.text


async def test_it_streams_words_that_join_to_the_answer() -> None:
    response, words = await ask(user("hello"))

    assert len(words) > 10
    assert "".join(words) == response.text


@pytest.mark.parametrize(
    ("said", "tool", "arguments"),
    [
        ("what time is it?", "current_time", "{}"),
        ("announce lunch is ready", "announce", '{"text": "lunch is ready"}'),
        ('call current_time {"zone": "UTC"}', "current_time", '{"zone": "UTC"}'),
        ("Call current_time", "current_time", "{}"),
    ],
)
async def test_it_calls_tools_when_asked(said: str, tool: str, arguments: str) -> None:
    response, _ = await ask(user(said))

    (call,) = response.tool_calls
    assert (call.name, call.arguments) == (tool, arguments)
    assert response.finish_reason == "tool_calls"


async def test_it_calls_only_tools_it_was_offered() -> None:
    response, _ = await ask(user("call rm {}"))

    assert response.tool_calls == ()
    assert response.text == (
        "[demo] I have no tool rm. The tools I was given: current_time, announce."
    )


async def test_it_tells_what_each_tool_answered_a_refusal_too() -> None:
    said = ChatMessage(
        role="assistant",
        tool_calls=(
            ToolCall(id="1", name="current_time", arguments="{}"),
            ToolCall(id="2", name="announce", arguments="{}"),
        ),
    )
    response, _ = await ask(
        user("do both"),
        said,
        ChatMessage(role="tool", name="current_time", tool_call_id="1", content="noon"),
        ChatMessage(
            role="tool", name="announce", tool_call_id="2", content="A person refused announce."
        ),
    )

    assert response.text == (
        "[demo] current_time answered: noon\nannounce answered: A person refused announce."
    )


async def test_the_same_conversation_gets_the_same_answer_to_the_id() -> None:
    first, _ = await ask(user("announce x"))
    again, _ = await ask(user("announce x"))
    later, _ = await ask(user("announce x"), user("announce x"))

    assert first == again
    assert later.tool_calls[0].id != first.tool_calls[0].id


async def test_any_other_model_of_it_is_unknown() -> None:
    with pytest.raises(ModelError, match="one model, demo/demo") as caught:
        async for _ in DemoProvider().stream(ModelRequest(model="gpt", messages=())):
            pass

    assert caught.value.fault is Fault.UNKNOWN_MODEL


async def test_the_provider_needs_nothing_and_lists_its_model() -> None:
    provider = DemoProvider()

    assert provider.missing() is None
    assert await provider.models() == ["demo"]


def test_an_announcement_is_one_line_in_the_data_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEAGENT_HOME", str(tmp_path / "home"))

    announce("lunch\nis ready")
    announce("twice")

    written = (tmp_path / "home" / "announcements.txt").read_text()
    assert written == "lunch is ready\ntwice\n"


async def test_an_unknown_time_zone_is_told() -> None:
    assert "(UTC)" in await current_time()
    with pytest.raises(ValueError, match="try Europe/Paris"):
        await current_time("Nowhere/Land")
