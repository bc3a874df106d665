"""Responses, from the server's side."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping
from typing import Any

from liteagent.messages import ChatMessage, ModelRequest, Opaque, ToolCall
from liteagent.testing.answers import Answer
from liteagent.testing.wires.chat import tool_schema
from liteagent.testing.wires.failures import OPENAI
from liteagent.testing.wires.sse import event, halves, pieces_until_fault


def read_responses(body: Mapping[str, Any]) -> ModelRequest:
    """The request that a body is."""
    return ModelRequest(
        model=body["model"],
        messages=tuple(_message(item) for item in body["input"]),
        tools=tuple(tool_schema(item) for item in body.get("tools") or ()),
    )


def _message(item: Mapping[str, Any]) -> ChatMessage:
    kind = item.get("type", "message")
    if kind == "function_call":
        call = ToolCall(id=item["call_id"], name=item["name"], arguments=item["arguments"])
        return ChatMessage(role="assistant", tool_calls=(call,))
    if kind == "reasoning":
        return ChatMessage(role="assistant", opaque=(Opaque(content=item),))
    if kind == "function_call_output":
        return ChatMessage(role="tool", content=item["output"], tool_call_id=item["call_id"])
    return ChatMessage(role=item["role"], content=item["content"])


async def write_responses(answer: Answer, model: str) -> AsyncIterator[bytes]:
    """The answer as a stream of events, numbered."""
    numbers = itertools.count()

    def say(kind: str, **data: Any) -> bytes:
        return event({"type": kind, "sequence_number": next(numbers), **data}, kind)

    yield say("response.created", response=_response(answer, model, "in_progress"))
    for index, opaque in enumerate(answer.opaque):
        item = {"id": f"rs_{index}", "status": "completed", **opaque.content}
        yield say("response.output_item.done", output_index=index, item=item)
    first = len(answer.opaque)
    message: dict[str, Any] = {"id": "msg_1", "type": "message", "role": "assistant", "content": []}
    yield say("response.output_item.added", output_index=first, item=message)
    place = {"output_index": first, "item_id": "msg_1", "content_index": 0}
    async for piece in pieces_until_fault(answer):
        yield say("response.output_text.delta", delta=piece, logprobs=[], **place)
    if answer.fault is not None:
        failed = _response(answer, model, "failed")
        failure = OPENAI[answer.fault]
        failed["error"] = {"code": failure.code, "message": failure.message}
        yield say("response.failed", response=failed)
        return
    for index, call in enumerate(answer.tool_calls, start=first + 1):
        item = {"id": f"fc_{index}", "type": "function_call", "call_id": call.id}
        item |= {"name": call.name, "arguments": ""}
        yield say("response.output_item.added", output_index=index, item=item)
        for half in halves(call):
            yield say(
                "response.function_call_arguments.delta",
                output_index=index,
                item_id=item["id"],
                delta=half,
            )
    status = "incomplete" if answer.ending in ("length", "content_filter") else "completed"
    yield say(f"response.{status}", response=_response(answer, model, status))


def _response(answer: Answer, model: str, status: str) -> dict[str, Any]:
    reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
    usage = {
        "input_tokens": answer.usage.input_tokens,
        "input_tokens_details": {"cached_tokens": answer.usage.cached_tokens},
        "output_tokens": answer.usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": answer.usage.input_tokens + answer.usage.output_tokens,
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": model,
        "status": status,
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "incomplete_details": (
            {"reason": reasons[answer.ending]} if status == "incomplete" else None
        ),
        "usage": None if status == "in_progress" else usage,
    }
