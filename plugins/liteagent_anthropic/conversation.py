"""A conversation as Anthropic wants it: the system text apart, user and assistant in turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from liteagent.messages import ChatMessage
from liteagent.models.tool_calls import arguments_object
from liteagent.models.tool_names import ToolNames, fitted_call_id

Block = dict[str, Any]

OPENING = "(The conversation begins here.)"
"""Said for the user where a conversation starts with the assistant, which Anthropic rejects."""


def system_text(messages: Iterable[ChatMessage]) -> str:
    """All the system messages, wherever they stand, as one text."""
    texts = [message.content for message in messages if message.role == "system"]
    return "\n\n".join(text for text in texts if text.strip())


def turns(messages: Iterable[ChatMessage], names: ToolNames) -> list[dict[str, Any]]:
    """The other messages: neighbours of one role merged, empty text left out, the user first."""
    merged: list[dict[str, Any]] = []
    for message in messages:
        if message.role == "system":
            continue
        blocks = _blocks(message, names)
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


def _blocks(message: ChatMessage, names: ToolNames) -> list[Block]:
    if message.role == "tool":
        call_id = fitted_call_id(message.tool_call_id)
        return [{"type": "tool_result", "tool_use_id": call_id, "content": message.content}]
    text = [{"type": "text", "text": message.content}] if message.content.strip() else []
    calls = [
        {
            "type": "tool_use",
            "id": fitted_call_id(call.id),
            "name": names.outward(call.name),
            "input": arguments_object(call.arguments),
        }
        for call in message.tool_calls
    ]
    return [*text, *calls]


def _trim_prefill(last: dict[str, Any]) -> None:
    """An assistant's text at the very end is to be continued, and may not end with a space."""
    block = last["content"][-1]
    if last["role"] == "assistant" and block["type"] == "text":
        block["text"] = block["text"].rstrip()
