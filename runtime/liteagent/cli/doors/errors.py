"""What a server said no to, and a server that says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast

from liteagent.errors import LiteAgentException

if TYPE_CHECKING:
    import httpx


class ServerGoneError(LiteAgentException):
    """Nothing answers at the server's address."""

    status_code = 503
    error_code = "SERVER_GONE"
    retryable = True

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        super().__init__(
            f"No LiteAgent answers at {url} ({reason}): start one with `liteagent up`,"
            " or leave out --server (and LITEAGENT_SERVER) to work in this process."
        )


class RefusedError(LiteAgentException):
    """The server's own sentence; `status` is HTTP's, `code` the server's word for what it was."""

    def __init__(self, message: str, *, status: int, code: str) -> None:
        self.status, self.code = status, code
        super().__init__(message)


class NotThereError(RefusedError):
    """The server does not know the name."""

    status_code = 404


class TakenError(RefusedError):
    """Somebody else was there first."""

    status_code = 409


class MisfitError(RefusedError):
    """What was sent cannot be as it was written."""

    status_code = 422


def raise_refusal(response: httpx.Response) -> NoReturn:
    """Raises what a response with an error status says; its body has been read."""
    error = _error_of(response)
    message = str(error.get("message") or f"{response.url} answered {response.status_code}.")
    if response.status_code == 401:
        message += (
            " Set LITEAGENT_API_KEY to a key of that server; `liteagent keys create` makes one."
        )
    kind = {404: NotThereError, 409: TakenError, 422: MisfitError}.get(
        response.status_code, RefusedError
    )
    raise kind(message, status=response.status_code, code=str(error.get("code") or ""))


def _error_of(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body: object = response.json()
    except ValueError:
        return {}
    error = cast("dict[str, Any]", body).get("error") if isinstance(body, dict) else None
    return cast("dict[str, Any]", error) if isinstance(error, dict) else {}
