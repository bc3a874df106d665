"""Responses: the reading of an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from liteagent.messages import TextDelta, Usage
from liteagent.models.answer import AnswerBuilder
from liteagent.models.faults import Complaint

if TYPE_CHECKING:
    from openai.types.responses import Response, ResponseOutputItem, ResponseStreamEvent

REASONING = "reasoning"
"""The type of an item that the model wants back: what it thought, encrypted."""
MESSAGE = "message"
"""The type of an item of text; what it wants back of that besides is its phase."""


class ResponseFailedError(Exception):
    """The stream says that the response failed; translated by the caller."""

    def __init__(self, complaint: Complaint) -> None:
        self.complaint = complaint
        super().__init__(complaint.text)


def read_event(event: ResponseStreamEvent, answer: AnswerBuilder) -> Iterator[TextDelta]:
    """Take one event; unknown ones are passed over. Raises ResponseFailedError."""
    if event.type == "response.output_text.delta" or event.type == "response.refusal.delta":
        yield from answer.text(event.delta)
    elif event.type == "response.output_item.added":
        _begin(event.item, event.output_index, answer)
    elif event.type == "response.function_call_arguments.delta":
        answer.tool_calls.add(index=event.output_index, arguments=event.delta)
    elif event.type == "response.output_item.done":
        _finish(event.item, event.output_index, answer)
    elif event.type == "response.completed" or event.type == "response.incomplete":
        _complete(event.response, answer)
    elif event.type == "response.failed":
        error = event.response.error
        text = error.message if error else "the response failed"
        raise ResponseFailedError(Complaint(text=text, codes=(error.code,) if error else ()))
    elif event.type == "error":
        raise ResponseFailedError(Complaint(text=event.message, codes=(event.code or "",)))


def _begin(item: ResponseOutputItem, index: int, answer: AnswerBuilder) -> None:
    if item.type == "function_call":
        answer.tool_calls.add(index=index, id=item.call_id, name=item.name)
    elif item.type == MESSAGE:
        answer.opaque.add(index)  # its place; what it is comes when it is done


def _finish(item: ResponseOutputItem, index: int, answer: AnswerBuilder) -> None:
    if item.type == "function_call":
        answer.tool_calls.settle(index, item.call_id, item.name, item.arguments)
    elif item.type == MESSAGE and item.phase:
        answer.opaque.add(index, type=MESSAGE, phase=item.phase)
    elif item.type == REASONING and item.encrypted_content:
        # What is not encrypted, and the id, are of no use: the server stores neither.
        summary = [{"type": part.type, "text": part.text} for part in item.summary or ()]
        sealed = item.encrypted_content
        answer.opaque.add(index, type=REASONING, summary=summary, encrypted_content=sealed)


def _complete(response: Response, answer: AnswerBuilder) -> None:
    answer.model, answer.response_id = response.model or answer.model, response.id
    details = response.incomplete_details
    if details is None:
        answer.finish_reason = "stop"
    else:
        answer.finish_reason = "content_filter" if details.reason == "content_filter" else "length"
    if response.usage is not None:
        cached = response.usage.input_tokens_details
        answer.usage = Usage(
            input_tokens=response.usage.input_tokens,
            output_tokens=response.usage.output_tokens,
            cached_tokens=cached.cached_tokens if cached else 0,
        )
