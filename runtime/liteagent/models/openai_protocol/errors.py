"""What the openai SDK raises, as a complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from liteagent.models.faults import Complaint
from liteagent.models.openai_protocol.events import ResponseFailedError

if TYPE_CHECKING:
    import openai


def protocol_errors() -> tuple[type[Exception], ...]:
    """What a call through the SDK raises on purpose."""
    import openai

    return (openai.OpenAIError, ResponseFailedError)


def complaint_of(error: Exception) -> Complaint | None:
    """What the provider said; None where only the SDK or the wire said something."""
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
    if isinstance(error, openai.APIError) and not isinstance(error, openai.APIConnectionError):
        return Complaint(text=error.message, codes=_codes(error))
    return None


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
