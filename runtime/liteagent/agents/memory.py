"""Memory strategies: how much of a conversation the model is shown. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from liteagent.agents.spec import MemorySpec
from liteagent.messages import ChatMessage

Count = Callable[[str], int]
"""Tokens of a text."""

MESSAGE_OVERHEAD = 4
"""Tokens that a message takes besides its text, as OpenAI's chat format counts them."""


def fit(
    messages: Sequence[ChatMessage], memory: MemorySpec, count: Count, size: int
) -> Sequence[ChatMessage]:
    """The newest part of the conversation that the strategy admits.

    It begins with a user's message, never with a tool's answer whose call is gone. The newest
    message is always kept; one that alone is too long loses its middle. What a model said to itself
    comes along with its message and is not counted.
    """
    if memory.strategy == "sliding_window":
        return _from_user(messages, len(messages) - memory.max_messages)
    if size + MESSAGE_OVERHEAD * len(messages) <= memory.max_tokens:
        return messages  # a token is at least one byte: nothing needs counting
    return _token_window(messages, memory.max_tokens, count)


def _token_window(
    messages: Sequence[ChatMessage], max_tokens: int, count: Count
) -> list[ChatMessage]:
    left, first = max_tokens, len(messages)
    while first > 0:
        left -= _tokens(messages[first - 1], count)
        if left < 0:
            break
        first -= 1
    if first == 0:
        return list(messages)
    kept = _from_user(messages, first)
    if 0 < len(kept) <= len(messages) - first:
        return kept  # no more than was counted
    return _shorten_longest(kept or list(messages[-1:]), max_tokens, count)


def _from_user(messages: Sequence[ChatMessage], first: int) -> list[ChatMessage]:
    """Messages from index `first`, or from the nearest user's message at or after it; else the last
    one
    before it, so that a turn in progress is never cut off from its question."""
    first = max(0, first)
    for index in range(first, len(messages)):
        if messages[index].role == "user":
            return list(messages[index:])
    for index in range(min(first, len(messages)) - 1, -1, -1):
        if messages[index].role == "user":
            return list(messages[index:])
    return list(messages[first:])


def _shorten_longest(
    messages: list[ChatMessage], max_tokens: int, count: Count
) -> list[ChatMessage]:
    """Cut the middles out of the longest texts until the messages fit or nothing helps."""
    for _ in range(len(messages)):
        excess = _total(messages, count) - max_tokens
        if excess <= 0:
            break
        index = max(range(len(messages)), key=lambda i: len(messages[i].content))
        shorter = _without_middle(messages[index].content, excess, count)
        if shorter == messages[index].content:
            break
        messages[index] = _with_content(messages[index], shorter)
    return messages


def _without_middle(text: str, excess: int, count: Count) -> str:
    tokens = count(text)
    keep = max(200, int(len(text) * (tokens - excess) / max(1, tokens) * 0.9))
    if keep >= len(text):
        return text
    head, tail = keep * 2 // 3, keep // 3
    left_out = len(text) - head - tail
    return f"{text[:head]}\n[… {left_out} characters left out …]\n{text[len(text) - tail :]}"


def _with_content(message: ChatMessage, content: str) -> ChatMessage:
    return replace(message, content=content)


def _tokens(message: ChatMessage, count: Count) -> int:
    tokens = MESSAGE_OVERHEAD + count(message.content)
    for call in message.tool_calls:
        tokens += count(call.arguments) + count(call.name)
    return tokens


def _total(messages: Sequence[ChatMessage], count: Count) -> int:
    return sum(_tokens(message, count) for message in messages)
