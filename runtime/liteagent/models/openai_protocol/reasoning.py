"""What OpenAI's reasoning models refuse, by their names; as documented in November 2026."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_REASONING = re.compile(r"(o\d|gpt-([5-9]|\d\d)|codex-)(?!.*-chat)")
_SILENT_BY_DEFAULT = re.compile(r"gpt-5\.[1-4](?!\d)(?!.*(pro|codex))")
_CALLS_UNREASONED = re.compile(r"gpt-(5\.6|6-sol|6-luna)(?!.*(pro|chat))")

SAMPLING = frozenset(
    {
        *("temperature", "top_p", "presence_penalty", "frequency_penalty"),
        *("logprobs", "top_logprobs", "logit_bias", "stop"),
    }
)
ELSEWHERE = frozenset({"thinking", "output_config", "top_k", "think", "keep_alive", "num_ctx"})
"""What other providers of a chain may want, and OpenAI refuses."""


def reasons(model: str) -> bool:
    """Whether it is one of OpenAI's reasoning models."""
    return _REASONING.match(model) is not None


def refused(model: str, settings: Mapping[str, Any]) -> frozenset[str]:
    """The settings that OpenAI refuses for `model`: one that reasons samples as it sees fit."""
    effort = _effort(settings)
    silent = effort == "none" or (effort is None and _SILENT_BY_DEFAULT.match(model) is not None)
    return ELSEWHERE if silent or not reasons(model) else ELSEWHERE | SAMPLING


def effort_in_chat(model: str, settings: Mapping[str, Any], *, tools: bool) -> str | None:
    """`reasoning_effort` for Chat Completions. There some models call tools only where told not to
    reason, so unless somebody asked for an effort they are; Responses has no such limit.
    """
    effort = settings.get("reasoning_effort")
    if effort is None and tools and _CALLS_UNREASONED.match(model):
        return "none"
    return effort


def _effort(settings: Mapping[str, Any]) -> Any:
    effort = settings.get("reasoning_effort")
    nested: Mapping[str, Any] = settings.get("reasoning") or {}
    return nested.get("effort") if effort is None else effort
