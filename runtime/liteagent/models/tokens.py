"""How many tokens a text is, without ever asking a network.

With tiktoken's data on this machine the count is OpenAI's own (for another provider's model a close
approximation); without it, an estimate of a token per four bytes of UTF-8, rounded up. A text over
200,000 characters is measured at ten places and scaled, which keeps the time bounded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from liteagent.models.catalog import facts_of
from liteagent.models.encodings import encoding_for

if TYPE_CHECKING:
    from tiktoken import Encoding

DEFAULT_CONTEXT = 8_192
"""Assumed context window, in tokens, of a model that nothing is known of."""

_SLICE = 20_000
"""Characters encoded at once: tiktoken's regex overflows its stack on long runs of one kind."""
_SLICES = 10
_PER_MESSAGE = 3
_PER_NAME = 1
_REPLY = 3


def estimate_tokens(text: str) -> int:
    """About how many tokens `text` is; never 0 for text that is there."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return (size + 3) // 4


class TokenCounter:
    """Counts tokens as `model` does; the name may have `provider/` in front."""

    def __init__(self, model: str) -> None:
        self.model = model

    def count(self, text: str) -> int:
        """Tokens of `text`."""
        encoding = self._encoding
        return estimate_tokens(text) if encoding is None else _measure(encoding, text)

    @cached_property
    def _encoding(self) -> Encoding | None:
        # found once: looking for it costs more than a short text's tokens
        return encoding_for(self.model)

    def count_messages(self, messages: Sequence[Mapping[str, Any]]) -> int:
        """Tokens of messages in the Chat Completions form, with what the protocol adds to each.

        Content may be text or a list of parts, of which the texts count.
        """
        return _REPLY + sum(self._message(message) for message in messages) if messages else 0

    def _message(self, message: Mapping[str, Any]) -> int:
        named = _PER_NAME if message.get("name") else 0
        texts = [str(message.get("role") or ""), str(message.get("name") or "")]
        texts += _texts(message.get("content"))
        if calls := message.get("tool_calls"):
            texts.append(json.dumps(calls, default=str))
        return _PER_MESSAGE + named + sum(self.count(text) for text in texts)


def token_counter(model: str) -> Callable[[str], int]:
    """A function that counts the tokens of a text for `model`."""
    return TokenCounter(model).count


def count_tokens(text: str, model: str = "gpt-4") -> int:
    """Tokens of `text` for `model`."""
    return TokenCounter(model).count(text)


def count_message_tokens(messages: Sequence[Mapping[str, Any]], model: str = "gpt-4") -> int:
    """Tokens of `messages` for `model`; see `TokenCounter.count_messages`."""
    return TokenCounter(model).count_messages(messages)


def context_window(model: str) -> int:
    """Tokens that `model` takes, question and answer together; DEFAULT_CONTEXT where not known."""
    facts = facts_of(model)
    return DEFAULT_CONTEXT if facts is None else facts.context


def check_context_limit(messages: Sequence[Mapping[str, Any]], model: str) -> tuple[bool, int, int]:
    """`(fits, tokens, limit)`: whether the messages fit `model`'s context window."""
    tokens, limit = count_message_tokens(messages, model), context_window(model)
    return tokens <= limit, tokens, limit


def _texts(content: object) -> Iterable[str]:
    if isinstance(content, str):
        return [content]
    if not isinstance(content, list | tuple):
        return []
    parts = cast("Sequence[object]", content)
    mappings = [cast("Mapping[str, Any]", part) for part in parts if isinstance(part, Mapping)]
    return [str(part.get("text") or "") for part in mappings]


def _measure(encoding: Encoding, text: str) -> int:
    total = len(text)
    starts = range(0, total, _SLICE)
    if len(starts) <= _SLICES:
        return sum(len(encoding.encode_ordinary(text[at : at + _SLICE])) for at in starts)
    places = [(total - _SLICE) * place // (_SLICES - 1) for place in range(_SLICES)]
    sample = sum(len(encoding.encode_ordinary(text[at : at + _SLICE])) for at in places)
    return round(sample * total / (_SLICE * _SLICES))
