"""Parts of a request that Chat Completions and Responses write alike."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from typing import Any, cast

from liteagent.messages import ModelRequest, ToolCall
from liteagent.models.tool_calls import arguments_object
from liteagent.models.tool_names import ToolNames

_OURS = frozenset({"api", "timeout"})
_OF_TOOLS = ("tool_choice", "parallel_tool_calls")
"""Refused where there are no tools."""


def settings_of(
    request: ModelRequest, renamed: Mapping[str, str], refused: Container[str] = ()
) -> dict[str, Any]:
    """The settings that go into the body, some under another name; a None takes one out."""
    settings = {
        key: value
        for key, value in request.settings.items()
        if key not in _OURS and key not in refused
    }
    if not request.tools:
        for key in _OF_TOOLS:
            settings.pop(key, None)
    return {renamed.get(key, key): value for key, value in settings.items()}


def chosen_tool(request: ModelRequest, names: ToolNames) -> str | None:
    """The name, as the provider knows it, of the one tool that is to be called; None where
    `tool_choice` names none.
    """
    choice = request.settings.get("tool_choice")
    if not isinstance(choice, Mapping) or not request.tools:
        return None
    said = cast("Mapping[str, Any]", choice)
    function: Mapping[str, Any] = said.get("function") or said
    return names.outward(function["name"]) if "name" in function else None


def arguments_text(call: ToolCall) -> str:
    """A past call's arguments as JSON that parses: servers reject a history that holds less."""
    return json.dumps(arguments_object(call.arguments), ensure_ascii=False)
