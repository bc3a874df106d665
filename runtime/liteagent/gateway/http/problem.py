"""Errors as clients of OpenAI read them: `{"error": {message, type, param, code}}`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from liteagent.errors import AuthenticationError, LiteAgentException, RateLimitExceededError
from liteagent.gateway.http.errors import TurnLostError
from liteagent.gateway.http.render import JsonResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a client is told instead of an answer."""

    status: int
    code: str
    message: str
    param: str | None = None
    retryable: bool = False
    """Whether sending the same request again by itself is safe and may help."""
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """More for programs; its keys stand beside `error`."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def to_json(self) -> dict[str, Any]:
        error = {
            "message": self.message,
            "type": _type(self.status),
            "param": self.param,
            "code": self.code,
        }
        return {"error": error, **self.details}

    def response(self) -> JsonResponse:
        headers = dict(self.headers)
        if not self.retryable:
            # clients of OpenAI send a request again by themselves after 409, 429 and any 5xx
            headers["X-Should-Retry"] = "false"
        return JsonResponse(self.to_json(), status_code=self.status, headers=headers)


def problem_of(error: LiteAgentException) -> Problem:
    """The problem that an error is."""
    if isinstance(error, TurnLostError):
        return replace(problem_of(error.cause), retryable=False)
    headers: dict[str, str] = {}
    if isinstance(error, RateLimitExceededError):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    elif isinstance(error, AuthenticationError):
        headers["WWW-Authenticate"] = "Bearer"
    return Problem(
        status=error.status_code,
        code=error.error_code.lower(),
        message=str(error),
        param=getattr(error, "field", None),
        retryable=error.retryable,
        details=error.details,
        headers=headers,
    )


def _type(status: int) -> str:
    if status >= 500:
        return "server_error"
    special = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    return special.get(status, "invalid_request_error")
