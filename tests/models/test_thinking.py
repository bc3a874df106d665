"""Thoughts go back to the model that had them, unchanged and in their place, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from liteagent.messages import (
    ChatMessage,
    ModelRequest,
    ModelResponse,
    Opaque,
    ToolCall,
    ToolSchema,
)
from liteagent.testing.answers import Answer, call
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.provider_suite import user, whole
from liteagent.testing.wires.messages import thought
from liteagent_anthropic import AnthropicProvider

TOOL = ToolSchema(name="weather", description="", parameters={"type": "object"})
HIDDEN = Opaque(content={"type": "redacted_thinking", "data": "c2VjcmV0"})


def request(*messages: ChatMessage, model: str = "claude-sonnet-4-5", **more: Any) -> ModelRequest:
    return ModelRequest(model=model, messages=messages, tools=(TOOL,), settings=more)


def as_message(response: ModelResponse) -> ChatMessage:
    return ChatMessage(
        role="assistant",
        content=response.text,
        tool_calls=response.tool_calls,
        opaque=response.opaque,
    )


def result(of: ToolCall, content: str = "1 C") -> ChatMessage:
    return ChatMessage(role="tool", tool_call_id=of.id, content=content, name=of.name)


async def exchange(
    answer: Answer,
    *,
    model: str = "claude-sonnet-4-5",
    later: tuple[ChatMessage, ...] = (),
    **more: Any,
) -> tuple[ModelResponse, list[dict[str, Any]], dict[str, Any]]:
    """An answer with a call, what the server then got for history, and the whole of that body."""
    async with OpenAIServer({"weather?": answer, "1 C": "Cold."}) as server:
        provider = AnthropicProvider(base_url=server.url, api_key="k")
        first = await whole(provider, request(user("weather?"), model=model, **more))
        results = [result(one) for one in first.tool_calls]
        history = (user("weather?"), as_message(first), *results, *later)
        await whole(provider, request(*history, model=model, **more))
        await provider.close()
        body = server.received[-1].json()
    return first, body["messages"], body


async def test_thoughts_come_back_with_the_results_unchanged_and_first() -> None:
    seen = thought("Rome is warm 😀 in May.")
    first, messages, body = await exchange(
        Answer(pieces=("Let me", " see."), tool_calls=(call("weather"),), opaque=(seen, HIDDEN)),
        thinking={"type": "enabled", "budget_tokens": 2_000},
    )
    assert first.text == "Let me see."
    assert first.opaque == (seen, HIDDEN)
    assert [block["type"] for block in messages[1]["content"]] == [
        *("thinking", "redacted_thinking", "text", "tool_use")
    ]
    assert messages[1]["content"][:2] == [seen.content, HIDDEN.content]
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 2_000}
    assert body["max_tokens"] == 10_192


async def test_thoughts_between_text_and_calls_come_back_in_their_places() -> None:
    text = "Two cities."
    answer = Answer(
        pieces=(text,),
        tool_calls=(call("weather", "c1"), call("weather", "c2")),
        opaque=(
            thought("a"),
            thought("b", after_text=len(text)),
            thought("c", after_text=len(text), after_calls=1),
        ),
    )
    first, messages, _ = await exchange(answer)
    assert first.opaque == answer.opaque
    assert [b.get("thinking") or b["type"] for b in messages[1]["content"]] == [
        *("a", "text", "b", "tool_use", "c", "tool_use")
    ]


async def test_a_thought_that_shows_nothing_but_its_signature_comes_back_too() -> None:
    seen = thought("")
    _, messages, _ = await exchange(Answer(tool_calls=(call("weather"),), opaque=(seen,)))
    assert messages[1]["content"][0] == seen.content


async def test_thoughts_of_turns_that_are_over_stay_at_home() -> None:
    over = ChatMessage(role="assistant", content="Hi!", opaque=(thought("a greeting"),))
    async with OpenAIServer({"weather?": "Cold."}) as server:
        provider = AnthropicProvider(base_url=server.url, api_key="k")
        await whole(provider, request(user("hello"), over, user("weather?")))
        await provider.close()
        messages = server.received[-1].json()["messages"]
    assert [block["type"] for block in messages[1]["content"]] == ["text"]


async def test_a_turn_that_another_model_began_goes_on_without_a_budget() -> None:
    asked = ChatMessage(role="assistant", tool_calls=(call("weather"),))
    history = (user("weather?"), asked, result(asked.tool_calls[0]))
    async with OpenAIServer({"1 C": "Cold."}) as server:
        provider = AnthropicProvider(base_url=server.url, api_key="k")
        await whole(provider, request(*history, reasoning_effort="low"))
        await provider.close()
        body = server.received[-1].json()
    assert "thinking" not in body
    assert body["max_tokens"] == 8_192


async def test_a_message_that_was_shortened_keeps_its_thoughts_whole() -> None:
    kept = ChatMessage(
        role="assistant",
        content="Let",
        tool_calls=(call("weather"),),
        opaque=(thought("a"), thought("b", after_text=90, after_calls=7)),
    )
    async with OpenAIServer({"1 C": "Cold."}) as server:
        provider = AnthropicProvider(base_url=server.url, api_key="k")
        await whole(provider, request(user("hi"), kept, result(kept.tool_calls[0])))
        await provider.close()
        blocks = server.received[-1].json()["messages"][1]["content"]
    assert [b.get("thinking") or b["type"] for b in blocks] == ["a", "text", "tool_use", "b"]


async def test_thoughts_that_the_server_does_not_know_again_are_left_behind() -> None:
    forged = Opaque(content={"type": "thinking", "thinking": "hm", "signature": "old"})
    said = ChatMessage(role="assistant", tool_calls=(call("weather"),), opaque=(forged,))
    history = (user("weather?"), said, result(said.tool_calls[0]))
    async with OpenAIServer({"1 C": "Cold."}) as server:
        provider = AnthropicProvider(base_url=server.url, api_key="k")
        answered = await whole(provider, request(*history, reasoning_effort="low"))
        await provider.close()
    assert answered.text == "Cold."
    first, second = (one.json() for one in server.received)
    assert "thinking" in first
    assert "thinking" not in second
    assert [block["type"] for block in second["messages"][1]["content"]] == ["tool_use"]


ADAPTIVE = {"type": "adaptive"}
OFF = {"type": "disabled"}


@pytest.mark.parametrize(
    ("model", "settings", "thinking", "effort"),
    [
        ("claude-sonnet-4-5", {}, None, None),
        (
            "claude-sonnet-4-5-20250929",
            {"reasoning_effort": "medium"},
            {"type": "enabled", "budget_tokens": 8_000},
            None,
        ),
        ("claude-3-7-sonnet-latest", {"reasoning_effort": "none"}, None, None),
        (
            "claude-opus-4-20250514",
            {"thinking": ADAPTIVE},
            {"type": "enabled", "budget_tokens": 16_000},
            None,
        ),
        ("claude-opus-4-6", {"reasoning_effort": "xhigh"}, ADAPTIVE, "high"),
        (
            "claude-opus-4-6",
            {"thinking": {"type": "enabled", "budget_tokens": 4_000}},
            {"type": "enabled", "budget_tokens": 4_000},
            None,
        ),
        (
            "claude-opus-4-7",
            {"thinking": {"type": "enabled", "budget_tokens": 4_000, "display": "summarized"}},
            {"type": "adaptive", "display": "summarized"},
            None,
        ),
        ("claude-opus-4-8", {"reasoning_effort": "minimal"}, ADAPTIVE, "low"),
        ("claude-opus-4-8", {"reasoning_effort": "none"}, None, None),
        ("claude-sonnet-5", {"reasoning_effort": "none"}, OFF, None),
        ("claude-sonnet-5", {"thinking": False}, OFF, None),
        ("claude-sonnet-5-5", {"reasoning_effort": "none"}, {"type": "between_tools"}, None),
        ("claude-opus-5-5", {"reasoning_effort": "none"}, None, "low"),
        ("claude-fable-5", {"thinking": True, "reasoning_effort": "max"}, ADAPTIVE, "max"),
        ("claude-opus-5", {"tool_choice": "required"}, OFF, None),
        (
            "some-other-model",
            {"reasoning_effort": "low"},
            {"type": "enabled", "budget_tokens": 2_048},
            None,
        ),
    ],
)
async def test_each_model_is_told_how_hard_to_think_in_its_own_way(
    model: str, settings: dict[str, Any], thinking: object, effort: str | None
) -> None:
    body = await body_for(model, **settings)
    assert body.get("thinking") == thinking
    assert body.get("output_config", {}).get("effort") == effort
    assert "reasoning_effort" not in body


async def body_for(model: str, **settings: Any) -> dict[str, Any]:
    async with OpenAIServer({"weather?": "Cold."}) as server:
        provider = AnthropicProvider(base_url=server.url, api_key="k")
        await whole(provider, request(user("weather?"), model=model, **settings))
        await provider.close()
        return server.received[-1].json()


@pytest.mark.parametrize(
    ("model", "settings", "sent"),
    [
        ("claude-3-5-haiku-latest", {"temperature": 0.5, "top_p": 0.9}, {"temperature", "top_p"}),
        (
            "claude-opus-4-1",
            {"temperature": 0.5, "top_p": 0.9, "top_k": 5},
            {"temperature", "top_k"},
        ),
        ("claude-opus-4-7", {"temperature": 0.5, "top_p": 0.9, "top_k": 5}, set()),
        ("claude-sonnet-5", {"temperature": 0}, set()),
        ("claude-sonnet-4-5", {"temperature": 0.5, "reasoning_effort": "low"}, set()),
        ("claude-sonnet-4-5", {"seed": 7, "presence_penalty": 1, "logprobs": True}, set()),
    ],
)
async def test_settings_that_a_model_refuses_stay_at_home(
    model: str, settings: dict[str, Any], sent: set[str]
) -> None:
    assert set(await body_for(model, **settings)) & set(settings) == sent


@pytest.mark.parametrize(
    ("model", "settings", "choice"),
    [
        (
            "claude-sonnet-4-5",
            {"parallel_tool_calls": False},
            {"type": "auto", "disable_parallel_tool_use": True},
        ),
        (
            "claude-sonnet-4-5",
            {"tool_choice": "required", "parallel_tool_calls": False},
            {"type": "any", "disable_parallel_tool_use": True},
        ),
        ("claude-sonnet-4-5", {"parallel_tool_calls": True}, None),
        ("claude-opus-5-5", {"tool_choice": "required"}, {"type": "auto"}),
        ("claude-opus-5-5", {"tool_choice": "none"}, {"type": "none"}),
    ],
)
async def test_the_choice_of_tools_is_said_as_the_model_takes_it(
    model: str, settings: dict[str, Any], choice: object
) -> None:
    assert (await body_for(model, **settings)).get("tool_choice") == choice
