"""The body of a request to Anthropic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liteagent.messages import ModelRequest
from liteagent.models.text import well_formed_json
from liteagent.models.tool_names import ToolNames
from liteagent_anthropic.abilities import Abilities, abilities_of
from liteagent_anthropic.conversation import began_without_thought, system_text, turns
from liteagent_anthropic.thinking import effort_of, thinking_of

DEFAULT_MAX_TOKENS = 8_192
"""Anthropic demands a limit; every model from Claude 3.5 on takes this one."""
_OLD_MAX_TOKENS = 4_096
_THINKING_MAX_TOKENS = 32_000
"""For a model that decides itself how long to think: its thoughts count."""

_TRANSLATED = frozenset(
    {
        *("timeout", "api", "stop", "response_format", "tool_choice", "parallel_tool_calls"),
        *("thinking", "reasoning_effort", "output_config"),
    }
)
_ELSEWHERE = frozenset(
    {
        *("seed", "n", "user", "store", "logprobs", "top_logprobs", "logit_bias", "verbosity"),
        *("frequency_penalty", "presence_penalty", "stream_options", "reasoning"),
        *("prompt_cache_key", "think", "keep_alive", "num_ctx"),
    }
)
"""What other providers of a chain may want, and Anthropic refuses."""
_SAMPLING = frozenset({"temperature", "top_p", "top_k"})


def body_of(request: ModelRequest, names: ToolNames) -> dict[str, Any]:
    """The JSON of `POST /v1/messages`; settings that Anthropic does not know under another name
    go in as they are, without those that it or the model is known to refuse.
    """
    settings, able = request.settings, abilities_of(request.model)
    choice = _tool_choice(settings, able, names) if request.tools else None
    forced = choice is not None and choice.get("type") in ("any", "tool")
    unthinking = began_without_thought(request.messages)
    thinking = thinking_of(settings, able, forced=forced, unthinking=unthinking)
    body: dict[str, Any] = {
        "model": request.model,
        "messages": turns(request.messages, names),
        "max_tokens": _max_tokens(request, able, thinking),
        "system": system_text(request.messages) or None,
        "tools": _tools(request, names),
        "tool_choice": choice,
        "stop_sequences": _stop(settings.get("stop")),
        "thinking": thinking,
        "output_config": _output_config(settings, able),
    }
    body |= _rest(settings, able, thinking)
    return well_formed_json({key: value for key, value in body.items() if value is not None})


def _max_tokens(request: ModelRequest, able: Abilities, thinking: Mapping[str, Any] | None) -> int:
    thinks = able.thinks_unasked if thinking is None else thinking["type"] == "adaptive"
    if thinks:
        return _THINKING_MAX_TOKENS
    room = _OLD_MAX_TOKENS if "claude-3-" in request.model else DEFAULT_MAX_TOKENS
    return room + (thinking or {}).get("budget_tokens", 0)


def _tools(request: ModelRequest, names: ToolNames) -> list[dict[str, Any]] | None:
    if not request.tools:
        return None
    return [
        {
            "name": names.outward(tool.name),
            "description": tool.description,
            "input_schema": tool.parameters,
        }
        for tool in request.tools
    ]


def _tool_choice(
    settings: Mapping[str, Any], able: Abilities, names: ToolNames
) -> dict[str, Any] | None:
    """OpenAI's `auto`, `none`, `required` or a function as Anthropic says it, its own as it is; a
    model that cannot be made to call is left free.
    """
    choice = settings.get("tool_choice")
    said: dict[str, Any] | None = None
    if isinstance(choice, str):
        said = {"type": "any" if choice == "required" else choice}
    elif isinstance(choice, Mapping) and choice.get("type") == "function":
        said = {"type": "tool", "name": names.outward(choice["function"]["name"])}
    elif isinstance(choice, Mapping):
        said = dict(choice)
    if said and said.get("type") in ("any", "tool") and not able.forced_calls:
        said = {"type": "auto"}
    if settings.get("parallel_tool_calls") is False and (said or {}).get("type") != "none":
        said = {"type": "auto", **(said or {}), "disable_parallel_tool_use": True}
    return said


def _stop(stop: Any) -> Any:
    return [stop] if isinstance(stop, str) else stop


def _output_config(settings: Mapping[str, Any], able: Abilities) -> dict[str, Any] | None:
    """The effort, and a JSON schema, which is enforced; `json_object`, which Anthropic has not, is
    left to the prompt.
    """
    found: dict[str, Any] = {}
    if (effort := effort_of(settings, able)) is not None:
        found["effort"] = effort
    wanted = settings.get("response_format")
    if isinstance(wanted, Mapping) and wanted.get("type") == "json_schema":
        found["format"] = {"type": "json_schema", "schema": wanted["json_schema"]["schema"]}
    found |= settings.get("output_config") or {}
    return found or None


def _rest(
    settings: Mapping[str, Any], able: Abilities, thinking: Mapping[str, Any] | None
) -> dict[str, Any]:
    rest = {
        key: value
        for key, value in settings.items()
        if value is not None and key not in _TRANSLATED and key not in _ELSEWHERE
    }
    thinks = thinking is not None and thinking["type"] in ("adaptive", "enabled")
    refused = _SAMPLING if thinks or not able.sampling else frozenset[str]()
    if able.one_sampling and "temperature" in rest:
        refused |= {"top_p"}
    return {key: value for key, value in rest.items() if key not in refused}
