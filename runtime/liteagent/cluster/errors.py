"""What can go wrong between the processes of a cluster."""

from __future__ import annotations

from liteagent.errors import ConfigurationError, ConflictError, LiteAgentException


class HostLostError(LiteAgentException):
    """A host died or cannot be reached; what it was asked may have happened or not."""

    status_code = 503
    error_code = "HOST_LOST"
    retryable = True

    def __init__(self, host: str, *, for_good: bool = False) -> None:
        self.host, self.for_good = host, for_good
        super().__init__(f"The host {host} {'is gone' if for_good else 'cannot be reached'}.")


class AlreadyRunningError(ConflictError):
    """LiteAgent runs on this Ray cluster already."""

    error_code = "already_running"

    def __init__(self, namespace: str) -> None:
        super().__init__(
            f"LiteAgent runs on this Ray cluster already (namespace {namespace!r}):"
            " stop it with `liteagent down` (with --address where the command that started it is"
            " gone), or talk to it with --server URL."
        )


class UnsharedJournalError(ConfigurationError):
    """The journal cannot be reached by every node of the cluster."""

    error_code = "UNSHARED_JOURNAL"


class GatewayFailedError(LiteAgentException):
    """The HTTP gateway did not come up."""

    error_code = "GATEWAY_FAILED"


class NotRunningError(LiteAgentException):
    """No LiteAgent runs on this Ray cluster."""

    status_code = 404
    error_code = "NOT_RUNNING"

    def __init__(self, namespace: str) -> None:
        super().__init__(
            f"No LiteAgent runs on this Ray cluster (namespace {namespace!r}):"
            " start it with `liteagent up`."
        )
