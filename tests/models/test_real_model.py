"""Conversations with a real language model, over three protocols."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from liteagent.messages import ChatMessage, ModelRequest, ModelResponse
from liteagent.models import Fault, ModelError, Provider
from liteagent.testing.provider_suite import user, whole
from liteagent_anthropic import AnthropicProvider
from liteagent_openai_compatible import OpenAICompatibleProvider
from tests.fixtures.smollm import CONTEXT, ServedModel

SYSTEM = ChatMessage(role="system", content="You are a friendly assistant.")


@pytest.fixture(params=["openai_compatible", "anthropic"])
async def provider(request: pytest.FixtureRequest, smollm: ServedModel) -> AsyncIterator[Provider]:
    async with contextlib.AsyncExitStack() as stack:
        made = provider_for(request.param, smollm, smollm.api_key)
        stack.push_async_callback(made.close)
        yield made


def provider_for(name: str, served: ServedModel, key: str) -> Provider:
    if name == "anthropic":
        return AnthropicProvider(base_url=served.url, api_key=key)
    return OpenAICompatibleProvider(base_url=f"{served.url}/v1", api_key=key)


def asking(*messages: ChatMessage, **settings: object) -> ModelRequest:
    settings = {"max_tokens": 24, "temperature": 0, **settings}
    return ModelRequest(model="smollm2", messages=messages, settings=settings)


async def test_a_conversation_of_two_turns_is_streamed(provider: Provider):
    first = await whole(provider, asking(SYSTEM, user("Say hello.")))
    assert "hello" in first.text.lower()
    assert not first.usage.estimated
    answered = ChatMessage(role="assistant", content=first.text)
    history = (SYSTEM, user("Say hello."), answered, user("Say it again."))
    second = await whole(provider, asking(*history))
    assert second.text
    assert second.usage.input_tokens > first.usage.input_tokens


async def test_an_answer_over_its_limit_says_that_it_was_cut(provider: Provider):
    response = await whole(provider, asking(user("Tell me a long story."), max_tokens=5))
    assert (response.finish_reason, response.usage.output_tokens) == ("length", 5)


async def test_a_conversation_that_does_not_fit_is_told_apart(provider: Provider):
    with pytest.raises(ModelError) as caught:
        await whole(provider, asking(user("word " * CONTEXT * 2)))
    assert caught.value.fault is Fault.CONTEXT_TOO_LONG


@pytest.mark.parametrize("name", ["openai_compatible", "anthropic"])
async def test_a_wrong_key_is_told_apart(name: str, smollm: ServedModel):
    provider = provider_for(name, smollm, "sk-wrong-0123456789")
    with pytest.raises(ModelError) as caught:
        await whole(provider, asking(user("hello")))
    await provider.close()
    assert caught.value.fault is Fault.AUTH
    assert "sk-wrong" not in str(caught.value)


async def test_a_stream_that_is_left_leaves_the_model_free_for_others(provider: Provider):
    async with contextlib.aclosing(
        provider.stream(asking(user("Count to a thousand."), max_tokens=900))
    ) as left:
        await anext(left)
    answers = await asyncio.gather(
        *(whole(provider, asking(user(f"Say the word {word}."))) for word in ("sun", "moon"))
    )
    assert all(isinstance(answer, ModelResponse) and answer.text for answer in answers)


async def test_a_schema_is_kept_to(smollm: ServedModel):
    provider = provider_for("openai_compatible", smollm, smollm.api_key)
    schema = {
        "type": "object",
        "properties": {
            "city": {"type": "string", "maxLength": 12},
            "size": {"type": "integer", "maximum": 9},
        },
        "required": ["city", "size"],
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "city", "schema": schema}}
    question = asking(user("A city, and its size."), response_format=wanted, max_tokens=60)
    response = await whole(provider, question)
    await provider.close()
    assert set(json.loads(response.text)) == {"city", "size"}
