"""What the openai SDK raises, as a complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from liteagent.models.faults import Complaint
from liteagent.models.openai_protocol.responses import ResponseFailedError
from liteagent.models.wire import timed_out, wire_errors

if TYPE_CHECKING:
    import openai


def protocol_errors() -> tuple[type[Exception], ...]:
    """Everything that a call through the SDK may raise."""
    import openai

    return (openai.OpenAIError, ResponseFailedError, *wire_errors())


def complaint_of(error: Exception) -> Complaint:
    """What the provider, the SDK or the wire said."""
    import openai

    if isinstance(error, ResponseFailedError):
        return error.complaint
    if isinstance(error, openai.APIStatusError):
        return Complaint(
            text=_message(error),
            status=error.status_code,
            codes=_codes(error),
            headers=error.response.headers,
        )
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__
        text = f"{error.message} {cause or ''}".strip()
        return Complaint(text=text, timed_out=timed_out(error))
    if isinstance(error, openai.APIError):
        return Complaint(text=error.message, codes=_codes(error))
    if isinstance(error, openai.OpenAIError):
        return Complaint(text=str(error), codes=("invalid_api_key",))
    return Complaint(text=f"{type(error).__name__}: {error}", timed_out=timed_out(error))


def _codes(error: openai.APIError) -> tuple[str, ...]:
    return tuple(str(code) for code in (error.code, error.type) if code)


def _message(error: openai.APIStatusError) -> str:
    """The server's own sentence; the SDK's would repeat the whole body around it."""
    body = error.body
    if isinstance(body, dict):
        said = cast("dict[str, Any]", body).get("message")
        if isinstance(said, str):
            return said
    return error.message
