"""The official client, unmodified, talks to agents as to models."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from liteagent.agents.task_agents import TaskAgents
from liteagent.models import Fault
from liteagent.testing.runtime import AGENT
from tests.gateway.door import Door, MakeDoor

WEATHER: Any = {
    "type": "function",
    "function": {"name": "weather", "description": "Tells it.", "parameters": {"type": "object"}},
}


def user(text: str) -> Any:
    return [{"role": "user", "content": text}]


async def test_agents_are_models(client: AsyncOpenAI) -> None:
    models = [model async for model in client.models.list()]
    assert [model.id for model in models] == [AGENT]
    assert (await client.models.retrieve(AGENT)).object == "model"
    with pytest.raises(openai.NotFoundError) as caught:
        await client.models.retrieve("agnet")
    assert caught.value.code == "model_not_found"
    assert "did you mean agent?" in str(caught.value)


async def test_an_agent_answers_in_one_piece(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model=AGENT, messages=user("hello"))
    choice = answer.choices[0]
    assert (choice.message.role, choice.message.content) == ("assistant", "Hello there.")
    assert choice.finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == 18


async def test_an_agent_answers_as_a_stream(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model=AGENT,
        messages=user("hello"),
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    assert chunks[0].choices[0].delta.role == "assistant"
    content = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(content) == "Hello there."
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert len({chunk.id for chunk in chunks}) == 1


@pytest.mark.parametrize("stream", [False, True])
async def test_the_agents_own_tools_run_here_and_are_not_the_clients_business(
    door: Door, client: AsyncOpenAI, stream: bool
) -> None:
    if stream:
        async with client.chat.completions.stream(model=AGENT, messages=user("look")) as events:
            answer = await events.get_final_completion()
    else:
        answer = await client.chat.completions.create(model=AGENT, messages=user("look"))
    assert answer.choices[0].message.content == "Let me look.\n\nIt is up."
    assert not answer.choices[0].message.tool_calls
    assert answer.choices[0].finish_reason == "stop"
    assert door.rig.sink.calls("look") == [{"name": "db"}]


@pytest.mark.parametrize("stream", [False, True])
async def test_the_clients_tools_are_the_clients_to_run(
    door: Door, client: AsyncOpenAI, stream: bool
) -> None:
    messages = user("weather")
    if stream:
        async with client.chat.completions.stream(
            model=AGENT, messages=messages, tools=[WEATHER]
        ) as events:
            asked: Any = await events.get_final_completion()
    else:
        asked = await client.chat.completions.create(
            model=AGENT, messages=messages, tools=[WEATHER]
        )
    choice = asked.choices[0]
    assert choice.finish_reason == "tool_calls"
    call = choice.message.tool_calls[0]
    assert (call.function.name, call.function.arguments) == ("weather", '{"city": "Ulm"}')

    told = [
        *messages,
        choice.message.model_dump(include={"role", "content", "tool_calls"}),
        {"role": "tool", "tool_call_id": call.id, "content": "rainy"},
    ]
    answer = await client.chat.completions.create(model=AGENT, messages=told, tools=[WEATHER])

    assert answer.choices[0].message.content == "Take an umbrella."
    request = door.rig.model.requests[-1]
    assert [message.role for message in request.messages] == ["system", "user", "assistant", "tool"]
    assert request.messages[-1].tool_call_id == call.id


@pytest.mark.parametrize("stream", [False, True])
async def test_the_agent_runs_its_own_of_mixed_calls_and_hands_the_clients_over(
    door: Door, client: AsyncOpenAI, stream: bool
) -> None:
    ours = {"X-Session-Id": "ours"}
    body: Any = {"model": AGENT, "tools": [WEATHER], "extra_headers": ours}
    if stream:
        async with client.chat.completions.stream(messages=user("mixed"), **body) as events:
            asked: Any = await events.get_final_completion()
    else:
        asked = await client.chat.completions.create(messages=user("mixed"), **body)
    choice = asked.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert [call.function.name for call in choice.message.tool_calls] == ["weather"]
    assert door.rig.sink.calls("look") == [{"name": "db"}]

    told: Any = [
        *user("mixed"),
        choice.message.model_dump(include={"role", "content", "tool_calls"}),
        {"role": "tool", "tool_call_id": choice.message.tool_calls[0].id, "content": "rainy"},
    ]
    answer = await client.chat.completions.create(messages=told, **body)
    assert answer.choices[0].finish_reason == "stop"
    request = door.rig.model.requests[-1]
    said = [(message.role, message.content) for message in request.messages[2:]]
    assert said == [("assistant", ""), ("tool", "did look"), ("tool", "rainy")]


async def test_a_plain_completion_carries_its_own_history(door: Door, client: AsyncOpenAI) -> None:
    history: Any = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "my name is Ann"}]},
        {"role": "assistant", "content": "noted"},
        {"role": "user", "content": "who am I"},
    ]
    for _ in range(2):
        await client.chat.completions.create(model=AGENT, messages=history)
    request = door.rig.model.requests[-1]
    assert [(m.role, m.content) for m in request.messages[1:]] == [
        ("user", "my name is Ann"),
        ("assistant", "noted"),
        ("user", "who am I"),
    ]
    assert "Be brief." in request.messages[0].content


@pytest.mark.parametrize(
    "more",
    [
        {"user": "bob"},
        {"extra_headers": {"X-Session-Id": "s1"}},
        {"extra_headers": {"X-LiteAgent-Session": "s1"}},
        {"extra_headers": {"X-OpenWebUI-Chat-Id": "c-1"}},
    ],
)
async def test_a_name_for_the_conversation_continues_it(
    door: Door, client: AsyncOpenAI, more: Any
) -> None:
    await client.chat.completions.create(model=AGENT, messages=user("hello"), **more)
    await client.chat.completions.create(model=AGENT, messages=user("and now"), **more)
    said = [message.content for message in door.rig.model.requests[-1].messages[1:]]
    assert said == ["hello", "Hello there.", "and now"]


async def test_a_header_names_a_session_that_was_made_natively(
    door: Door, client: AsyncOpenAI
) -> None:
    async with door.http() as http:
        session = await door.session(http)
        answer = await client.chat.completions.with_raw_response.create(
            model=AGENT, messages=user("hello"), extra_headers={"X-Session-Id": session}
        )
        messages = (await http.get(f"/api/sessions/{session}/messages")).json()["items"]
    assert answer.headers["x-liteagent-session"] == session
    assert [item["content"] for item in messages] == ["hello", "Hello there."]


async def test_an_answer_that_waits_for_a_person_says_where_to_decide(
    door: Door, client: AsyncOpenAI
) -> None:
    answer = await client.chat.completions.create(
        model=AGENT, messages=user("restart"), extra_headers={"X-Session-Id": "s1"}
    )
    [approval] = await door.rig.pending()
    assert answer.choices[0].finish_reason == "stop"
    assert f"/api/approvals/{approval}" in (answer.choices[0].message.content or "")

    async with door.http() as http:
        decided = await http.post(f"/api/approvals/{approval}", json={"decision": "approve"})
        assert decided.status_code == 200
        await door.rig.settle()
        messages = (await http.get("/api/sessions/s1/messages")).json()["items"]
    assert messages[-1]["content"] == "Restarted."
    assert door.rig.sink.calls("restart") == [{"name": "web"}]


async def test_a_turn_that_fails_is_an_error_with_its_status(
    door: Door, client: AsyncOpenAI
) -> None:
    door.rig.model.fail(Fault.CONTEXT_TOO_LONG)
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model=AGENT, messages=user("hello"))
    assert caught.value.code == "context_length_exceeded"
    assert caught.value.response.headers["x-should-retry"] == "false"

    door.rig.model.fail(Fault.CONTEXT_TOO_LONG)
    stream = await client.chat.completions.create(model=AGENT, messages=user("hello"), stream=True)
    with pytest.raises(openai.APIError) as failed:
        async for _ in stream:
            pass
    assert failed.value.code == "context_length_exceeded"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, "messages"),
        ({"messages": [{"role": "user", "content": "  "}]}, "messages[0].content"),
        ({"messages": [{"role": "wizard", "content": "hi"}]}, "messages[0].role"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "messages[0].content[0]",
        ),
        ({"messages": [{"role": "tool", "content": "hi"}]}, "messages[0].tool_call_id"),
        ({"messages": "hi"}, "messages"),
        ({"n": 2}, "n"),
        ({"tools": [{"type": "web_search"}]}, "tools[0]"),
        (
            {"tools": [{"type": "function", "function": {"name": "look"}}]},
            "tools[0]",
        ),
    ],
)
async def test_what_cannot_be_is_said_with_its_place(
    client: AsyncOpenAI, body: Any, place: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.post(
            "/chat/completions",
            body={"model": AGENT, "messages": user("hello"), **body},
            cast_to=object,
        )
    assert caught.value.param == place


async def test_unknown_parameters_are_ignored(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(
        model=AGENT,
        messages=user("hello"),
        temperature=0.1,
        seed=7,
        extra_body={"made_up": {"a": 1}},
    )
    assert answer.choices[0].message.content == "Hello there."


async def test_a_chat_interface_asks_for_titles_without_tools_or_memory(
    make_door: MakeDoor,
) -> None:
    header = {"X-OpenWebUI-Chat-Id": "c1"}
    async with make_door() as door:
        door.rig.agents = TaskAgents(door.rig.agents)  # type: ignore[assignment]
        await door.rig.restart()
        async with door.served() as address, door.openai(address) as client:
            prompt = "### Task:\nGenerate a title.\n### Output:\nJSON"
            answer = await client.chat.completions.create(
                model=AGENT, messages=user(prompt), extra_headers=header
            )
            assert answer.model == AGENT
            assert door.rig.model.requests[-1].tools == ()
            named = await client.chat.completions.create(
                model=f"{AGENT}:task", messages=user("hello")
            )
            assert named.choices[0].message.content == "Hello there."
            assert door.rig.model.requests[-1].tools == ()
            await client.chat.completions.create(
                model=AGENT, messages=user("hello"), extra_headers=header
            )
            said = [message.content for message in door.rig.model.requests[-1].messages[1:]]
            assert [model.id async for model in client.models.list()] == [AGENT]
    assert said == ["hello"]
    assert door.rig.model.requests[-1].tools != ()


@pytest.mark.parametrize("overlap", ["enqueue", "steer", "interrupt"])
async def test_a_message_during_a_turn_is_answered_as_the_agent_is_told_to(
    make_door: MakeDoor, overlap: str
) -> None:
    async with make_door(overlap=overlap) as door, door.http() as http:
        door.rig.sink.hold("look")

        def ask(text: str) -> asyncio.Future[httpx.Response]:
            body = {"model": AGENT, "messages": user(text)}
            posting = http.post("/v1/chat/completions", json=body, headers={"X-Session-Id": "s1"})
            return asyncio.ensure_future(posting)

        first = ask("look")
        await door.rig.settle()
        second = ask("hello")
        await door.rig.settle()
        door.rig.sink.release("look")
        answers = [await first, await second]
    codes = [answer.status_code for answer in answers]
    assert codes == ([409, 200] if overlap == "interrupt" else [200, 200])
    if overlap == "interrupt":
        assert answers[0].json()["error"]["code"] == "turn_cancelled"
    assert answers[1].json()["choices"][0]["message"]["content"]
