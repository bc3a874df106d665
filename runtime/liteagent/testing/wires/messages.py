"""Anthropic Messages, from the server's side; as strict as the real one about the conversation."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from liteagent.messages import ChatMessage, ModelRequest, ToolCall, ToolSchema
from liteagent.testing.answers import Answer
from liteagent.testing.wires.failures import ANTHROPIC
from liteagent.testing.wires.sse import event, halves, pieces_until_fault

_STOP_REASONS = {
    "stop": "end_turn",
    "tool_calls": "tool_use",
    "length": "max_tokens",
    "content_filter": "refusal",
}


def complaint(body: Mapping[str, Any]) -> str | None:
    """What the real server would reject in this conversation; None where it takes it."""
    roles = [message["role"] for message in body["messages"]]
    if not roles or roles[0] != "user":
        return "messages: first message must use the user role"
    if set(roles) - {"user", "assistant"}:
        return "messages: roles must be user or assistant"
    if any(one == other for one, other in itertools.pairwise(roles)):
        return "messages: roles must alternate"
    for message in body["messages"]:
        for block in message["content"]:
            if block["type"] == "text" and not block["text"].strip():
                return "messages: text content blocks must contain non-whitespace text"
    return None if "max_tokens" in body else "max_tokens: field required"


def read_messages(body: Mapping[str, Any]) -> ModelRequest:
    """The request that a body is."""
    system = body.get("system")
    start = [ChatMessage(role="system", content=system)] if system else []
    rest = [item for message in body["messages"] for item in _split(message)]
    tools = (
        ToolSchema(
            name=item["name"], description=item["description"], parameters=item["input_schema"]
        )
        for item in body.get("tools") or ()
    )
    return ModelRequest(model=body["model"], messages=(*start, *rest), tools=tuple(tools))


def _split(message: Mapping[str, Any]) -> Iterator[ChatMessage]:
    for block in message["content"]:
        if block["type"] == "text":
            yield ChatMessage(role=message["role"], content=block["text"])
        elif block["type"] == "tool_result":
            yield ChatMessage(
                role="tool", content=block["content"], tool_call_id=block["tool_use_id"]
            )
        elif block["type"] == "tool_use":
            arguments = json.dumps(block["input"])
            call = ToolCall(id=block["id"], name=block["name"], arguments=arguments)
            yield ChatMessage(role="assistant", tool_calls=(call,))


async def write_messages(answer: Answer, model: str) -> AsyncIterator[bytes]:
    """The answer as a stream of events, a ping among them."""
    yield _say("message_start", message=_message(answer, model))
    yield _say("ping")
    if answer.pieces or answer.gate:
        yield _say("content_block_start", index=0, content_block={"type": "text", "text": ""})
        async for piece in pieces_until_fault(answer):
            delta = {"type": "text_delta", "text": piece}
            yield _say("content_block_delta", index=0, delta=delta)
        yield _say("content_block_stop", index=0)
    if answer.fault is not None:
        failure = ANTHROPIC[answer.fault]
        yield _say("error", error={"type": failure.code, "message": failure.message})
        return
    for index, call in enumerate(answer.tool_calls, start=1):
        block: dict[str, Any] = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
        yield _say("content_block_start", index=index, content_block=block)
        for half in halves(call):
            delta = {"type": "input_json_delta", "partial_json": half}
            yield _say("content_block_delta", index=index, delta=delta)
        yield _say("content_block_stop", index=index)
    end = {"stop_reason": _STOP_REASONS[answer.ending], "stop_sequence": None}
    usage = {"output_tokens": answer.usage.output_tokens}
    yield _say("message_delta", delta=end, usage=usage)
    yield _say("message_stop")


def _message(answer: Answer, model: str) -> dict[str, Any]:
    cached = answer.usage.cached_tokens
    usage = {
        "input_tokens": answer.usage.input_tokens - cached,
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": 0,
        "output_tokens": 1,
    }
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }


def _say(kind: str, **data: Any) -> bytes:
    return event({"type": kind, **data}, kind)
