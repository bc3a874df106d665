"""Responses: the request's body, and the reading of an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from liteagent.messages import ChatMessage, ModelRequest, TextDelta, ToolSchema, Usage
from liteagent.models.answer import AnswerBuilder
from liteagent.models.faults import Complaint
from liteagent.models.openai_protocol.history import arguments_text, settings_of
from liteagent.models.text import well_formed_json
from liteagent.models.tool_names import ToolNames, fitted_call_id

if TYPE_CHECKING:
    from openai.types.responses import Response, ResponseStreamEvent

_RENAMED = {"max_tokens": "max_output_tokens"}
_ONLY_IN_CHAT = ("stop", "seed", "response_format")


class ResponseFailedError(Exception):
    """The stream says that the response failed; translated by the caller."""

    def __init__(self, complaint: Complaint) -> None:
        self.complaint = complaint
        super().__init__(complaint.text)


def responses_body(request: ModelRequest, names: ToolNames) -> dict[str, Any]:
    """The JSON of `POST /responses`. Nothing is stored at the server: the journal has it all."""
    body: dict[str, Any] = {
        "model": request.model,
        "input": [item for message in request.messages for item in _items(message, names)],
        "stream": True,
        "store": False,
    }
    if request.tools:
        body["tools"] = [_tool(tool, names) for tool in request.tools]
    if response_format := request.settings.get("response_format"):
        body["text"] = {"format": _text_format(response_format)}
    body |= settings_of(request, _RENAMED)
    for key in _ONLY_IN_CHAT:
        body.pop(key, None)
    return well_formed_json({key: value for key, value in body.items() if value is not None})


def _text_format(chat_format: dict[str, Any]) -> dict[str, Any]:
    """Chat's `{type, json_schema: {name, schema}}` as Responses has it: `{type, name, schema}`."""
    inner = cast("dict[str, Any]", chat_format.get("json_schema") or {})
    return {"type": chat_format.get("type"), **inner}


def _tool(tool: ToolSchema, names: ToolNames) -> dict[str, Any]:
    return {
        "type": "function",
        "name": names.outward(tool.name),
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": False,
    }


def _items(message: ChatMessage, names: ToolNames) -> Iterator[dict[str, Any]]:
    if message.role == "tool":
        yield {
            "type": "function_call_output",
            "call_id": fitted_call_id(message.tool_call_id),
            "output": message.content,
        }
        return
    if message.content or not message.tool_calls:
        yield {"role": message.role, "content": message.content}
    for call in message.tool_calls:
        yield {
            "type": "function_call",
            "call_id": fitted_call_id(call.id),
            "name": names.outward(call.name),
            "arguments": arguments_text(call),
        }


def read_event(event: ResponseStreamEvent, answer: AnswerBuilder) -> Iterator[TextDelta]:
    """Take one event; unknown ones are passed over. Raises ResponseFailedError."""
    if event.type == "response.output_text.delta" or event.type == "response.refusal.delta":
        yield from answer.text(event.delta)
    elif event.type == "response.output_item.added" and event.item.type == "function_call":
        item = event.item
        answer.tool_calls.add(index=event.output_index, id=item.call_id, name=item.name)
    elif event.type == "response.function_call_arguments.delta":
        answer.tool_calls.add(index=event.output_index, arguments=event.delta)
    elif event.type == "response.completed" or event.type == "response.incomplete":
        _complete(event.response, answer)
    elif event.type == "response.failed":
        error = event.response.error
        text = error.message if error else "the response failed"
        raise ResponseFailedError(Complaint(text=text, codes=(error.code,) if error else ()))
    elif event.type == "error":
        raise ResponseFailedError(Complaint(text=event.message, codes=(event.code or "",)))


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
