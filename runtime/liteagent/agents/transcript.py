"""A session's transcript: what was said, in the order in which a model could have read it.

Up to its last answer it is as a model is shown it, for what comes later changes nothing there. So
neither an answer nor a request goes through more than what was said since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from liteagent.agents.state import Entry, SessionState
from liteagent.messages import ChatMessage, ToolCall

RETAIN_BYTES = 400_000
"""The end of the conversation that is kept in memory: about 100,000 tokens, more than memory
strategies are asked for in practice. The journal keeps all of it."""

PENDING = (
    "This call has not run yet: it waits for a person's approval or for its outcome."
    " You will be told when there is a result; go on without it until then."
)


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
    entry = Entry(seq=seq, message=message)
    if message.role == "assistant":
        return answered(state, entry, seq)
    return replace(
        state,
        latest=(*state.latest, entry),
        transcript_size=state.transcript_size + _size(message),
    )


def answered(state: SessionState, answer: Entry, request: int) -> SessionState:
    """The answer to event `request` goes before what came in since, for it had not read that."""
    entries, unread = state.latest, len(state.latest)
    while unread and entries[unread - 1].seq > request:
        unread -= 1
    said = [entry.message for entry in entries[:unread]]
    read = _arranged(said)
    size = state.transcript_size + _size(answer.message)
    if read != said:
        size += sum(map(_size, read)) - sum(map(_size, said))
    return replace(
        state,
        transcript=(*state.transcript, *read),
        latest=(answer, *entries[unread:]),
        transcript_size=size,
        thoughts=state.thoughts or bool(answer.message.opaque),
    )


def conversation(state: SessionState) -> list[ChatMessage]:
    """What was said, as a model expects it."""
    return [*state.transcript, *_arranged([entry.message for entry in state.latest])]


def readable(messages: Sequence[ChatMessage], model: str) -> list[ChatMessage]:
    """The messages without what a model other than `model` (`provider/model`) said to itself."""
    return [
        without_opaque(message) if message.opaque and message.opaque_to != model else message
        for message in messages
    ]


def without_opaque(message: ChatMessage) -> ChatMessage:
    """The message as everybody may read it."""
    return replace(message, opaque=(), opaque_to="")


def _arranged(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """An answer and what was said after it, with every call answered right behind it.

    A result that came only after the model had spoken again stays a placeholder in its place (the
    model has read that already) and is told as news where it arrived.
    """
    arranged: list[ChatMessage] = []
    places: dict[str, int] = {}
    for message in messages:
        if message.role != "tool":
            arranged.append(message)
        elif (place := places.get(message.tool_call_id)) is None:
            arranged.append(_news(message))
        else:
            arranged[place] = message
        for call in message.tool_calls:
            places[call.id] = len(arranged)
            arranged.append(_pending(call))
    return arranged


def _pending(call: ToolCall) -> ChatMessage:
    return ChatMessage(role="tool", content=PENDING, tool_call_id=call.id, name=call.name)


def _news(result: ChatMessage) -> ChatMessage:
    news = f"[Result of {result.name}, which you called earlier]\n{result.content}"
    return ChatMessage(role="user", content=news)


def trim(state: SessionState) -> SessionState:
    """Forget the oldest messages once there is half as much again as is to be kept; what is left
    begins with a user's. What models said to themselves goes before anything else does.
    """
    if state.transcript_size <= RETAIN_BYTES * 3 // 2:
        return state
    said = [without_opaque(m) if m.opaque else m for m in state.transcript]
    latest = [
        Entry(seq=e.seq, message=without_opaque(e.message)) if e.message.opaque else e
        for e in state.latest
    ]
    messages = [*said, *(entry.message for entry in latest)]
    size = sum(map(_size, messages))
    first = 0
    while size > RETAIN_BYTES and first < len(messages) - 1:
        size -= _size(messages[first])
        first += 1
    while first < len(messages) and messages[first].role != "user":
        size -= _size(messages[first])
        first += 1
    return replace(
        state,
        transcript=tuple(said[first:]),
        latest=tuple(latest[max(0, first - len(said)) :]),
        transcript_size=size,
        thoughts=False,
    )


def _size(message: ChatMessage) -> int:
    """At least the bytes of what the message says, without encoding it."""
    size = _bytes(message.content)
    for call in message.tool_calls:
        size += _bytes(call.arguments) + len(call.name)
    for opaque in message.opaque:
        size += _bytes(json.dumps(opaque.content))
    return size


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else 4 * len(text)
