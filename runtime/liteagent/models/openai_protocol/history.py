"""Parts of a request that Chat Completions and Responses write alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from liteagent.messages import ModelRequest, ToolCall
from liteagent.models.tool_calls import arguments_object

_OURS = frozenset({"api", "timeout"})


def settings_of(request: ModelRequest, renamed: Mapping[str, str]) -> dict[str, Any]:
    """The settings that go into the body, some under another name; a None takes one out."""
    settings = {key: value for key, value in request.settings.items() if key not in _OURS}
    if not request.tools:
        settings.pop("tool_choice", None)
    return {renamed.get(key, key): value for key, value in settings.items()}


def arguments_text(call: ToolCall) -> str:
    """A past call's arguments as JSON that parses: servers reject a history that holds less."""
    return json.dumps(arguments_object(call.arguments), ensure_ascii=False)
