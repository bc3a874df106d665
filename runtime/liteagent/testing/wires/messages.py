"""Anthropic Messages, from the server's side; as strict as the real one about the conversation, and
about the thoughts that have to come back as they were.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from liteagent.messages import ChatMessage, ModelRequest, Opaque, ToolCall, ToolSchema
from liteagent.testing.answers import Answer
from liteagent.testing.wires.failures import ANTHROPIC
from liteagent.testing.wires.sse import event, halves, pieces_until_fault

_STOP_REASONS = {
    "stop": "end_turn",
    "tool_calls": "tool_use",
    "length": "max_tokens",
    "content_filter": "refusal",
}


def thought(text: str, *, after_text: int = 0, after_calls: int = 0) -> Opaque:
    """A thought as this server signs it, for `Answer.opaque`."""
    content = {"type": "thinking", "thinking": text, "signature": _signature(text)}
    return Opaque(content=content, after_text=after_text, after_calls=after_calls)


def _signature(text: str) -> str:
    return hashlib.sha256(f"thought {text}".encode()).hexdigest()


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
            if block["type"] == "thinking" and block["signature"] != _signature(block["thinking"]):
                return "messages: Invalid `signature` in `thinking` block"
    return _complaint_of_thinking(body) if "max_tokens" in body else "max_tokens: field required"


def _complaint_of_thinking(body: Mapping[str, Any]) -> str | None:
    thinking: Mapping[str, Any] = body.get("thinking") or {}
    if thinking.get("type") != "enabled":
        return None
    if thinking["budget_tokens"] >= body["max_tokens"]:
        return "`max_tokens` must be greater than `thinking.budget_tokens`"
    if body.get("temperature", 1) != 1:
        return "`temperature` may only be set to 1 when thinking is enabled"
    if "tool_result" not in {block["type"] for block in body["messages"][-1]["content"]}:
        return None
    first = body["messages"][-2]["content"][0]["type"]
    if first not in ("thinking", "redacted_thinking"):
        return f"Expected `thinking` or `redacted_thinking`, but found `{first}`."
    return None


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
        elif block["type"] in ("thinking", "redacted_thinking"):
            yield ChatMessage(role="assistant", opaque=(Opaque(content=block),))
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
    numbers = itertools.count()
    for opaque in answer.opaque:
        if not opaque.after_text and not opaque.after_calls:
            for line in _thought(next(numbers), opaque):
                yield line
    if answer.pieces or answer.gate:
        index = next(numbers)
        yield _say("content_block_start", index=index, content_block={"type": "text", "text": ""})
        async for piece in pieces_until_fault(answer):
            delta = {"type": "text_delta", "text": piece}
            yield _say("content_block_delta", index=index, delta=delta)
        yield _say("content_block_stop", index=index)
    if answer.fault is not None:
        failure = ANTHROPIC[answer.fault]
        yield _say("error", error={"type": failure.code, "message": failure.message})
        return
    for line in _calls(answer, numbers):
        yield line
    end = {"stop_reason": _STOP_REASONS[answer.ending], "stop_sequence": None}
    usage = {"output_tokens": answer.usage.output_tokens}
    yield _say("message_delta", delta=end, usage=usage)
    yield _say("message_stop")


def _calls(answer: Answer, numbers: Iterator[int]) -> Iterator[bytes]:
    """The calls, and what was thought before each but after the text."""
    late = [o for o in answer.opaque if o.after_text or o.after_calls]
    for position, call in enumerate(answer.tool_calls):
        for opaque in late:
            if opaque.after_calls == position:
                yield from _thought(next(numbers), opaque)
        index = next(numbers)
        block: dict[str, Any] = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
        yield _say("content_block_start", index=index, content_block=block)
        for half in halves(call):
            delta = {"type": "input_json_delta", "partial_json": half}
            yield _say("content_block_delta", index=index, delta=delta)
        yield _say("content_block_stop", index=index)


def _thought(index: int, opaque: Opaque) -> Iterator[bytes]:
    """A thought in two fragments and its signature; a redacted one comes whole."""
    block = dict(opaque.content)
    if block["type"] == "thinking":
        start = {"type": "thinking", "thinking": "", "signature": ""}
        yield _say("content_block_start", index=index, content_block=start)
        text, middle = block["thinking"], len(block["thinking"]) // 2
        for piece in filter(None, (text[:middle], text[middle:])):
            delta = {"type": "thinking_delta", "thinking": piece}
            yield _say("content_block_delta", index=index, delta=delta)
        delta = {"type": "signature_delta", "signature": block["signature"]}
        yield _say("content_block_delta", index=index, delta=delta)
    else:
        yield _say("content_block_start", index=index, content_block=block)
    yield _say("content_block_stop", index=index)


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
