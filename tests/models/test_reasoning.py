"""What the OpenAI protocol and Ollama do with models that reason: their settings, and what they
want back.
"""

from __future__ import annotations

from typing import Any

import pytest

from liteagent.messages import ChatMessage, ModelRequest, ModelResponse, Opaque, ToolSchema
from liteagent.models import Fault, ModelError, Provider
from liteagent.testing.answers import Answer, call
from liteagent.testing.http_stand_in import Reply, json_reply
from liteagent.testing.ollama_server import OllamaServer
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.provider_suite import user, whole
from liteagent_ollama import OllamaProvider
from liteagent_openai import OpenAIProvider
from liteagent_openai_compatible import OpenAICompatibleProvider

TOOL = ToolSchema(name="look.up", description="", parameters={"type": "object"})
SEALED = {
    "type": "reasoning",
    "summary": [{"type": "summary_text", "text": "Rome."}],
    "encrypted_content": "gAAAA",
}


def request(
    *messages: ChatMessage, model: str = "gpt-5", tools: bool = True, **more: Any
) -> ModelRequest:
    return ModelRequest(
        model=model, messages=messages, tools=(TOOL,) if tools else (), settings=more
    )


def openai(server: OpenAIServer) -> Provider:
    return OpenAIProvider(base_url=f"{server.url}/v1", api_key="k")


def compatible(server: OpenAIServer) -> Provider:
    return OpenAICompatibleProvider(base_url=f"{server.url}/v1")


def ollama(server: OllamaServer) -> Provider:
    return OllamaProvider(base_url=server.url)


async def exchange(
    provider: Provider, server: OpenAIServer | OllamaServer, answer: Answer, **more: Any
) -> tuple[ModelResponse, dict[str, Any]]:
    """An answer with one call, and the body in which its result was sent."""
    server.script.on("go", answer)
    server.script.on("found", "fine")
    first = await whole(provider, request(user("go"), **more))
    said = ChatMessage(
        role="assistant", content=first.text, tool_calls=first.tool_calls, opaque=first.opaque
    )
    (made,) = first.tool_calls
    told = ChatMessage(role="tool", name=made.name, tool_call_id=made.id, content="found")
    await whole(provider, request(user("go"), said, told, **more))
    await provider.close()
    return first, server.received[-1].json()


async def test_encrypted_reasoning_goes_back_before_the_call_it_led_to() -> None:
    answer = Answer(tool_calls=(call("look_up"),), opaque=(Opaque(content=SEALED),))
    async with OpenAIServer() as server:
        first, body = await exchange(openai(server), server, answer, api="responses")
    assert first.opaque == (Opaque(content=SEALED),)
    assert body["include"] == ["reasoning.encrypted_content"]
    assert [item.get("type") for item in body["input"]] == [
        *(None, "reasoning", "function_call", "function_call_output")
    ]
    assert body["input"][1] == SEALED


async def test_reasoning_that_is_not_encrypted_stays_at_the_server() -> None:
    bare = Opaque(content={"type": "reasoning", "summary": []})
    answer = Answer(tool_calls=(call("look_up"),), opaque=(bare,))
    async with OpenAIServer() as server:
        first, body = await exchange(openai(server), server, answer, api="responses")
    assert first.opaque == ()
    assert "reasoning" not in [item.get("type") for item in body["input"]]


async def test_reasoning_whose_answer_is_gone_and_that_of_another_api_are_not_sent() -> None:
    left = (Opaque(content={"reasoning_content": "hm"}), Opaque(content=SEALED))
    said = ChatMessage(role="assistant", opaque=left)
    async with OpenAIServer({"go": "fine"}) as server:
        provider = openai(server)
        await whole(provider, request(user("hi"), said, user("go"), api="responses"))
        await whole(provider, request(user("hi"), said, user("go")))
        await provider.close()
    assert [item.get("type") for item in server.received[0].json()["input"]] == [None] * 3
    assert "encrypted_content" not in server.received[1].json()["messages"][1]


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_servers_of_the_protocol_get_back_the_field_that_they_thought_in(field: str) -> None:
    thoughts = (Opaque(content={field: "Look "}), Opaque(content={field: "it up."}))
    answer = Answer(pieces=("Wait.",), tool_calls=(call("look_up"),), opaque=thoughts)
    async with OpenAIServer() as server:
        first, body = await exchange(compatible(server), server, answer, model="deepseek-v4")
    assert first.text == "Wait."
    assert body["messages"][1][field] == "Look it up."


async def test_signed_details_are_sent_back_in_the_order_they_came() -> None:
    details = [{"type": "reasoning.encrypted", "data": n, "index": 0} for n in ("a", "b")]
    thoughts = tuple(Opaque(content={"reasoning_details": [one]}) for one in details)
    answer = Answer(tool_calls=(call("look_up"),), opaque=thoughts)
    async with OpenAIServer() as server:
        _, body = await exchange(compatible(server), server, answer, model="x/y")
    assert body["messages"][1]["reasoning_details"] == details


async def test_ollama_gets_back_what_its_model_thought() -> None:
    thoughts = (Opaque(content={"thinking": "Look "}), Opaque(content={"thinking": "it up."}))
    answer = Answer(tool_calls=(call("look_up"),), opaque=thoughts)
    async with OllamaServer() as server:
        first, body = await exchange(ollama(server), server, answer, model="gpt-oss:20b")
    assert first.text == ""
    assert body["messages"][1]["thinking"] == "Look it up."


def rejects(message: str) -> Reply:
    error = {"message": message, "type": "invalid_request_error", "code": None}
    return json_reply({"error": error}, status=400)


REMEMBERED = ChatMessage(role="assistant", content="Hi", opaque=(Opaque(content=SEALED),))


async def test_reasoning_that_another_account_sealed_is_left_behind() -> None:
    async with OpenAIServer({"go": "fine"}) as server:
        server.raw.append(rejects("The encrypted content could not be verified."))
        provider = openai(server)
        asked = request(user("hi"), REMEMBERED, user("go"), api="responses")
        assert (await whole(provider, asked)).text == "fine"
        await provider.close()
    assert [SEALED in one.json()["input"] for one in server.received] == [True, False]


async def test_what_is_refused_for_another_reason_is_not_sent_again() -> None:
    async with OpenAIServer({"go": "fine"}) as server:
        server.raw.append(rejects("Unknown parameter: 'x'."))
        provider = openai(server)
        with pytest.raises(ModelError) as caught:
            await whole(provider, request(REMEMBERED, user("go"), api="responses"))
        await provider.close()
    assert caught.value.fault is Fault.INVALID
    assert len(server.received) == 1


async def sent(provider: Provider, server: OpenAIServer | OllamaServer, **more: Any) -> Any:
    server.script.on("go", "fine")
    await whole(provider, request(user("go"), **more))
    await provider.close()
    return server.received[-1].json()


@pytest.mark.parametrize(
    ("model", "settings", "kept"),
    [
        ("gpt-4o", {"temperature": 0.2, "stop": "END"}, {"temperature", "stop"}),
        ("gpt-5-chat-latest", {"temperature": 0.2}, {"temperature"}),
        ("o3-mini", {"temperature": 0.2, "top_p": 0.5, "stop": "END"}, set()),
        ("gpt-5-mini", {"temperature": 0.2, "frequency_penalty": 1}, set()),
        ("gpt-5.2", {"temperature": 0.2}, {"temperature"}),
        ("gpt-5.2-pro", {"temperature": 0.2}, set()),
        ("gpt-5.5", {"temperature": 0.2}, set()),
        ("gpt-6-sol", {"temperature": 0.2, "seed": 7}, {"seed"}),
        (
            "gpt-6-sol",
            {"temperature": 0.2, "reasoning_effort": "none"},
            {"temperature", "reasoning_effort"},
        ),
        ("gpt-4o", {"thinking": {"type": "adaptive"}, "top_k": 5, "think": True}, set()),
    ],
)
@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_openai_is_not_sent_what_the_model_refuses(
    model: str, settings: dict[str, Any], kept: set[str], api: str
) -> None:
    if api == "responses":
        kept = kept - {"seed", "stop", "reasoning_effort"}
    async with OpenAIServer() as server:
        body = await sent(openai(server), server, model=model, tools=False, api=api, **settings)
    assert set(body) & set(settings) == kept


@pytest.mark.parametrize(
    ("model", "settings", "effort"),
    [
        ("gpt-4o", {}, None),
        ("gpt-5.4", {}, None),
        ("gpt-5.6-terra", {}, "none"),
        ("gpt-6-sol", {}, "none"),
        ("gpt-6-sol", {"tools": False}, None),
        ("gpt-6-sol", {"reasoning_effort": "high"}, "high"),
        ("gpt-6-astra", {}, None),
        ("gpt-6.2-sol", {}, None),
    ],
)
async def test_a_model_that_calls_tools_in_chat_only_unreasoned_is_told_not_to_reason(
    model: str, settings: dict[str, Any], effort: str | None
) -> None:
    async with OpenAIServer() as server:
        body = await sent(openai(server), server, model=model, **settings)
    assert body.get("reasoning_effort") == effort


async def test_responses_are_told_effort_and_verbosity_in_their_own_form() -> None:
    settings = {"reasoning_effort": "low", "reasoning": {"summary": "auto"}, "verbosity": "high"}
    async with OpenAIServer() as server:
        body = await sent(openai(server), server, api="responses", **settings)
    assert body["reasoning"] == {"effort": "low", "summary": "auto"}
    assert body["text"] == {"verbosity": "high"}
    assert not {"reasoning_effort", "verbosity"} & set(body)


async def test_a_model_that_does_not_reason_is_not_asked_to_encrypt_it() -> None:
    async with OpenAIServer() as server:
        body = await sent(openai(server), server, model="gpt-4o", api="responses")
    assert "include" not in body


@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_the_one_tool_that_is_to_be_called_is_named_as_it_was_told(api: str) -> None:
    choice = {"type": "function", "function": {"name": "look.up"}}
    async with OpenAIServer() as server:
        body = await sent(compatible(server), server, api=api, tool_choice=choice)
    told = body["tool_choice"]
    offered = body["tools"][0]
    if api == "chat":
        assert told == {"type": "function", "function": {"name": offered["function"]["name"]}}
    else:
        assert told == {"type": "function", "name": offered["name"]}


@pytest.mark.parametrize(
    ("model", "effort", "think"),
    [
        ("qwen3:8b", "high", True),
        ("qwen3:8b", "none", False),
        ("gpt-oss:20b", "medium", "medium"),
        ("gpt-oss:20b", "max", "high"),
        ("gpt-oss:20b", "none", "low"),
        ("llama3.2", None, None),
    ],
)
async def test_ollama_is_told_how_hard_to_think_as_the_model_takes_it(
    model: str, effort: str | None, think: object
) -> None:
    async with OllamaServer() as server:
        body = await sent(
            ollama(server), server, model=model, reasoning_effort=effort, thinking={"type": "x"}
        )
    assert body.get("think") == think
    assert "options" not in body or not body["options"]
