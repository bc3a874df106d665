"""Ollama's chat, from the server's side: newline-delimited JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from liteagent.messages import ChatMessage, ModelRequest, ToolCall
from liteagent.testing.answers import Answer
from liteagent.testing.wires.chat import tool_schema
from liteagent.testing.wires.failures import OLLAMA
from liteagent.testing.wires.sse import pieces_until_fault


def read_ollama(body: Mapping[str, Any]) -> ModelRequest:
    """The request that a body is. Calls have no ids in this protocol."""
    return ModelRequest(
        model=body["model"],
        messages=tuple(_message(item) for item in body["messages"]),
        tools=tuple(tool_schema(item["function"]) for item in body.get("tools") or ()),
    )


def _message(item: Mapping[str, Any]) -> ChatMessage:
    functions = [call["function"] for call in item.get("tool_calls") or ()]
    return ChatMessage(
        role=item["role"],
        content=item.get("content") or "",
        name=item.get("tool_name") or "",
        tool_calls=tuple(
            ToolCall(id="", name=one["name"], arguments=json.dumps(one["arguments"]))
            for one in functions
        ),
    )


async def write_ollama(answer: Answer, model: str) -> AsyncIterator[bytes]:
    """The answer as lines; tool calls come whole, the counts in the last line."""
    for opaque in answer.opaque:
        yield _line(model, {"role": "assistant", "content": "", **opaque.content})
    async for piece in pieces_until_fault(answer):
        yield _line(model, {"role": "assistant", "content": piece})
    if answer.fault is not None:
        yield json.dumps({"error": OLLAMA[answer.fault].message}).encode() + b"\n"
        return
    for call in answer.tool_calls:
        function = {"name": call.name, "arguments": json.loads(call.arguments)}
        calls = [{"function": function}]
        yield _line(model, {"role": "assistant", "content": "", "tool_calls": calls})
    yield _line(
        model,
        {"role": "assistant", "content": ""},
        done=True,
        done_reason="length" if answer.ending == "length" else "stop",
        prompt_eval_count=answer.usage.input_tokens,
        eval_count=answer.usage.output_tokens,
    )


def _line(model: str, message: dict[str, Any], *, done: bool = False, **rest: Any) -> bytes:
    body = {"model": model, "created_at": "2026-01-01T00:00:00Z", "message": message}
    return json.dumps({**body, "done": done, **rest}).encode() + b"\n"
