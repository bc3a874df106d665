"""Every error of LiteAgent: one base, one sentence a class, ids as attributes.

`status_code` and `error_code` are what an HTTP client is told, `retryable` whether the same call
can
succeed later without anybody changing anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, ClassVar


class LiteAgentException(Exception):
    """The base of every error that LiteAgent raises on purpose."""

    status_code: ClassVar[int] = 500
    error_code: ClassVar[str] = "INTERNAL_ERROR"
    retryable: ClassVar[bool] = False

    @property
    def details(self) -> Mapping[str, Any]:
        """What a program may want to read besides the sentence; plain JSON, never a secret."""
        return {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors travel between the processes of one cluster, whatever their `__init__` takes."""
        return _revive, (type(self), self.args, self.__dict__)


def _revive(
    kind: type[LiteAgentException], args: tuple[Any, ...], attributes: Mapping[str, Any]
) -> LiteAgentException:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(attributes)
    return error


def near_misses(name: str, known: Iterable[str]) -> str:
    """A clause that names the known names closest to `name`, or all of them when there are few."""
    choices = sorted(known)
    close = get_close_matches(name, choices, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(close)}?"
    if not choices:
        return "there are none."
    shown = ", ".join(choices[:10]) + (", …" if len(choices) > 10 else "")
    return f"known: {shown}."


# -- asking for what is not there
# -------------------------------------------------------------------


class NotFoundError(LiteAgentException):
    """Something was named that does not exist."""

    status_code = 404
    error_code = "NOT_FOUND"
    what: ClassVar[str] = "thing"

    def __init__(self, name: str, known: Iterable[str] | None = None) -> None:
        """`known` names what there is; None where that is nobody's business."""
        self.name = name
        hint = "." if known is None else f": {near_misses(name, known)}"
        super().__init__(f"No {self.what} named {name!r}{hint}")


class AgentNotFoundError(NotFoundError):
    """No agent has this name."""

    error_code = "AGENT_NOT_FOUND"
    what = "agent"


class ProviderNotFoundError(NotFoundError):
    """No model provider has this name."""

    error_code = "PROVIDER_NOT_FOUND"
    what = "model provider"


class ToolNotFoundError(NotFoundError):
    """No tool has this name."""

    error_code = "TOOL_NOT_FOUND"
    what = "tool"


class PluginNotFoundError(NotFoundError):
    """No plugin has this name."""

    error_code = "PLUGIN_NOT_FOUND"
    what = "plugin"


class DataSourceNotFoundError(NotFoundError):
    """No data source has this name."""

    error_code = "DATA_SOURCE_NOT_FOUND"
    what = "data source"


class SessionNotFoundError(NotFoundError):
    """No session has this id."""

    error_code = "SESSION_NOT_FOUND"
    what = "session"


class ApprovalNotFoundError(NotFoundError):
    """No approval has this id."""

    error_code = "APPROVAL_NOT_FOUND"
    what = "approval"


class ApiKeyNotFoundError(NotFoundError):
    """No API key has this id."""

    error_code = "API_KEY_NOT_FOUND"
    what = "API key"


# -- asking for what cannot be
# ----------------------------------------------------------------------


class ValidationError(LiteAgentException):
    """What was sent does not fit; the message says what would."""

    status_code = 422
    error_code = "VALIDATION_ERROR"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


class ConfigurationError(ValidationError):
    """A configuration file or a setting is wrong; names the file, the line, the field, what was
    expected. `problems` are all of them, where the message has room for the first only.
    """

    status_code = 400
    error_code = "CONFIGURATION_ERROR"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        problems: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        self.problems = tuple(problems)
        super().__init__(message, field=field)

    @property
    def details(self) -> Mapping[str, Any]:
        return {"field": self.field, "problems": [dict(problem) for problem in self.problems]}


class ProviderConfigurationError(ConfigurationError):
    """A model provider cannot be used as it is configured."""

    error_code = "PROVIDER_CONFIGURATION_ERROR"


class AuthenticationError(LiteAgentException):
    """The caller did not prove who it is."""

    status_code = 401
    error_code = "invalid_api_key"

    def __init__(self, message: str = "Missing or invalid API key.") -> None:
        super().__init__(message)


class DecryptionError(LiteAgentException):
    """A stored secret cannot be read back: another key sealed it, or it was changed since."""

    error_code = "DECRYPTION_ERROR"


class PermissionDeniedError(LiteAgentException):
    """The caller is known and may not do this."""

    status_code = 403
    error_code = "permission_denied"


class RateLimitExceededError(LiteAgentException):
    """Too many requests; `retry_after` seconds from now one will be let in."""

    status_code = 429
    error_code = "rate_limit_exceeded"
    retryable = True

    def __init__(self, message: str, *, retry_after: float = 1.0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class SessionBusyError(LiteAgentException):
    """The session is in a turn and its agent's overlap policy is `reject`."""

    status_code = 409
    error_code = "session_busy"

    def __init__(self, session_id: str, turn_id: str) -> None:
        self.session_id, self.turn_id = session_id, turn_id
        super().__init__(
            f"Session {session_id} is in turn {turn_id} and its agent takes one message at a time;"
            " wait for the turn to end or cancel it."
        )


class ConflictError(LiteAgentException):
    """The request contradicts something that already happened."""

    status_code = 409
    error_code = "conflict"


class AgentExecutionError(LiteAgentException):
    """A turn of an agent failed."""

    error_code = "AGENT_EXECUTION_ERROR"


# -- the journal
# ------------------------------------------------------------------------------------


class JournalError(LiteAgentException):
    """The journal could not do what was asked; nothing was stored."""

    error_code = "JOURNAL_ERROR"


class FencedError(JournalError):
    """A writer with an old epoch tried to append: somebody else owns the entity now."""

    status_code = 409
    error_code = "FENCED"

    def __init__(self, entity: str, epoch: int, current: int) -> None:
        self.entity, self.epoch, self.current = entity, epoch, current
        super().__init__(f"{entity} is owned at epoch {current}; this writer holds epoch {epoch}.")


class SequenceConflictError(JournalError):
    """An append expected another last event than the one that is stored."""

    status_code = 409
    error_code = "SEQUENCE_CONFLICT"

    def __init__(self, entity: str, expected: int, actual: int) -> None:
        self.entity, self.expected, self.actual = entity, expected, actual
        super().__init__(f"{entity} is at seq {actual}; the append expected {expected}.")


class DuplicateKeyError(JournalError):
    """An event with this identity is stored already, at `seq` of `entity`."""

    status_code = 409
    error_code = "DUPLICATE_KEY"

    def __init__(self, entity: str, key: str, seq: int) -> None:
        self.entity, self.key, self.seq = entity, key, seq
        super().__init__(f"{entity} already holds {key!r} at seq {seq}.")


class JournalUnavailableError(JournalError):
    """The store cannot be reached or written: full disk, read-only, gone. Nothing was stored."""

    status_code = 503
    error_code = "JOURNAL_UNAVAILABLE"
    retryable = True


class JournalCorruptError(JournalError):
    """The store answered with what cannot be a journal."""

    error_code = "JOURNAL_CORRUPT"


class JournalVersionError(JournalError):
    """The journal was written by a newer LiteAgent; it was left untouched."""

    error_code = "JOURNAL_VERSION"

    def __init__(self, where: str, found: int, known: int) -> None:
        self.found, self.known = found, known
        super().__init__(
            f"{where} has journal format {found}, and this LiteAgent knows formats up to {known}:"
            " upgrade LiteAgent, or point LITEAGENT_JOURNAL_URL somewhere else."
            " Nothing was changed."
        )


# -- the runtime
# ------------------------------------------------------------------------------------


class RuntimeClosedError(LiteAgentException):
    """The runtime is draining or stopped and takes no new work."""

    status_code = 503
    error_code = "RUNTIME_CLOSED"
    retryable = True


class InvalidStateError(LiteAgentException):
    """An event or a command does not fit the state it met; names the state."""

    error_code = "INVALID_STATE"
