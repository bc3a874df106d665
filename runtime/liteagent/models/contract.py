"""The contract between the agent core and a model provider."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from liteagent.errors import LiteAgentException
from liteagent.messages import ModelRequest, ModelResponse, TextDelta


class Fault(StrEnum):
    """Why a model call failed; decides whether the same model, another one, or nobody is asked
    next.
    """

    TRANSIENT = "transient"
    """Connection lost, 5xx, overloaded: worth another try."""
    TIMEOUT = "timeout"
    """Nothing came in time: worth another try."""
    RATE_LIMITED = "rate_limited"
    """429: worth another try after `retry_after`."""
    AUTH = "auth"
    """The key is missing, wrong or not allowed: another model may do."""
    UNKNOWN_MODEL = "unknown_model"
    """The provider has no such model: another one may do."""
    CONTEXT_TOO_LONG = "context_too_long"
    """The conversation does not fit this model."""
    REFUSED = "refused"
    """The provider's content policy refused."""
    INVALID = "invalid"
    """The provider says the request is malformed."""

    @property
    def retryable(self) -> bool:
        """Whether the same request to the same model can succeed later."""
        return self in (Fault.TRANSIENT, Fault.TIMEOUT, Fault.RATE_LIMITED)


class ModelError(LiteAgentException):
    """A model call failed; the message never holds a key.

    `model` is `provider/model`, `retry_after` in seconds, where the provider said.
    """

    status_code = 502
    error_code = "model_error"

    def __init__(
        self, message: str, *, fault: Fault, model: str, retry_after: float | None = None
    ) -> None:
        self.fault, self.model, self.retry_after = fault, model, retry_after
        super().__init__(message)

    @property
    def details(self) -> Mapping[str, Any]:
        return {"fault": self.fault.value, "model": self.model, "retry_after": self.retry_after}


class Provider(Protocol):
    """A source of models, made once per process by the plugin that registers it.

    `stream` yields `TextDelta`s and, as its last item, one `ModelResponse`. It raises `ModelError`
    and nothing else of its own. Cancelling the task that reads it, or `aclose()`, closes the
    connection at once; whoever stops early uses `contextlib.aclosing`. It does not retry: the
    caller does.
    """

    name: ClassVar[str]
    """The part before the slash in `openai/gpt-4o`."""

    def stream(self, request: ModelRequest) -> AsyncGenerator[TextDelta | ModelResponse]: ...

    async def models(self) -> list[str]:
        """Names that `request.model` may take, as far as the provider tells; may be empty."""
        ...

    def missing(self) -> str | None:
        """What is not there for this provider to work (`OPENAI_API_KEY is not set`), or None.
        Makes no call.
        """
        ...

    async def close(self) -> None: ...
