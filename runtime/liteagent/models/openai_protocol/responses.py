"""Responses: the request's body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from liteagent.messages import (
    ChatMessage,
    ModelRequest,
    ToolCall,
    ToolSchema,
)
from liteagent.models.opaque import parts
from liteagent.models.openai_protocol.events import MESSAGE, REASONING
from liteagent.models.openai_protocol.history import arguments_text, chosen_tool, settings_of
from liteagent.models.openai_protocol.reasoning import reasons, refused
from liteagent.models.text import well_formed_json
from liteagent.models.tool_names import ToolNames, fitted_call_id

_RENAMED = {"max_tokens": "max_output_tokens"}
_ENCRYPTED = "reasoning.encrypted_content"
_ONLY_IN_CHAT = frozenset(
    {
        *("stop", "seed", "n", "logit_bias", "logprobs", "presence_penalty", "frequency_penalty"),
        *("response_format", "reasoning_effort", "verbosity", "stream_options"),
    }
)


def responses_body(request: ModelRequest, names: ToolNames, *, official: bool) -> dict[str, Any]:
    """The JSON of `POST /responses`. Nothing is stored at the server: the journal has it all, what
    the model reasoned included, which it encrypts for that.
    """
    settings = request.settings
    unwanted = refused(request.model, settings) if official else frozenset[str]()
    body: dict[str, Any] = {
        "model": request.model,
        "input": [item for message in request.messages for item in _items(message, names)],
        "stream": True,
        "store": False,
    }
    if request.tools:
        body["tools"] = [_tool(tool, names) for tool in request.tools]
    body["text"] = _text(settings) or None
    body |= settings_of(request, _RENAMED, unwanted | _ONLY_IN_CHAT)
    if (chosen := chosen_tool(request, names)) is not None:
        body["tool_choice"] = {"type": "function", "name": chosen}
    if (effort := settings.get("reasoning_effort")) is not None:
        body["reasoning"] = {"effort": effort, **(body.get("reasoning") or {})}
    if reasons(request.model) or body.get("reasoning"):
        body.setdefault("include", [_ENCRYPTED])
    return well_formed_json({key: value for key, value in body.items() if value is not None})


def _text(settings: Mapping[str, Any]) -> dict[str, Any]:
    text: dict[str, Any] = {}
    if response_format := settings.get("response_format"):
        text["format"] = _text_format(response_format)
    if verbosity := settings.get("verbosity"):
        text["verbosity"] = verbosity
    return text


def _text_format(chat_format: dict[str, Any]) -> dict[str, Any]:
    """Chat's `{type, json_schema: {name, schema}}` as Responses has it: `{type, name, schema}`."""
    inner = cast("dict[str, Any]", chat_format.get("json_schema") or {})
    return {"type": chat_format.get("type"), **inner}


def _tool(tool: ToolSchema, names: ToolNames) -> dict[str, Any]:
    return {
        "type": "function",
        "name": names.outward(tool.name),
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": False,
    }


def _items(message: ChatMessage, names: ToolNames) -> Iterator[dict[str, Any]]:
    if message.role == "tool":
        yield {
            "type": "function_call_output",
            "call_id": fitted_call_id(message.tool_call_id),
            "output": message.content,
        }
        return
    found = list(_said(message, names))
    while found and found[-1].get("type") == REASONING:
        found.pop()  # refused where what it led to is gone
    yield from found or ({"role": message.role, "content": ""},)


def _said(message: ChatMessage, names: ToolNames) -> Iterator[dict[str, Any]]:
    phase: dict[str, Any] = {}
    for part in parts(message):
        if isinstance(part, str):
            yield {"role": message.role, "content": part, **phase}
        elif isinstance(part, ToolCall):
            yield _call(part, names)
        elif part.content.get("type") == REASONING:
            yield dict(part.content)
        elif part.content.get("type") == MESSAGE:
            phase = {"phase": part.content["phase"]}


def _call(call: ToolCall, names: ToolNames) -> dict[str, Any]:
    return {
        "type": "function_call",
        "call_id": fitted_call_id(call.id),
        "name": names.outward(call.name),
        "arguments": arguments_text(call),
    }
