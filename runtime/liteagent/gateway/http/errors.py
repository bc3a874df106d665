"""What can be wrong with a request before any agent hears of it."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.errors import LiteAgentException, NotFoundError, near_misses


class InvalidRequestError(LiteAgentException):
    """The request is not what the route takes; `field` is where."""

    status_code = 400
    error_code = "invalid_request"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


class UnsupportedContentTypeError(LiteAgentException):
    """The body is something else than JSON."""

    status_code = 415
    error_code = "unsupported_content_type"


class BodyTooLargeError(LiteAgentException):
    """The body is larger than this gateway takes."""

    status_code = 413
    error_code = "body_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes: send less.")


class ModelNotFoundError(NotFoundError):
    """No agent can be asked for under this model id."""

    error_code = "model_not_found"
    what = "model"
    field = "model"


class ResponseNotFoundError(LiteAgentException):
    """No response has this id, or not for whoever asks."""

    status_code = 404
    error_code = "response_not_found"

    def __init__(self, response_id: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(f"No response has the id {response_id!r}.")


class RouteNotFoundError(LiteAgentException):
    """Nothing is at this path."""

    status_code = 404
    error_code = "route_not_found"

    def __init__(self, method: str, path: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no {method} {path}: {near_misses(path, set(known))}")


class MethodNotAllowedError(LiteAgentException):
    """The path is there and takes other methods."""

    status_code = 405
    error_code = "method_not_allowed"

    def __init__(self, method: str, path: str, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(f"{path} does not take {method}; it takes {allowed or 'none'}.")


class IdempotencyConflictError(LiteAgentException):
    """An `Idempotency-Key` came again with another body."""

    status_code = 409
    error_code = "idempotency_key_conflict"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used with another body: use a new key for a new request."
        )


class TurnLostError(LiteAgentException):
    """Something failed while a turn was followed. The turn goes on, so the request is not to be
    sent again by itself; told as its cause is.
    """

    def __init__(self, cause: LiteAgentException) -> None:
        self.cause = cause
        super().__init__(str(cause))
