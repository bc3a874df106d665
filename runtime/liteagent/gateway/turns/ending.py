"""A turn that ended without an answer, as a client is told."""

from __future__ import annotations

from liteagent.events import Event
from liteagent.gateway.http.problem import Problem

_STATUS = {
    "rate_limited": (429, "rate_limit_exceeded"),
    "context_too_long": (400, "context_length_exceeded"),
    "refused": (400, "content_filter"),
    "invalid": (502, "model_error"),
    "auth": (502, "model_error"),
    "unknown_model": (502, "model_error"),
    "transient": (502, "model_error"),
    "empty": (502, "model_error"),
    "interrupted": (502, "model_error"),
    "timeout": (504, "model_timeout"),
    "max_seconds": (504, "max_seconds"),
}
"""By the kind of a turn's error. A limit that is not here is a failure of the agent: 500."""


def problem_of_end(ended: Event) -> Problem | None:
    """Why the turn has no answer; None when it has. Never to be retried by itself: tools may have
    run.
    """
    if ended.type == "turn.completed":
        return None
    if ended.type == "turn.cancelled":
        message = ended.data.get("reason") or "The turn was cancelled."
        return Problem(status=409, code="turn_cancelled", message=message)
    error = ended.data["error"]
    status, code = _STATUS.get(error["kind"], (500, error["kind"]))
    return Problem(status=status, code=code, message=error["message"])
