"""A conversation that a client sends, taken apart: what was, and what is to be answered now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.turns.content import required_text

Said = dict[str, Any]
"""One message as a session takes it: `{role, content, name?, tool_calls?, tool_call_id?}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """`text` is the new message of the user's, or empty where `results` are what is new."""

    history: Sequence[Said]
    text: str = ""
    results: Sequence[Said] = ()


def prompt_of(said: Sequence[Said], place: str) -> Prompt:
    """What a session is sent. Raises `InvalidRequestError` when nothing is to be answered."""
    end = len(said)
    while end and said[end - 1]["role"] == "tool":
        end -= 1
    if end < len(said):
        return Prompt(history=said[:end], results=[_result(said, m) for m in said[end:]])
    if not said or said[-1]["role"] != "user":
        raise InvalidRequestError(
            f"{place}: the last one must be the user's, or the outcome of a tool call.",
            field=place,
        )
    text = required_text(said[-1]["content"], f"{place}[{len(said) - 1}].content")
    return Prompt(history=said[:-1], text=text)


def _result(said: Sequence[Said], outcome: Said) -> Said:
    call_id = outcome["tool_call_id"]
    names = [c["name"] for m in said for c in m.get("tool_calls", ()) if c["id"] == call_id]
    name = names[-1] if names else outcome.get("name", "")
    return {"tool_call_id": call_id, "name": name, "content": outcome["content"]}
