"""Events of Responses that the stand-in's script does not send."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from liteagent.messages import ChatMessage, ModelRequest, ModelResponse
from liteagent.models import Fault, ModelError
from liteagent.testing.http_stand_in import Reply
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.provider_suite import user, whole
from liteagent_openai import OpenAIProvider

SETTINGS = {"api": "responses"}
DONE = {"id": "resp_1", "model": "gpt-5.4", "status": "completed", "output": [], "usage": None}


async def streamed(*frames: bytes) -> AsyncIterator[bytes]:
    for frame in frames:
        yield frame


def say(kind: str, **data: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()


def item(number: int, *between: bytes, **fields: Any) -> bytes:
    added = say("response.output_item.added", output_index=number, item=fields)
    done = say("response.output_item.done", output_index=number, item=fields)
    return b"".join([added, *between, done])


def said(text: str) -> bytes:
    return say("response.output_text.delta", delta=text, output_index=0, content_index=0)


def completed(**more: Any) -> bytes:
    return say("response.completed", response=DONE | more)


async def answer(*frames: bytes) -> tuple[ModelResponse, Any]:
    """The answer, and the body of a further request with that answer in its history."""
    async with OpenAIServer({"and?": "fine"}) as server:
        server.raw.append(Reply(body=streamed(*frames), content_type="text/event-stream"))
        provider = OpenAIProvider(base_url=f"{server.url}/v1", api_key="k")
        try:
            first = await whole(
                provider, ModelRequest(model="gpt-5.4", messages=(user("hi"),), settings=SETTINGS)
            )
            told = ChatMessage(role="assistant", content=first.text, opaque=first.opaque)
            history = (user("hi"), told, user("and?"))
            await whole(
                provider, ModelRequest(model="gpt-5.4", messages=history, settings=SETTINGS)
            )
            return first, server.received[-1].json()
        finally:
            await provider.close()


async def test_what_is_said_on_the_way_and_what_is_said_last_stay_told_apart():
    response, body = await answer(
        item(0, said("Looking. "), type="message", id="m0", phase="commentary", content=[]),
        item(1, said("Found."), type="message", id="m1", phase="final_answer", content=[]),
        completed(),
    )
    assert response.text == "Looking. Found."
    assert body["input"][1:3] == [
        {"role": "assistant", "content": "Looking. ", "phase": "commentary"},
        {"role": "assistant", "content": "Found.", "phase": "final_answer"},
    ]


async def test_a_call_that_comes_whole_at_its_end_is_whole():
    fields = {"type": "function_call", "id": "f", "call_id": "c1", "name": "look"}
    added = say("response.output_item.added", output_index=0, item=fields | {"arguments": ""})
    whole_call = fields | {"arguments": '{"a": 1}'}
    response, _ = await answer(
        added, say("response.output_item.done", output_index=0, item=whole_call), completed()
    )
    (made,) = response.tool_calls
    assert (made.id, made.name, made.arguments) == ("c1", "look", '{"a": 1}')
    assert response.finish_reason == "tool_calls"


async def test_events_that_are_not_known_are_passed_over():
    response, _ = await answer(
        say("response.of_the_future", x=1),
        item(0, type="web_search_call", id="w", status="completed"),
        say("response.reasoning_summary_text.delta", delta="hm", output_index=0),
        said("Hi"),
        completed(),
    )
    assert response.text == "Hi"


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (say("error", code="rate_limit_exceeded", message="Slow down."), Fault.RATE_LIMITED),
        (say("error", code=None, message="Oops."), Fault.TRANSIENT),
        (say("response.failed", response=DONE | {"error": None}), Fault.TRANSIENT),
        (b"", Fault.TRANSIENT),
    ],
)
async def test_a_stream_that_fails_or_breaks_off_says_how(event: bytes, fault: Fault):
    with pytest.raises(ModelError) as caught:
        await answer(said("Hi"), event)
    assert caught.value.fault is fault
