"""What goes over the wire for the settings, and whose keys go to whom."""

from typing import Any

import pytest

from liteagent.messages import ChatMessage, ModelRequest, ToolSchema
from liteagent.models import Fault, ModelError, Provider
from liteagent.testing.ollama_server import OllamaServer
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.provider_suite import whole
from liteagent_anthropic import AnthropicProvider
from liteagent_ollama import OllamaProvider
from liteagent_openai import OpenAIProvider
from liteagent_openai_compatible import OpenAICompatibleProvider

SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}
FORMAT = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
SETTINGS = {
    "max_tokens": 5,
    "temperature": 0.5,
    "stop": "END",
    "seed": 7,
    "response_format": FORMAT,
    "tool_choice": "required",
    "timeout": 20,
    "top_p": None,
}
TOOL = ToolSchema(name="t", description="", parameters={"type": "object"})


def request(**more: Any) -> ModelRequest:
    message = ChatMessage(role="user", content="hello", name="Ann <Smith>")
    return ModelRequest(model="m", messages=(message,), tools=(TOOL,), settings=SETTINGS | more)


async def sent(
    provider: Provider, server: OpenAIServer | OllamaServer, **more: Any
) -> dict[str, Any]:
    server.script.on("hello", "Hi")
    await whole(provider, request(**more))
    await provider.close()
    return server.received[-1].json()


async def test_openai_gets_the_settings_as_they_are_under_its_own_name_for_the_limit():
    async with OpenAIServer() as server:
        body = await sent(OpenAIProvider(base_url=f"{server.url}/v1", api_key="k"), server)
    assert body["max_completion_tokens"] == 5
    assert (body["temperature"], body["stop"], body["seed"]) == (0.5, "END", 7)
    assert (body["response_format"], body["tool_choice"]) == (FORMAT, "required")
    assert body["messages"][0]["name"] == "Ann_Smith_"
    assert body["stream_options"] == {"include_usage": True}
    assert not {"timeout", "top_p", "max_tokens", "api"} & set(body)


async def test_other_servers_get_no_speaker_and_max_tokens():
    async with OpenAIServer() as server:
        body = await sent(OpenAICompatibleProvider(base_url=f"{server.url}/v1"), server)
    assert body["max_tokens"] == 5
    assert "name" not in body["messages"][0]


async def test_a_setting_of_none_takes_out_what_would_be_sent():
    async with OpenAIServer() as server:
        provider = OpenAICompatibleProvider(base_url=f"{server.url}/v1")
        assert "stream_options" not in await sent(provider, server, stream_options=None)


async def test_responses_get_their_own_form_and_store_nothing():
    async with OpenAIServer() as server:
        provider = OpenAIProvider(base_url=f"{server.url}/v1", api_key="k")
        body = await sent(provider, server, api="responses")
    assert (body["max_output_tokens"], body["store"]) == (5, False)
    assert body["text"] == {"format": {"type": "json_schema", "name": "answer", "schema": SCHEMA}}
    assert not {"max_tokens", "stop", "seed", "response_format", "api"} & set(body)


async def test_anthropic_gets_its_own_names():
    async with OpenAIServer() as server:
        body = await sent(AnthropicProvider(base_url=server.url, api_key="k"), server)
    assert (body["max_tokens"], body["stop_sequences"]) == (5, ["END"])
    assert (body["tool_choice"], body["temperature"]) == ({"type": "any"}, 0.5)
    assert body["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
    assert not {"stop", "seed", "response_format", "timeout", "top_p"} & set(body)


async def test_anthropic_is_given_a_limit_where_nobody_set_one():
    async with OpenAIServer() as server:
        provider = AnthropicProvider(base_url=server.url, api_key="k")
        assert (await sent(provider, server, max_tokens=None))["max_tokens"] == 8192


async def test_ollama_gets_options():
    async with OllamaServer() as server:
        body = await sent(OllamaProvider(base_url=server.url), server, num_ctx=2048, think=False)
    assert body["options"] == {
        "num_predict": 5,
        "temperature": 0.5,
        "stop": ["END"],
        "seed": 7,
        "num_ctx": 2048,
    }
    assert (body["format"], body["think"]) == (SCHEMA, False)


async def test_openais_key_and_organization_go_to_openai_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    async with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("LITEAGENT_OPENAI_COMPATIBLE_BASE_URL", f"{server.url}/v1")
        await sent(OpenAIProvider(), server)
        await sent(OpenAICompatibleProvider(), server)
        monkeypatch.setenv("LITEAGENT_OPENAI_COMPATIBLE_API_KEY", "sk-other")
        await sent(OpenAICompatibleProvider(), server)
    seen = [
        (one.headers.get("authorization"), "openai-organization" in one.headers)
        for one in server.received
    ]
    assert seen == [("Bearer sk-openai", True), ("Bearer none", False), ("Bearer sk-other", False)]


async def test_anthropic_and_ollama_are_found_by_their_usual_variables(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant")
    async with OpenAIServer() as server, OllamaServer() as ollama:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        await sent(AnthropicProvider(), server)
        monkeypatch.setenv("OLLAMA_HOST", ollama.url.removeprefix("http://"))
        await sent(OllamaProvider(), ollama)
    assert "sk-ant" in str(dict(server.received[0].headers))


@pytest.mark.parametrize(
    ("provider", "lack"),
    [
        (OpenAIProvider, "OPENAI_API_KEY is not set"),
        (AnthropicProvider, "ANTHROPIC_API_KEY is not set"),
        (OpenAICompatibleProvider, "LITEAGENT_OPENAI_COMPATIBLE_BASE_URL is not set"),
    ],
)
async def test_what_is_missing_is_named_and_no_call_is_made(
    provider: type[Any], lack: str, monkeypatch: pytest.MonkeyPatch
):
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "LITEAGENT_OPENAI_COMPATIBLE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert provider().missing() == lack
    with pytest.raises(ModelError, match=lack) as caught:
        await whole(provider(), request())
    assert caught.value.fault is Fault.AUTH
