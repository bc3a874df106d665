"""How a conversation is told that a turn ended without an answer."""

from __future__ import annotations

from collections.abc import Mapping

from liteagent.events import Json

_REASONS = {
    "max_seconds": "it took longer than I may. Ask for less at once, or ask again.",
    "max_iterations": "it needed more steps than I may take. Ask for less at once.",
    "max_cost_usd": "it would cost more than one question may. Ask for less at once.",
    "transient": "the model cannot be reached. Ask again in a few minutes.",
    "timeout": "the model did not answer in time. Ask again in a few minutes.",
    "rate_limited": "the model is asked too much right now. Ask again in a few minutes.",
    "auth": "the model's provider refuses the key. Whoever runs me has to look at it.",
    "unknown_model": "the model I am to use does not exist. Whoever runs me has to look at it.",
    "context_too_long": "this conversation has grown too long for the model. Begin a new one.",
    "refused": "the model's provider refuses to answer this. Ask in another way.",
    "invalid": "the model's provider did not understand the request. Whoever runs me has to look"
    " at it.",
    "empty": "the model said nothing. Ask again.",
}
_SAYS_WHO = "stopped it."
"""How reasons end that say no more than who did it."""
_ELSE = "something went wrong on my side. Ask again, or ask whoever runs me."


def failed_sentence(error: Mapping[str, Json]) -> str:
    """Why a turn failed, from the kind of the error alone: its message may say what is nobody's
    business here.
    """
    return f"I could not answer: {_REASONS.get(error.get('kind', ''), _ELSE)}"


def cancelled_sentence(data: Mapping[str, Json]) -> str:
    """That a turn was ended, by whom, and why where that says more."""
    by: Mapping[str, Json] = data.get("by") or {}
    name, reason = by.get("name") or by.get("id"), data.get("reason") or ""
    who = f"Stopped by {name}" if name else "Stopped"
    return f"{who}." if not reason or reason.endswith(_SAYS_WHO) else f"{who}: {reason}"
