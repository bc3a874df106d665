"""Responses: the request's body, and the reading of an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from liteagent.messages import (
    ChatMessage,
    ModelRequest,
    Opaque,
    Role,
    TextDelta,
    ToolSchema,
    Usage,
)
from liteagent.models.answer import AnswerBuilder
from liteagent.models.faults import Complaint
from liteagent.models.opaque import Part, parts
from liteagent.models.openai_protocol.history import arguments_text, chosen_tool, settings_of
from liteagent.models.openai_protocol.reasoning import reasons, refused
from liteagent.models.text import well_formed_json
from liteagent.models.tool_names import ToolNames, fitted_call_id

if TYPE_CHECKING:
    from openai.types.responses import Response, ResponseReasoningItem, ResponseStreamEvent

_RENAMED = {"max_tokens": "max_output_tokens"}
_REASONING = "reasoning"
_ENCRYPTED = "reasoning.encrypted_content"
_ONLY_IN_CHAT = frozenset(
    {
        *("stop", "seed", "n", "logit_bias", "logprobs", "presence_penalty", "frequency_penalty"),
        *("response_format", "reasoning_effort", "verbosity", "stream_options"),
    }
)


class ResponseFailedError(Exception):
    """The stream says that the response failed; translated by the caller."""

    def __init__(self, complaint: Complaint) -> None:
        self.complaint = complaint
        super().__init__(complaint.text)


def responses_body(request: ModelRequest, names: ToolNames, *, official: bool) -> dict[str, Any]:
    """The JSON of `POST /responses`. Nothing is stored at the server: the journal has it all, what
    the model reasoned included, which it encrypts for that.
    """
    settings = request.settings
    unwanted = refused(request.model, settings) if official else frozenset[str]()
    body: dict[str, Any] = {
        "model": request.model,
        "input": [item for message in request.messages for item in _items(message, names)],
        "stream": True,
        "store": False,
    }
    if request.tools:
        body["tools"] = [_tool(tool, names) for tool in request.tools]
    body["text"] = _text(settings) or None
    body |= settings_of(request, _RENAMED, unwanted | _ONLY_IN_CHAT)
    if (chosen := chosen_tool(request, names)) is not None:
        body["tool_choice"] = {"type": "function", "name": chosen}
    if (effort := settings.get("reasoning_effort")) is not None:
        body["reasoning"] = {"effort": effort, **(body.get("reasoning") or {})}
    if reasons(request.model) or body.get("reasoning"):
        body.setdefault("include", [_ENCRYPTED])
    return well_formed_json({key: value for key, value in body.items() if value is not None})


def _text(settings: Mapping[str, Any]) -> dict[str, Any]:
    text: dict[str, Any] = {}
    if response_format := settings.get("response_format"):
        text["format"] = _text_format(response_format)
    if verbosity := settings.get("verbosity"):
        text["verbosity"] = verbosity
    return text


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
    found = [_item(message.role, part, names) for part in parts(message) if _known(part)]
    while found and found[-1].get("type") == _REASONING:
        found.pop()  # refused where what it led to is gone
    yield from found or ({"role": message.role, "content": ""},)


def _known(part: Part) -> bool:
    """Whether a part is of this API; Chat Completions leaves others behind."""
    return not isinstance(part, Opaque) or part.content.get("type") == _REASONING


def _item(role: Role, part: Part, names: ToolNames) -> dict[str, Any]:
    if isinstance(part, str):
        return {"role": role, "content": part}
    if isinstance(part, Opaque):
        return dict(part.content)
    return {
        "type": "function_call",
        "call_id": fitted_call_id(part.id),
        "name": names.outward(part.name),
        "arguments": arguments_text(part),
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
    elif event.type == "response.output_item.done" and event.item.type == "reasoning":
        _keep(event.item, event.output_index, answer)
    elif event.type == "response.completed" or event.type == "response.incomplete":
        _complete(event.response, answer)
    elif event.type == "response.failed":
        error = event.response.error
        text = error.message if error else "the response failed"
        raise ResponseFailedError(Complaint(text=text, codes=(error.code,) if error else ()))
    elif event.type == "error":
        raise ResponseFailedError(Complaint(text=event.message, codes=(event.code or "",)))


def _keep(item: ResponseReasoningItem, index: int, answer: AnswerBuilder) -> None:
    """Keep what was reasoned where it is encrypted; else the server could make nothing of it. Its
    id is of no use either: the server does not store it.
    """
    if item.encrypted_content:
        summary = [{"type": part.type, "text": part.text} for part in item.summary or ()]
        sealed = item.encrypted_content
        answer.opaque.add(index, type=item.type, summary=summary, encrypted_content=sealed)


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
