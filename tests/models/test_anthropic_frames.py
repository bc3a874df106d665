"""Frames that Anthropic sends now and then, and servers of its protocol differently."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from liteagent.messages import ModelRequest, ModelResponse, Usage
from liteagent.models import Fault, ModelError
from liteagent.testing.clock import FakeClock
from liteagent.testing.http_stand_in import Reply, json_reply
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.provider_suite import user, whole
from liteagent_anthropic import AnthropicProvider

REQUEST = ModelRequest(model="claude-sonnet-4-5", messages=(user("hello"),))


async def streamed(*frames: bytes) -> AsyncIterator[bytes]:
    for frame in frames:
        yield frame


def say(kind: str, **data: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()


def start(**usage: Any) -> bytes:
    message = {"id": "msg", "model": "m", "content": [], "usage": usage or None}
    return say("message_start", message=message)


def block(number: int, begin: dict[str, Any], *deltas: dict[str, Any]) -> bytes:
    frames = [say("content_block_start", index=number, content_block=begin)]
    frames += [say("content_block_delta", index=number, delta=delta) for delta in deltas]
    return b"".join([*frames, say("content_block_stop", index=number)])


def text(said: str, number: int = 0) -> bytes:
    return block(number, {"type": "text", "text": ""}, {"type": "text_delta", "text": said})


def end(reason: str, **usage: Any) -> bytes:
    usage = usage or {"output_tokens": 3}
    return say("message_delta", delta={"stop_reason": reason}, usage=usage) + say("message_stop")


async def asked(reply: Reply) -> ModelResponse:
    async with OpenAIServer() as server:
        server.raw.append(reply)
        provider = AnthropicProvider(base_url=server.url, api_key="k", clock=FakeClock())
        try:
            return await whole(provider, REQUEST)
        finally:
            await provider.close()


async def answer(*frames: bytes) -> ModelResponse:
    return await asked(Reply(body=streamed(*frames), content_type="text/event-stream"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("pause_turn", "length"),
        ("refusal", "content_filter"),
        ("of_the_future", "stop"),
    ],
)
async def test_every_ending_is_understood(said: str, meant: str):
    response = await answer(start(input_tokens=5, output_tokens=1), text("Hi"), end(said))
    assert (response.text, response.finish_reason) == ("Hi", meant)


async def test_a_refusal_without_a_word_is_an_error_that_asks_another_model():
    with pytest.raises(ModelError) as caught:
        await answer(start(input_tokens=5, output_tokens=1), end("refusal"))
    assert caught.value.fault is Fault.REFUSED


async def test_frames_and_blocks_that_are_not_known_are_passed_over():
    response = await answer(
        start(input_tokens=5, output_tokens=1),
        say("ping"),
        say("of_the_future", x=1),
        block(0, {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}),
        block(1, {"type": "text", "text": ""}, {"type": "citations_delta", "citation": {}}),
        text("Hi", 2),
        end("end_turn"),
    )
    assert (response.text, response.tool_calls) == ("Hi", ())


async def test_a_server_that_counts_only_at_the_end_is_believed_then():
    response = await answer(start(), text("Hi"), end("end_turn", input_tokens=7, output_tokens=3))
    assert response.usage == Usage(input_tokens=7, output_tokens=3)


async def test_a_thought_without_a_signature_is_kept_as_it_came():
    thinking = {"type": "thinking", "thinking": ""}
    delta = {"type": "thinking_delta", "thinking": "hm"}
    response = await answer(start(), block(0, thinking, delta), text("Hi", 1), end("end_turn"))
    (kept,) = response.opaque
    assert kept.content == {"type": "thinking", "thinking": "hm"}


@pytest.mark.parametrize(
    "frames",
    [
        (start(input_tokens=5, output_tokens=1),),
        (start(input_tokens=5, output_tokens=1), text("Hi")),
        (start(), text("Hi"), b"event: message_delta\ndata: {broken\n\n"),
        (start(), say("content_block_start", index=0, content_block=None)),
        (
            start(),
            text("Hi"),
            say("error", error={"type": "overloaded_error", "message": "Overloaded"}),
        ),
    ],
)
async def test_an_answer_that_breaks_off_or_breaks_down_is_worth_another_try(
    frames: tuple[bytes, ...],
):
    with pytest.raises(ModelError) as caught:
        await answer(*frames)
    assert caught.value.fault is Fault.TRANSIENT


@pytest.mark.parametrize(
    ("status", "kind", "headers", "fault", "pause"),
    [
        (529, "overloaded_error", {"retry-after": "12"}, Fault.TRANSIENT, 12),
        (429, "rate_limit_error", {"retry-after": "7"}, Fault.RATE_LIMITED, 7),
        (
            429,
            "rate_limit_error",
            {
                "retry-after": "Sun, 22 Nov 2026 10:21:27 GMT",
                "date": "Sun, 22 Nov 2026 10:21:00 GMT",
            },
            Fault.RATE_LIMITED,
            27,
        ),
        (413, "request_too_large", {}, Fault.CONTEXT_TOO_LONG, None),
        (402, "billing_error", {}, Fault.AUTH, None),
    ],
)
async def test_errors_say_what_may_help_and_when(
    status: int, kind: str, headers: dict[str, str], fault: Fault, pause: float | None
):
    body = {"type": "error", "error": {"type": kind, "message": "No."}}
    with pytest.raises(ModelError) as caught:
        await asked(json_reply(body, status=status, headers=headers))
    assert (caught.value.fault, caught.value.retry_after) == (fault, pause)
