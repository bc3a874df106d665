"""Chat Completions with the official client, as it comes."""

from __future__ import annotations

import httpx
import pytest
from openai import AsyncOpenAI, AuthenticationError, NotFoundError

from tests.e2e.client import Native, answers, sent, types
from tests.e2e.home import AGENTS
from tests.e2e.lossy_proxy import LossyProxy
from tests.e2e.script import GREETING, LOOKING
from tests.e2e.up import Up

SESSION = "x-liteagent-session"


def user(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


async def test_every_agent_is_a_model(openai: AsyncOpenAI) -> None:
    models = [model.id async for model in openai.models.list()]

    assert set(AGENTS) <= set(models)
    assert (await openai.models.retrieve("writer")).id == "writer"


async def test_an_answer_is_what_the_journal_says(openai: AsyncOpenAI, native: Native) -> None:
    raw = await openai.chat.completions.with_raw_response.create(
        model="storyteller", messages=user("hello")
    )
    completion = raw.parse()

    assert completion.choices[0].message.content == "".join(GREETING)
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage is not None
    assert completion.usage.total_tokens == 18
    assert sent(await native.journal(raw.headers[SESSION])) == "".join(GREETING)


async def test_a_streamed_answer_is_what_the_journal_says(
    openai: AsyncOpenAI, native: Native
) -> None:
    stream = await openai.chat.completions.create(
        model="storyteller",
        messages=user("hello"),
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]

    *spoken, usage = chunks
    assert spoken[0].choices[0].delta.role == "assistant"
    assert "".join(c.choices[0].delta.content or "" for c in spoken) == "".join(GREETING)
    assert [c.choices[0].finish_reason for c in spoken if c.choices[0].finish_reason] == ["stop"]
    assert (usage.choices, usage.usage and usage.usage.total_tokens) == ([], 18)
    session = stream.response.headers[SESSION]
    assert sent(await native.journal(session)) == "".join(GREETING)


async def test_a_tool_of_the_agents_runs_once_and_is_never_shown_as_a_call(
    openai: AsyncOpenAI, native: Native, up: Up
) -> None:
    stream = await openai.chat.completions.create(
        model="writer", messages=user("note for-chat"), stream=True
    )
    choices = [chunk.choices[0] async for chunk in stream]

    assert not [choice for choice in choices if choice.delta.tool_calls]
    assert [c.finish_reason for c in choices if c.finish_reason] == ["stop"]
    journal = await native.journal(stream.response.headers[SESSION])
    assert list(answers(journal)) == [LOOKING, "It is noted for-chat."]
    assert "".join(c.delta.content or "" for c in choices) == "\n\n".join(answers(journal))
    assert types(journal).count("tool.succeeded") == 1
    assert up.home.written("for-chat") == 1


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("api", ["chat", "streamed chat", "responses"])
async def test_a_retry_that_the_client_makes_by_itself_runs_no_tool_again(
    up: Up, native: Native, api: str, at_once: bool
) -> None:
    line = f"retry-{api.replace(' ', '-')}-{at_once}"
    before = len(await native.sessions("writer"))
    proxy = LossyProxy(up.url, at_once=at_once)
    async with (
        proxy.serving() as address,
        AsyncOpenAI(api_key=up.key, base_url=f"{address}/v1") as client,
    ):
        answer = await ask(client, api, f"note {line}")

    assert proxy.connections == 2
    assert answer.endswith(f"It is noted {line}.")
    assert up.home.written(line) == 1
    sessions = await native.sessions("writer")
    assert len(sessions) == before + 1
    journal = await native.journal(sessions[0]["id"])
    assert types(journal).count("turn.completed") == 1


async def ask(client: AsyncOpenAI, api: str, text: str) -> str:
    if api == "responses":
        return (await client.responses.create(model="writer", input=text)).output_text
    if api == "chat":
        answer = await client.chat.completions.create(model="writer", messages=user(text))
        return answer.choices[0].message.content or ""
    stream = await client.chat.completions.create(model="writer", messages=user(text), stream=True)
    return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])


async def test_a_wrong_key_and_none_are_told_apart_from_a_right_one(up: Up) -> None:
    async with AsyncOpenAI(api_key="la_wrong", base_url=f"{up.url}/v1") as client:
        with pytest.raises(AuthenticationError) as wrong:
            await client.models.list()
    async with httpx.AsyncClient(base_url=up.url) as http:
        missing = await http.post("/v1/chat/completions", json={})

    assert isinstance(wrong.value.body, dict)
    assert wrong.value.body["message"]
    assert missing.status_code == 401
    assert missing.headers["content-type"] == "application/json"
    assert set(missing.json()["error"]) == {"message", "type", "param", "code"}


async def test_a_model_that_is_not_there_is_told_with_the_one_that_was_meant(
    openai: AsyncOpenAI,
) -> None:
    with pytest.raises(NotFoundError, match="writer") as missing:
        await openai.chat.completions.create(model="writr", messages=user("hello"))

    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")
