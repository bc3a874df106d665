"""What every model provider must do, as tests: subclass `ProviderContract` and run pytest.

The subclass gives a provider and a stand-in of the server that it talks to::

    class TestMyProvider(ProviderContract):
        def server(self) -> ModelServer:
            return OpenAIServer()

        def provider(self, url: str, key: str) -> Provider:
            return MyProvider(base_url=f"{url}/v1", api_key=key)
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator
from typing import Protocol

import pytest

from liteagent.messages import (
    ChatMessage,
    ModelRequest,
    ModelResponse,
    Role,
    TextDelta,
    ToolCall,
    ToolSchema,
    Usage,
)
from liteagent.models import Fault, ModelError, Provider
from liteagent.testing.answers import Answer, call, calls, fails, says
from liteagent.testing.http_stand_in import HttpStandIn
from liteagent.testing.script import Script, last_texts

KEY = "sk-contract-0123456789abcdef"
DEADLINE = 120.0
"""Seconds after which a test gives up waiting for something that must happen."""
WORLD = "naïve café, 漢字かな, עברית, नमस्ते, 👩‍👩‍👧‍👦 and \x00?"


class ModelServer(Protocol):
    """A stand-in over a script: `OpenAIServer`, `OllamaServer`, or an author's own."""

    script: Script
    names: list[str]
    """The models that it lists."""
    hung_up: asyncio.Event
    """Set when a client leaves before its answer is complete."""

    @property
    def url(self) -> str: ...


def user(text: str) -> ChatMessage:
    """A message of a user's."""
    return ChatMessage(role="user", content=text)


async def whole(provider: Provider, request: ModelRequest) -> ModelResponse:
    """The response, after checking what holds for every stream that ends well."""
    items = [item async for item in provider.stream(request)]
    response = items[-1]
    assert isinstance(response, ModelResponse)
    deltas = [item for item in items[:-1] if isinstance(item, TextDelta)]
    assert len(deltas) == len(items) - 1, "only the last item is the response"
    assert "".join(delta.text for delta in deltas) == response.text
    assert all(delta.text for delta in deltas), "a delta holds text"
    return response


@pytest.mark.asyncio
class ProviderContract:
    """The suite. `model` is a name that the stand-in takes."""

    model = "gpt-4o"
    arguments_are_text = True
    """Whether the protocol can carry arguments that are not JSON."""
    calls_have_ids = True
    """Whether the protocol carries the ids of tool calls."""

    def server(self) -> HttpStandIn:
        """A stand-in, not entered yet; it must be a `ModelServer` too."""
        raise NotImplementedError

    def provider(self, url: str, key: str) -> Provider:
        """The provider under test, for a server at `url`."""
        raise NotImplementedError

    @contextlib.asynccontextmanager
    async def talking(self) -> AsyncGenerator[tuple[Provider, ModelServer]]:
        """A provider and the stand-in it talks to, both closed in the end."""
        async with self.server() as server:
            provider = self.provider(server.url, KEY)
            try:
                yield provider, server  # type: ignore[misc]
            finally:
                await provider.close()

    def asking(self, *messages: ChatMessage | str, **settings: object) -> ModelRequest:
        """A request of these messages; text is a user's."""
        return ModelRequest(
            model=self.model,
            messages=tuple(user(one) if isinstance(one, str) else one for one in messages),
            settings=settings,
        )

    async def test_text_is_streamed_as_it_comes_and_the_deltas_make_the_whole(self) -> None:
        gate = asyncio.Event()
        async with self.talking() as (provider, server):
            server.script.on("hello", Answer(pieces=("Hi", " there"), gate=gate, gate_after=1))
            stream = provider.stream(self.asking("hello"))
            async with contextlib.aclosing(stream), asyncio.timeout(DEADLINE):
                assert await anext(stream) == TextDelta("Hi"), "before the rest is even there"
                gate.set()
                *_, response = [item async for item in stream]
            assert isinstance(response, ModelResponse)
            assert (response.text, response.finish_reason) == ("Hi there", "stop")
            assert response.usage == Usage(input_tokens=11, output_tokens=7)
            assert response.tool_calls == ()

    async def test_every_script_of_the_world_comes_through_both_ways(self) -> None:
        async with self.talking() as (provider, server):
            server.script.on(WORLD, lambda request: says(*request.messages[-1].content))
            assert (await whole(provider, self.asking(WORLD))).text == WORLD

    async def test_half_a_surrogate_pair_is_replaced_before_it_is_sent(self) -> None:
        async with self.talking() as (provider, server):
            server.script.on("a\ufffdb", "fine")
            assert (await whole(provider, self.asking("a\ud83db"))).text == "fine"

    async def test_a_surrogate_pair_in_two_deltas_is_joined(self) -> None:
        async with self.talking() as (provider, server):
            server.script.on("smile", says("a\ud83d", "\ude00b", "\ud83d"))
            assert (await whole(provider, self.asking("smile"))).text == "a\U0001f600b\ufffd"

    async def test_a_tool_is_offered_called_and_answered(self) -> None:
        weather = ToolSchema(
            name="weather",
            description="The weather.",
            parameters={"type": "object", "properties": {"city": {"type": "string"}}},
        )
        question = ChatMessage(role="user", content="weather?")
        request = ModelRequest(model=self.model, messages=(question,), tools=(weather,))
        async with self.talking() as (provider, server):
            answer = calls(call("weather", city="Zürich"), call("weather", "c2", city="Rome"))
            server.script.on("weather?", answer)
            first = await whole(provider, request)
            assert first.finish_reason == "tool_calls"
            assert [one.name for one in first.tool_calls] == ["weather", "weather"]
            assert '"Zürich"' in first.tool_calls[0].arguments.replace("\\u00fc", "ü")
            asked = ChatMessage(role="assistant", tool_calls=first.tool_calls)
            results = [
                ChatMessage(role="tool", name=one.name, tool_call_id=one.id, content=f"{n} C")
                for n, one in enumerate(first.tool_calls)
            ]
            server.script.on("1 C", lambda request: says(" and ".join(last_texts(request))))
            history = (question, asked, *results)
            second = ModelRequest(model=self.model, messages=history, tools=(weather,))
            assert (await whole(provider, second)).text == "1 C and 0 C"
            seen = server.script.requests[-1].messages
            if self.calls_have_ids:
                sent = [one.id for message in seen for one in message.tool_calls]
                assert sent == [m.tool_call_id for m in seen if m.role == "tool"]

    async def test_a_tool_may_have_any_name(self) -> None:
        name = "github.issues/search: " + "long " * 20
        schema = ToolSchema(name=name, description="", parameters={"type": "object"})
        request = ModelRequest(model=self.model, messages=(user("go"),), tools=(schema,))
        async with self.talking() as (provider, server):
            server.script.on("go", lambda request: calls(call(request.tools[0].name)))
            response = await whole(provider, request)
            told = server.script.requests[-1].tools[0].name
        assert [one.name for one in response.tool_calls] == [name]
        assert len(told) <= 128

    async def test_calls_without_an_id_of_their_own_get_one_that_a_replay_gets_too(self) -> None:
        same = calls(call("weather", "c1", city="Rome"), call("weather", "c1", city="Oslo"))
        async with self.talking() as (provider, server):
            server.script.on("weather?", same)
            server.script.on("1 C", same)
            request = self.asking("weather?")
            first = await whole(provider, request)
            ids = [one.id for one in first.tool_calls]
            assert len(set(ids)) == 2
            assert ids == [one.id for one in (await whole(provider, request)).tool_calls]
            asked = ChatMessage(role="assistant", tool_calls=first.tool_calls)
            results = [ChatMessage(role="tool", tool_call_id=id, content="1 C") for id in ids]
            later = await whole(provider, self.asking("weather?", asked, *results))
            assert not {one.id for one in later.tool_calls} & set(ids), "new in the conversation"

    async def test_broken_arguments_come_as_they_are_and_may_be_sent_back(self) -> None:
        if not self.arguments_are_text:
            return
        broken = ToolCall(id="c1", name="weather", arguments='{"city": "Ro')
        async with self.talking() as (provider, server):
            server.script.on("weather?", calls(broken))
            response = await whole(provider, self.asking("weather?"))
            assert response.tool_calls[0].arguments == '{"city": "Ro'
            server.script.on("That is no JSON.", "Sorry.")
            asked = ChatMessage(role="assistant", tool_calls=response.tool_calls)
            told = ChatMessage(role="tool", tool_call_id="c1", content="That is no JSON.")
            assert (await whole(provider, self.asking("weather?", asked, told))).text == "Sorry."

    async def test_an_empty_answer_is_an_answer(self) -> None:
        async with self.talking() as (provider, server):
            server.script.on("hello", Answer())
            response = await whole(provider, self.asking("hello"))
            assert (response.text, response.tool_calls) == ("", ())

    async def test_an_answer_that_was_cut_short_says_so(self) -> None:
        async with self.talking() as (provider, server):
            server.script.on("hello", Answer(pieces=("Hi",), finish_reason="length"))
            assert (await whole(provider, self.asking("hello"))).finish_reason == "length"

    async def test_any_order_of_roles_is_taken(self) -> None:
        def of(role: Role, content: str) -> ChatMessage:
            return ChatMessage(role=role, content=content)

        request = self.asking(
            of("system", "Be kind."),
            of("assistant", "Welcome!"),
            of("assistant", "Ask me."),
            of("user", "One."),
            of("user", ""),
            of("system", "Be brief."),
            of("user", "Two."),
        )
        async with self.talking() as (provider, server):
            server.script.on("Two.", "fine")
            assert (await whole(provider, request)).text == "fine"
            seen = " ".join(message.content for message in server.script.requests[-1].messages)
        for content in ("Be kind.", "Welcome!", "Ask me.", "One.", "Be brief.", "Two."):
            assert content in seen

    @pytest.mark.parametrize("fault", list(Fault))
    async def test_each_fault_is_told_apart(self, fault: Fault) -> None:
        async with self.talking() as (provider, server):
            server.script.on("hello", fails(fault))
            with pytest.raises(ModelError) as caught:
                await whole(provider, self.asking("hello"))
        assert caught.value.fault is fault
        assert caught.value.model == f"{provider.name}/{self.model}"
        assert KEY not in str(caught.value)

    async def test_the_pause_that_a_rate_limit_asks_for_is_passed_on(self) -> None:
        async with self.talking() as (provider, server):
            server.script.on("hello", fails(Fault.RATE_LIMITED, retry_after=7))
            with pytest.raises(ModelError) as caught:
                await whole(provider, self.asking("hello"))
        assert caught.value.retry_after == 7

    async def test_a_connection_that_drops_in_the_middle_is_worth_another_try(self) -> None:
        async with self.talking() as (provider, server):
            server.script.on("hello", fails(Fault.TRANSIENT, "Hi", " th"))
            stream = provider.stream(self.asking("hello"))
            with pytest.raises(ModelError) as caught:
                _ = [item async for item in stream]
        assert caught.value.fault is Fault.TRANSIENT

    async def test_an_error_in_the_middle_is_an_error(self) -> None:
        async with self.talking() as (provider, server):
            server.script.on("hello", fails(Fault.RATE_LIMITED, "Hi"))
            with pytest.raises(ModelError) as caught:
                await whole(provider, self.asking("hello"))
        assert caught.value.fault.retryable

    async def test_a_server_that_falls_silent_is_a_timeout(self) -> None:
        async with self.talking() as (provider, server):
            never = asyncio.Event()
            server.script.on("hello", Answer(pieces=("Hi",), gate=never, gate_after=1))
            with pytest.raises(ModelError) as caught:
                await whole(provider, self.asking("hello", timeout=0.2))
        assert caught.value.fault is Fault.TIMEOUT

    async def test_a_server_that_is_not_there_is_worth_another_try(self) -> None:
        async with self.server() as server:
            url = server.url
        provider = self.provider(url, KEY)
        with pytest.raises(ModelError) as caught:
            await whole(provider, self.asking("hello"))
        assert caught.value.fault is Fault.TRANSIENT
        await provider.close()

    async def test_cancelling_closes_the_connection_at_once(self) -> None:
        gate = asyncio.Event()
        async with self.talking() as (provider, server):
            server.script.on("hello", Answer(pieces=("Hi",), gate=gate, gate_after=1))
            begun = asyncio.Event()

            async def read() -> None:
                async for _ in provider.stream(self.asking("hello")):
                    begun.set()

            reading = asyncio.create_task(read())
            async with asyncio.timeout(DEADLINE):
                await begun.wait()
                reading.cancel()
                await asyncio.wait((reading,))
                await server.hung_up.wait()
            assert reading.cancelled()

    async def test_closing_the_stream_closes_the_connection_at_once(self) -> None:
        gate = asyncio.Event()
        async with self.talking() as (provider, server):
            server.script.on("hello", Answer(pieces=("Hi",), gate=gate, gate_after=1))
            async with asyncio.timeout(DEADLINE):
                async with contextlib.aclosing(provider.stream(self.asking("hello"))) as stream:
                    assert await anext(stream) == TextDelta("Hi")
                await server.hung_up.wait()

    async def test_many_answers_at_once_do_not_mix(self) -> None:
        questions = [f"question {number}" for number in range(20)]
        async with self.talking() as (provider, server):
            server.script.on(re.compile("question"), lambda request: says(*last_texts(request)[0]))
            requests = [self.asking(question) for question in questions]
            answers = await asyncio.gather(*(whole(provider, one) for one in requests))
        assert [answer.text for answer in answers] == questions

    async def test_the_models_of_the_server_are_listed(self) -> None:
        async with self.talking() as (provider, server):
            assert await provider.models() == server.names

    async def test_closing_twice_is_closing_once(self) -> None:
        async with self.talking() as (provider, server):
            server.script.on("hello", "Hi")
            await whole(provider, self.asking("hello"))
            await provider.close()
            await provider.close()
            assert provider.missing() is None
