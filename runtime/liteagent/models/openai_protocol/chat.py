"""Chat Completions: the request's body, and the reading of a chunk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from liteagent.messages import (
    ChatMessage,
    FinishReason,
    ModelRequest,
    TextDelta,
    ToolSchema,
    Usage,
)
from liteagent.models.answer import AnswerBuilder
from liteagent.models.opaque import opaque_fields
from liteagent.models.openai_protocol.history import arguments_text, chosen_tool, settings_of
from liteagent.models.openai_protocol.reasoning import effort_in_chat, refused
from liteagent.models.text import well_formed_json
from liteagent.models.tool_names import ToolNames, fitted_call_id
from liteagent.models.wire import BrokenAnswerError

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import ChoiceDelta, ChoiceDeltaToolCall

_NOT_IN_A_SPEAKER = re.compile(r"[\s<|\\/>]+")
_REASONS: Mapping[str, FinishReason] = {
    "stop": "stop",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "content_filter",
    "sensitive": "content_filter",
    "safety": "content_filter",
}
"""OpenAI's own, and what other servers say; whatever is not here is an answer that is complete."""
_BROKEN = frozenset({"error", "abort", "network_error", "insufficient_system_resource"})
"""Said by servers that gave up in the middle."""
_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details")
"""Fields in which servers stream what a model thinks. They want them back as they were: DeepSeek
refuses the results of tools without them, OpenRouter signs them, others ignore them."""


_CALL = "tool_call_"
_EXTRA = "extra_content"
"""Where Gemini signs a tool call; it refuses the call's result without."""


def chat_body(request: ModelRequest, names: ToolNames, *, official: bool) -> dict[str, Any]:
    """The JSON of `POST /chat/completions`."""
    renamed = {"max_tokens": "max_completion_tokens"} if official else {}
    unwanted = refused(request.model, request.settings) if official else frozenset[str]()
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message, names, official) for message in request.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        body["tools"] = [_tool(tool, names) for tool in request.tools]
    body |= settings_of(request, renamed, unwanted)
    if (chosen := chosen_tool(request, names)) is not None:
        body["tool_choice"] = {"type": "function", "function": {"name": chosen}}
    if official:
        tools = bool(request.tools)
        body["reasoning_effort"] = effort_in_chat(request.model, request.settings, tools=tools)
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
        body["tool_calls"] = _calls(message, names)
    thoughts = opaque_fields(message)
    return body | {name: thoughts[name] for name in _THOUGHTS if name in thoughts}


def _calls(message: ChatMessage, names: ToolNames) -> list[dict[str, Any]]:
    signed = opaque_fields(message)
    return [
        {
            "id": fitted_call_id(call.id),
            "type": "function",
            "function": {"name": names.outward(call.name), "arguments": arguments_text(call)},
            **signed.get(f"{_CALL}{position}", {}),
        }
        for position, call in enumerate(message.tool_calls)
    ]


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
        if choice.finish_reason in _BROKEN:
            raise BrokenAnswerError(f"the server gave up: {choice.finish_reason}")
        if choice.finish_reason:
            answer.finish_reason = _REASONS.get(choice.finish_reason, "stop")


def _read_delta(delta: ChoiceDelta, answer: AnswerBuilder) -> Iterator[TextDelta]:
    more = delta.model_extra or {}
    for name in _THOUGHTS:
        answer.opaque.extend("thoughts", name, more.get(name))
    yield from answer.text(_text(delta.content))
    yield from answer.text(delta.refusal)
    for fragment in delta.tool_calls or ():
        _read_fragment(fragment, answer)


def _read_fragment(fragment: ChoiceDeltaToolCall, answer: AnswerBuilder) -> None:
    function = fragment.function
    arguments: Any = (function and function.arguments) or ""
    extra = (fragment.model_extra or {}).get(_EXTRA)
    if extra:
        index = cast("int | None", fragment.index)
        name = f"{_CALL}{answer.tool_calls.count if index is None else index}"
        answer.opaque.add(name, **{name: {_EXTRA: extra}})
    answer.tool_calls.add(
        index=fragment.index,
        id=fragment.id or "",
        name=(function and function.name) or "",
        # Some servers send the object instead of its text.
        arguments=arguments if isinstance(arguments, str) else json.dumps(arguments),
    )


def _text(content: Any) -> str | None:
    """A delta's text; Mistral sends a list of parts where a model thinks aloud."""
    if not isinstance(content, list):
        return content
    parts = cast("list[Mapping[str, Any]]", content)
    return "".join(part["text"] for part in parts if part.get("type") == "text")


def _usage(usage: CompletionUsage) -> Usage:
    details = usage.prompt_tokens_details
    return Usage(
        input_tokens=usage.prompt_tokens or 0,
        output_tokens=usage.completion_tokens or 0,
        cached_tokens=(details and details.cached_tokens) or 0,
    )
