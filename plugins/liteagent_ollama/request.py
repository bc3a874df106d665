"""The arguments of a chat with Ollama."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liteagent.messages import ChatMessage, ModelRequest
from liteagent.models.opaque import opaque_fields
from liteagent.models.text import well_formed_json
from liteagent.models.tool_calls import arguments_object
from liteagent.models.tool_names import ToolNames

_OF_THE_CALL = ("think", "keep_alive")
_TRANSLATED = frozenset(
    {
        *("timeout", "api", "max_tokens", "stop", "response_format", "tool_choice"),
        *("reasoning_effort", "thinking", "output_config", "reasoning", "parallel_tool_calls"),
    }
)
"""Settings that are said otherwise here, or that other providers of a chain want."""
_LEVELS = {"minimal": "low", "low": "low", "medium": "medium", "high": "high"}
_HIGHEST = "high"


def arguments_of(request: ModelRequest, names: ToolNames) -> dict[str, Any]:
    """What `AsyncClient.chat` is called with; a setting that Ollama has no argument for is an
    option of the model (`temperature`, `num_ctx`, …).
    """
    settings = {key: value for key, value in request.settings.items() if value is not None}
    options = {
        key: value
        for key, value in settings.items()
        if key not in _TRANSLATED and key not in _OF_THE_CALL
    }
    if "max_tokens" in settings:
        options["num_predict"] = settings["max_tokens"]
    if "stop" in settings:
        stop = settings["stop"]
        options["stop"] = [stop] if isinstance(stop, str) else stop
    arguments: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message, names) for message in request.messages],
        "tools": _tools(request, names),
        "format": _format(settings.get("response_format")),
        "options": options or None,
        "think": _think(request.model, settings.get("reasoning_effort")),
        **{key: settings[key] for key in _OF_THE_CALL if key in settings},
    }
    return well_formed_json({key: value for key, value in arguments.items() if value is not None})


def _think(model: str, effort: object) -> bool | str | None:
    """`reasoning_effort` as Ollama's `think`: a level where the model knows levels, else on or off.
    None leaves it out: a model that cannot think refuses to be told.
    """
    if effort is None:
        return None
    if "gpt-oss" in model:
        return _LEVELS.get(str(effort), "low" if effort == "none" else _HIGHEST)
    return effort != "none"


def _tools(request: ModelRequest, names: ToolNames) -> list[dict[str, Any]] | None:
    if not request.tools or request.settings.get("tool_choice") == "none":
        return None
    return [
        {
            "type": "function",
            "function": {
                "name": names.outward(tool.name),
                "description": tool.description,
                "parameters": tool.parameters,
            },
        }
        for tool in request.tools
    ]


def _message(message: ChatMessage, names: ToolNames) -> dict[str, Any]:
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.role == "tool" and message.name:
        body["tool_name"] = names.outward(message.name)
    if message.tool_calls:
        functions = [
            {"name": names.outward(call.name), "arguments": arguments_object(call.arguments)}
            for call in message.tool_calls
        ]
        body["tool_calls"] = [{"function": function} for function in functions]
    if (thinking := opaque_fields(message).get("thinking")) is not None:
        body["thinking"] = thinking
    return body


def _format(response_format: object) -> Any:
    """OpenAI's `response_format` as Ollama's `format`: `json`, or the schema itself."""
    if not isinstance(response_format, Mapping):
        return response_format
    if response_format.get("type") == "json_schema":
        return response_format["json_schema"]["schema"]
    return "json" if response_format.get("type") == "json_object" else None
