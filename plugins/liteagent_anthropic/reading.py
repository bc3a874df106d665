"""Reading Anthropic's stream of events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from liteagent.messages import FinishReason, TextDelta, Usage
from liteagent.models.answer import AnswerBuilder
from liteagent_anthropic.conversation import THOUGHTS

if TYPE_CHECKING:
    from anthropic.types import (
        MessageDeltaUsage,
        RawContentBlockDeltaEvent,
        RawContentBlockStartEvent,
        RawMessageStreamEvent,
    )
    from anthropic.types import Usage as AnthropicUsage

_REASONS: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "length",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}


def read_event(event: RawMessageStreamEvent, answer: AnswerBuilder) -> Iterator[TextDelta]:
    """Take one event; unknown ones are passed over."""
    if event.type == "message_start":
        answer.model = event.message.model or answer.model
        answer.response_id = event.message.id or ""
        answer.usage = _usage(event.message.usage, answer.usage)
    elif event.type == "content_block_start":
        yield from _read_start(event, answer)
    elif event.type == "content_block_delta":
        yield from _read_delta(event, answer)
    elif event.type == "message_delta":
        answer.usage = _usage(event.usage, answer.usage)
        if event.delta.stop_reason:
            answer.finish_reason = _REASONS.get(event.delta.stop_reason, "stop")


def _read_start(event: RawContentBlockStartEvent, answer: AnswerBuilder) -> Iterator[TextDelta]:
    block = event.content_block
    if block.type == "tool_use":
        answer.tool_calls.add(index=event.index, id=block.id or "", name=block.name or "")
    elif block.type == "text":
        yield from answer.text(block.text)
    elif block.type in THOUGHTS:
        answer.opaque.add(event.index, **block.to_dict())


def _read_delta(event: RawContentBlockDeltaEvent, answer: AnswerBuilder) -> Iterator[TextDelta]:
    delta = event.delta
    if delta.type == "text_delta":
        yield from answer.text(delta.text)
    elif delta.type == "input_json_delta":
        answer.tool_calls.add(index=event.index, arguments=delta.partial_json)
    elif delta.type == "thinking_delta":
        answer.opaque.extend(event.index, "thinking", delta.thinking)
    elif delta.type == "signature_delta":
        answer.opaque.extend(event.index, "signature", delta.signature)


def _usage(said: AnthropicUsage | MessageDeltaUsage | None, before: Usage | None) -> Usage | None:
    """The counts so far; Anthropic counts cached input apart from the rest."""
    if said is None:
        return before
    before = before or Usage()
    if said.input_tokens is None:
        fresh, cached = before.input_tokens, before.cached_tokens
    else:
        cached = said.cache_read_input_tokens or 0
        fresh = said.input_tokens + cached + (said.cache_creation_input_tokens or 0)
    return Usage(
        input_tokens=fresh,
        output_tokens=said.output_tokens or before.output_tokens,
        cached_tokens=cached,
    )
