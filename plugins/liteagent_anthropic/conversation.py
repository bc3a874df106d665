"""A conversation as Anthropic wants it: the system text apart, user and assistant in turn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from liteagent.messages import ChatMessage, Opaque
from liteagent.models.opaque import Part, parts
from liteagent.models.tool_calls import arguments_object
from liteagent.models.tool_names import ToolNames, fitted_call_id

Block = dict[str, Any]

THOUGHTS = frozenset({"thinking", "redacted_thinking"})
"""The types of block that have to come back as they were while the turn goes on."""

OPENING = "(The conversation begins here.)"
"""Said for the user where a conversation starts with the assistant, which Anthropic rejects."""


def system_text(messages: Iterable[ChatMessage]) -> str:
    """All the system messages, wherever they stand, as one text."""
    texts = [message.content for message in messages if message.role == "system"]
    return "\n\n".join(text for text in texts if text.strip())


def began_without_thought(messages: Sequence[ChatMessage]) -> bool:
    """Whether the turn that is under way began with a tool call and no thought before it."""
    said = (message for message in messages[_open_from(messages) :] if message.tool_calls)
    first = next(said, None)
    return first is not None and not first.opaque


def turns(messages: Sequence[ChatMessage], names: ToolNames) -> list[dict[str, Any]]:
    """The other messages: neighbours of one role merged, empty text left out, the user first.

    Thoughts are told of the turn under way alone: from there on Anthropic needs none, and what was
    thought over a conversation that has been shortened since is refused.
    """
    merged: list[dict[str, Any]] = []
    open_from = _open_from(messages)
    for position, message in enumerate(messages):
        if message.role == "system":
            continue
        blocks = _blocks(message, names, thoughts=position >= open_from)
        role = "assistant" if message.role == "assistant" else "user"
        if blocks and merged and merged[-1]["role"] == role:
            merged[-1]["content"] += blocks
        elif blocks:
            merged.append({"role": role, "content": blocks})
    if not merged or merged[0]["role"] == "assistant":
        merged.insert(0, {"role": "user", "content": [{"type": "text", "text": OPENING}]})
    for turn in merged:
        # The answers to tool calls must come before anything else that the user says.
        turn["content"].sort(key=lambda block: block["type"] != "tool_result")
    _trim_prefill(merged[-1])
    return merged


def _open_from(messages: Sequence[ChatMessage]) -> int:
    """Where the turn under way begins: behind the last answer that called no tool."""
    for position in range(len(messages) - 1, -1, -1):
        message = messages[position]
        if message.role == "assistant" and not message.tool_calls:
            return position + 1
    return 0


def _blocks(message: ChatMessage, names: ToolNames, *, thoughts: bool) -> list[Block]:
    if message.role == "tool":
        call_id = fitted_call_id(message.tool_call_id)
        return [{"type": "tool_result", "tool_use_id": call_id, "content": message.content}]
    found = (_block(part, names, thoughts) for part in parts(message))
    return [block for block in found if block is not None]


def _block(part: Part, names: ToolNames, thoughts: bool) -> Block | None:
    if isinstance(part, str):
        return {"type": "text", "text": part} if part.strip() else None
    if isinstance(part, Opaque):
        known = thoughts and part.content.get("type") in THOUGHTS
        return dict(part.content) if known else None
    return {
        "type": "tool_use",
        "id": fitted_call_id(part.id),
        "name": names.outward(part.name),
        "input": arguments_object(part.arguments),
    }


def _trim_prefill(last: dict[str, Any]) -> None:
    """An assistant's text at the very end is to be continued, and may not end with a space."""
    block = last["content"][-1]
    if last["role"] == "assistant" and block["type"] == "text":
        block["text"] = block["text"].rstrip()
