"""The body of a request to Anthropic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liteagent.messages import ModelRequest
from liteagent.models.text import well_formed_json
from liteagent.models.tool_names import ToolNames
from liteagent_anthropic.conversation import system_text, turns

DEFAULT_MAX_TOKENS = 8_192
"""Anthropic demands a limit; every model from Claude 3.5 on takes this one."""
_OLD_MAX_TOKENS = 4_096

_TRANSLATED = ("timeout", "api", "stop", "seed", "response_format", "tool_choice")


def body_of(request: ModelRequest, names: ToolNames) -> dict[str, Any]:
    """The JSON of `POST /v1/messages`; settings that Anthropic does not know under another name
    go in as they are, and `seed`, which it has not, is left out.
    """
    body: dict[str, Any] = {
        "model": request.model,
        "messages": turns(request.messages, names),
        "max_tokens": _OLD_MAX_TOKENS if "claude-3-" in request.model else DEFAULT_MAX_TOKENS,
        "system": system_text(request.messages) or None,
    }
    if request.tools:
        body["tools"] = [
            {
                "name": names.outward(tool.name),
                "description": tool.description,
                "input_schema": tool.parameters,
            }
            for tool in request.tools
        ]
        body["tool_choice"] = _tool_choice(request.settings.get("tool_choice"), names)
    stop = request.settings.get("stop")
    body["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    body["output_config"] = _output_config(request.settings.get("response_format"))
    rest = {key: value for key, value in request.settings.items() if key not in _TRANSLATED}
    body |= {key: value for key, value in rest.items() if value is not None}
    return well_formed_json({key: value for key, value in body.items() if value is not None})


def _tool_choice(choice: object, names: ToolNames) -> dict[str, Any] | None:
    """OpenAI's `auto`, `none`, `required` or a function as Anthropic says it; its own as it is."""
    if isinstance(choice, str):
        return {"type": "any" if choice == "required" else choice}
    if isinstance(choice, Mapping) and choice.get("type") == "function":
        return {"type": "tool", "name": names.outward(choice["function"]["name"])}
    return dict(choice) if isinstance(choice, Mapping) else None


def _output_config(response_format: object) -> dict[str, Any] | None:
    """A JSON schema is enforced; `json_object`, which Anthropic has not, is left to the prompt."""
    if not isinstance(response_format, Mapping) or response_format.get("type") != "json_schema":
        return None
    return {"format": {"type": "json_schema", "schema": response_format["json_schema"]["schema"]}}
