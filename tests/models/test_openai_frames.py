"""Frames that no well-meaning server sends, and many a real one does."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from liteagent.messages import ChatMessage, ModelRequest, ModelResponse, Usage
from liteagent.models import Fault, ModelError
from liteagent.testing.http_stand_in import Reply, json_reply
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.provider_suite import user, whole
from liteagent_openai_compatible import OpenAICompatibleProvider

REQUEST = ModelRequest(model="m", messages=(user("hello"),))


async def streamed(*frames: bytes) -> AsyncIterator[bytes]:
    for frame in frames:
        yield frame


def chunk(*, finish: str | None = None, **delta: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "x", "choices": [choice]}).encode() + b"\n\n"


def fragment(arguments: str = "", **more: Any) -> bytes:
    name = more.pop("name", None)
    function = {"arguments": arguments} | ({"name": name} if name else {})
    return chunk(tool_calls=[{"function": function, **more}])


async def answer(*frames: bytes, status: int = 200) -> ModelResponse:
    async with OpenAIServer() as server:
        server.raw.append(
            Reply(body=streamed(*frames), content_type="text/event-stream", status=status)
        )
        provider = OpenAICompatibleProvider(base_url=f"{server.url}/v1")
        try:
            return await whole(provider, REQUEST)
        finally:
            await provider.close()


END = chunk(finish="stop")


async def test_fragments_out_of_order_and_interleaved_become_whole_calls_in_order():
    response = await answer(
        fragment('{"b":', index=1, id="b", name="second"),
        fragment('{"a":', index=0),
        fragment("2}", index=1),
        fragment("1}", index=0, id="a", name="first"),
        END,
    )
    assert [(one.id, one.name, one.arguments) for one in response.tool_calls] == [
        ("a", "first", '{"a":1}'),
        ("b", "second", '{"b":2}'),
    ]
    assert response.finish_reason == "tool_calls"


async def test_another_id_under_the_same_index_is_another_call():
    response = await answer(
        fragment("{}", index=0, id="a", name="one"),
        fragment("{}", index=0, id="b", name="two"),
        END,
    )
    assert [one.name for one in response.tool_calls] == ["one", "two"]


async def test_calls_without_an_index_are_told_apart_by_id_or_name():
    response = await answer(
        fragment('{"x"', id="a", name="one"), fragment(":1}"), fragment("{}", name="two"), END
    )
    assert [(one.name, one.arguments) for one in response.tool_calls] == [
        ("one", '{"x":1}'),
        ("two", "{}"),
    ]
    assert all(one.id for one in response.tool_calls)


async def test_no_arguments_at_all_are_an_empty_object():
    response = await answer(fragment("", index=0, id="a", name="now"), END)
    assert response.tool_calls[0].arguments == "{}"


async def test_arguments_that_come_as_an_object_are_its_text():
    function = {"name": "one", "arguments": {"city": "Zürich"}}
    response = await answer(chunk(tool_calls=[{"id": "a", "function": function}]), END)
    assert response.tool_calls[0].arguments == '{"city": "Z\\u00fcrich"}'


async def test_content_that_comes_in_parts_is_their_text():
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "Hi"}]
    assert (await answer(chunk(content=parts), END)).text == "Hi"


async def test_the_signature_of_a_call_goes_back_with_that_call():
    signed = {"google": {"thought_signature": "xyz"}}
    response = await answer(
        fragment("{}", index=0, id="a", name="one"),
        fragment("{}", index=1, id="b", name="two", extra_content=signed),
        END,
    )
    said = ChatMessage(role="assistant", tool_calls=response.tool_calls, opaque=response.opaque)
    async with OpenAIServer({"hello": "Hi"}) as server:
        provider = OpenAICompatibleProvider(base_url=f"{server.url}/v1")
        await whole(provider, ModelRequest(model="m", messages=(said, user("hello"))))
        await provider.close()
    first, second = server.received[-1].json()["messages"][0]["tool_calls"]
    assert "extra_content" not in first
    assert second["extra_content"] == signed


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("max_tokens", "length"),
        ("model_length", "length"),
        ("sensitive", "content_filter"),
        ("eos", "stop"),
    ],
)
async def test_the_endings_of_other_servers_are_understood(said: str, meant: str):
    assert (await answer(chunk(content="Hi"), chunk(finish=said))).finish_reason == meant


async def test_a_refusal_without_a_word_is_an_error_that_asks_another_model():
    with pytest.raises(ModelError) as caught:
        await answer(chunk(finish="content_filter"))
    assert caught.value.fault is Fault.REFUSED


async def test_without_a_word_on_usage_it_is_estimated():
    response = await answer(chunk(content="four"), END)
    assert response.usage == Usage(input_tokens=2, output_tokens=1, estimated=True)


async def test_frames_of_other_servers_are_passed_over():
    response = await answer(
        b": ping\n\n",
        b'event: progress\ndata: {"tool": "x"}\n\n',
        chunk(role="assistant", content=None, reasoning_content="hm"),
        b'data: {"id": "x", "choices": [], "usage": null}\n\n',
        chunk(content="Hi"),
        END,
    )
    assert response.text == "Hi"


@pytest.mark.parametrize(
    "frames",
    [
        (),
        (chunk(content="Hi"),),
        (chunk(content="Hi"), b"data: {broken\n\n"),
        (chunk(content="Hi"), b"data: \xff\xfe\n\n"),
        (chunk(content="Hi"), b'data: {"choices": [7]}\n\n'),
        (b'data: "text"\n\n',),
        (chunk(content="Hi"), b'data: {"error": {"message": "overloaded"}}\n\n'),
        (chunk(content="Hi"), b'data: {"error": {"message": "Bad Gateway", "code": 502}}\n\n'),
        (chunk(content="Hi"), chunk(finish="error")),
        (chunk(content="Hi"), chunk(finish="insufficient_system_resource")),
    ],
)
async def test_an_answer_that_breaks_off_or_breaks_down_is_worth_another_try(
    frames: tuple[bytes, ...],
):
    with pytest.raises(ModelError) as caught:
        await answer(*frames)
    assert caught.value.fault is Fault.TRANSIENT


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply(body=b"<html>no</html>", status=502, content_type="text/html"), Fault.TRANSIENT),
        (Reply(body=b"", status=503), Fault.TRANSIENT),
        (json_reply({"detail": "Not Found"}, status=404), Fault.UNKNOWN_MODEL),
        (json_reply({"error": "a mere string"}, status=400), Fault.INVALID),
        (json_reply([], status=401), Fault.AUTH),
    ],
)
async def test_errors_in_any_shape_are_understood_by_their_status(reply: Reply, fault: Fault):
    async with OpenAIServer() as server:
        server.raw.append(reply)
        provider = OpenAICompatibleProvider(base_url=f"{server.url}/v1")
        with pytest.raises(ModelError) as caught:
            await whole(provider, REQUEST)
        await provider.close()
    assert caught.value.fault is fault


async def test_a_connection_that_was_closed_meanwhile_is_replaced_once():
    async with OpenAIServer({"hello": "Hi"}) as server:
        provider = OpenAICompatibleProvider(base_url=f"{server.url}/v1")
        server.deaf = 1
        assert (await whole(provider, REQUEST)).text == "Hi"
        server.deaf = 2
        with pytest.raises(ModelError) as caught:
            await whole(provider, REQUEST)
        await provider.close()
    assert caught.value.fault is Fault.TRANSIENT
    assert len(server.received) == 4
