"""Chat Completions: the request's body, and the reading of a chunk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from liteagent.messages import (
    ChatMessage,
    FinishReason,
    ModelRequest,
    TextDelta,
    ToolSchema,
    Usage,
)
from liteagent.models.answer import AnswerBuilder
from liteagent.models.openai_protocol.history import arguments_text, settings_of
from liteagent.models.text import well_formed_json
from liteagent.models.tool_names import ToolNames, fitted_call_id

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import ChoiceDelta

_NOT_IN_A_SPEAKER = re.compile(r"[\s<|\\/>]+")
_REASONS: Mapping[str, FinishReason] = {
    "stop": "stop",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "length": "length",
    "content_filter": "content_filter",
}


def chat_body(request: ModelRequest, names: ToolNames, *, official: bool) -> dict[str, Any]:
    """The JSON of `POST /chat/completions`."""
    renamed = {"max_tokens": "max_completion_tokens"} if official else {}
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message, names, official) for message in request.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        body["tools"] = [_tool(tool, names) for tool in request.tools]
    body |= settings_of(request, renamed)
    return well_formed_json({key: value for key, value in body.items() if value is not None})


def _tool(tool: ToolSchema, names: ToolNames) -> dict[str, Any]:
    function = {
        "name": names.outward(tool.name),
        "description": tool.description,
        "parameters": tool.parameters,
    }
    return {"type": "function", "function": function}


def _message(message: ChatMessage, names: ToolNames, official: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.role == "tool":
        body["tool_call_id"] = fitted_call_id(message.tool_call_id)
    elif message.name and official:
        body["name"] = _NOT_IN_A_SPEAKER.sub("_", message.name)[:64]
    if message.tool_calls:
        body["content"] = message.content or None
        body["tool_calls"] = [
            {
                "id": fitted_call_id(call.id),
                "type": "function",
                "function": {"name": names.outward(call.name), "arguments": arguments_text(call)},
            }
            for call in message.tool_calls
        ]
    return body


def read_chunk(chunk: ChatCompletionChunk, answer: AnswerBuilder) -> Iterator[TextDelta]:
    """Take one chunk; the SDK checks nothing, so whatever a server leaves out may be None here."""
    answer.model = chunk.model or answer.model
    answer.response_id = chunk.id or answer.response_id
    if chunk.usage is not None:
        answer.usage = _usage(chunk.usage)
    for choice in chunk.choices or ():
        if choice.index:
            continue
        if choice.delta is not None:  # pyright: ignore[reportUnnecessaryComparison]
            yield from _read_delta(choice.delta, answer)
        if choice.finish_reason:
            answer.finish_reason = _REASONS.get(choice.finish_reason, "stop")


def _read_delta(delta: ChoiceDelta, answer: AnswerBuilder) -> Iterator[TextDelta]:
    yield from answer.text(delta.content)
    yield from answer.text(delta.refusal)
    for fragment in delta.tool_calls or ():
        function = fragment.function
        answer.tool_calls.add(
            index=fragment.index,
            id=fragment.id or "",
            name=(function and function.name) or "",
            arguments=(function and function.arguments) or "",
        )


def _usage(usage: CompletionUsage) -> Usage:
    details = usage.prompt_tokens_details
    return Usage(
        input_tokens=usage.prompt_tokens or 0,
        output_tokens=usage.completion_tokens or 0,
        cached_tokens=(details and details.cached_tokens) or 0,
    )
