"""A session's transcript: what was said, in the order in which a model could have read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from liteagent.agents.state import Entry, SessionState
from liteagent.messages import ChatMessage, ToolCall

RETAIN_BYTES = 400_000
"""The end of the conversation that is kept in memory: about 100,000 tokens, more than memory
strategies are asked for in practice. The journal keeps all of it."""


def history_message(item: Mapping[str, Any]) -> ChatMessage:
    """A message from `{role, content, name?, tool_calls?, tool_call_id?}`."""
    return ChatMessage(
        role=item["role"],
        content=item.get("content") or "",
        name=item.get("name", ""),
        tool_calls=tuple(ToolCall.from_json(call) for call in item.get("tool_calls", ())),
        tool_call_id=item.get("tool_call_id", ""),
    )


def say(state: SessionState, seq: int, message: ChatMessage) -> SessionState:
    """The state with `message`, which event `seq` brought, as the last one."""
    return replace(
        state,
        transcript=(*state.transcript, Entry(seq=seq, message=message)),
        transcript_size=state.transcript_size + _size(message),
    )


def answered(state: SessionState, answer: Entry, data: Mapping[str, Any]) -> SessionState:
    """The answer goes before what came in since the model was asked, for it had not read that."""
    entries, unread = state.transcript, len(state.transcript)
    while unread and entries[unread - 1].seq > data["request"]:
        unread -= 1
    return replace(
        state,
        transcript=(*entries[:unread], answer, *entries[unread:]),
        transcript_size=state.transcript_size + _size(answer.message),
    )


def trim(state: SessionState) -> SessionState:
    """Forget the oldest messages once there is half as much again as is to be kept; what is left
    begins with a user's.
    """
    if state.transcript_size <= RETAIN_BYTES * 3 // 2:
        return state
    size, entries = state.transcript_size, state.transcript
    first = 0
    while size > RETAIN_BYTES and first < len(entries) - 1:
        size -= _size(entries[first].message)
        first += 1
    while first < len(entries) and entries[first].message.role != "user":
        size -= _size(entries[first].message)
        first += 1
    return replace(state, transcript=entries[first:], transcript_size=size)


def _size(message: ChatMessage) -> int:
    """At least the bytes of what the message says, without encoding it."""
    size = _bytes(message.content)
    for call in message.tool_calls:
        size += _bytes(call.arguments) + len(call.name)
    return size


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else 4 * len(text)
