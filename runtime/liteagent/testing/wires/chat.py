"""Chat Completions, from the server's side."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from liteagent.messages import ChatMessage, ModelRequest, ToolCall, ToolSchema
from liteagent.testing.answers import Answer
from liteagent.testing.wires.failures import OPENAI
from liteagent.testing.wires.sse import event, halves, pieces_until_fault


def read_chat(body: Mapping[str, Any]) -> ModelRequest:
    """The request that a body is."""
    return ModelRequest(
        model=body["model"],
        messages=tuple(_message(item) for item in body["messages"]),
        tools=tuple(tool_schema(item["function"]) for item in body.get("tools") or ()),
    )


def tool_schema(function: Mapping[str, Any]) -> ToolSchema:
    """A tool as OpenAI and Ollama describe it."""
    return ToolSchema(
        name=function["name"],
        description=function["description"],
        parameters=function["parameters"],
    )


def _message(item: Mapping[str, Any]) -> ChatMessage:
    calls = [(call["id"], call["function"]) for call in item.get("tool_calls") or ()]
    return ChatMessage(
        role=item["role"],
        content=item.get("content") or "",
        name=item.get("name", ""),
        tool_call_id=item.get("tool_call_id", ""),
        tool_calls=tuple(
            ToolCall(id=id, name=function["name"], arguments=function["arguments"])
            for id, function in calls
        ),
    )


async def write_chat(answer: Answer, model: str) -> AsyncIterator[bytes]:
    """The answer as a stream of chunks, the usage in the last one."""
    yield _chunk(model, {"role": "assistant", "content": ""})
    for opaque in answer.opaque:
        yield _chunk(model, dict(opaque.content))
    async for piece in pieces_until_fault(answer):
        yield _chunk(model, {"content": piece})
    if answer.fault is not None:
        failure = OPENAI[answer.fault]
        yield event({"error": {"message": failure.message, "code": failure.code}})
        return
    for index, call in enumerate(answer.tool_calls):
        for delta in _fragments(index, call):
            yield _chunk(model, {"tool_calls": [delta]})
    yield _chunk(model, {}, finish_reason=answer.ending)
    usage = {
        "prompt_tokens": answer.usage.input_tokens,
        "completion_tokens": answer.usage.output_tokens,
        "total_tokens": answer.usage.input_tokens + answer.usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": answer.usage.cached_tokens},
    }
    yield event({**_head(model), "choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def _fragments(index: int, call: ToolCall) -> tuple[dict[str, Any], ...]:
    first, second = halves(call)
    function = {"name": call.name, "arguments": first}
    return (
        {"index": index, "id": call.id, "type": "function", "function": function},
        {"index": index, "function": {"arguments": second}},
    )


def _head(model: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model}


def _chunk(model: str, delta: dict[str, Any], *, finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return event({**_head(model), "choices": [choice]})
